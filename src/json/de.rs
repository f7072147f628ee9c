//! Reads JSON values into a caller's types with serde.
//!
//! [`Value::parse`] has already checked the text. So reading fails only if a value does not fit its
//! type. This code does not recurse by itself; only a recursive type of the caller makes it
//! recurse. Values that the caller's type skips are not read.

use core::str::FromStr;

use serde::{
    Deserialize,
    de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor},
};

use super::{
    unfit::{Fields, LENGTH, Result, TYPE, Unfit, VALUE},
    value::{Array, Elements, Members, Object, Text, Value},
};
use crate::error::Error;

impl<'a> Value<'a> {
    /// Reads the value into a type of the caller, with serde.
    ///
    /// | type | is read from |
    /// | --- | --- |
    /// | `bool` | `true`, `false` |
    /// | integers | a number in their range, without a fraction and an exponent; not `-0` |
    /// | floats | any number up to the largest float, rounded to the nearest float |
    /// | `&str` | a string, borrowed |
    /// | `heapless::String` | a string, copied |
    /// | `char` | a string of one character |
    /// | `Option` | `null` (or, in a struct, a missing member) for `None`; anything else for `Some` |
    /// | sequences, tuples | an array; for a tuple, of the same length |
    /// | maps | an object; keys are strings, or integers, booleans and unit variants written as strings |
    /// | structs | an object; members without a field are skipped, unless serde is told otherwise |
    /// | enums | `"Name"` for a unit variant, `{"Name": value}` for any other |
    /// | `()`, unit structs | `null` |
    ///
    /// Everything else is an error: `null` is not read as a float, an array is not read as a
    /// struct, and nothing is read as bytes.
    ///
    /// serde's `untagged`, `tag` and `flatten` collect values on the heap, so they need serde's
    /// feature `alloc`.
    ///
    /// ```
    /// use embedded_jwt::json::Value;
    /// #[derive(serde::Deserialize)]
    /// struct Output<'a> {
    ///     name: &'a str,
    ///     level: Option<u8>,
    /// }
    /// let mut text = *br#"[{"name": "pump", "level": 7}, {"name": "lamp"}]"#;
    /// let [pump, lamp]: [Output<'_>; 2] = Value::parse(&mut text).unwrap().deserialize()?;
    /// assert_eq!((pump.name, pump.level), ("pump", Some(7)));
    /// assert_eq!((lamp.name, lamp.level), ("lamp", None));
    /// # Ok::<(), embedded_jwt::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::ClaimsShape`], with the reason and the innermost field of a struct. The field is
    /// `None` if the value is in no struct, and where serde does not tell the names of the fields:
    /// in a struct with `flatten`, and in values that `untagged` and `tag` collect.
    pub fn deserialize<T: Deserialize<'a>>(self) -> core::result::Result<T, Error> {
        let read = T::deserialize(ValueReader(self));
        read.map_err(|Unfit { reason, field }| Error::ClaimsShape { reason, field })
    }
}

/// Implements each method of a `Deserializer` with a function of this file. serde also passes facts
/// about the type (its name, its fields, its length). Only the fields of a struct are used here.
/// The type itself checks the others.
macro_rules! methods {
    ($($read:path => $($method:ident $(($($argument:ty),*))?)*;)*) => {$($(
        fn $method<V: Visitor<'b>>(self, $($(_: $argument,)*)? visitor: V) -> Result<V::Value> {
            $read(self, visitor)
        }
    )*)*};
}

/// Reads a value.
struct ValueReader<'b>(Value<'b>);

impl<'b> Deserializer<'b> for ValueReader<'b> {
    type Error = Unfit;

    methods! {
        Self::any => deserialize_any;
        skip => deserialize_ignored_any;
        Self::boolean => deserialize_bool;
        Self::integer => deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
            deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64;
        Self::long_integer => deserialize_i128 deserialize_u128;
        Self::float => deserialize_f64;
        Self::short_float => deserialize_f32;
        Self::string => deserialize_char deserialize_str deserialize_string deserialize_identifier;
        // JSON has no bytes. How a string encodes bytes is the application's convention.
        refuse => deserialize_bytes deserialize_byte_buf;
        Self::option => deserialize_option;
        Self::unit => deserialize_unit deserialize_unit_struct(&'static str);
        Self::newtype => deserialize_newtype_struct(&'static str);
        Self::array => deserialize_seq deserialize_tuple(usize) deserialize_tuple_struct(&'static str, usize);
        // A struct is read from an object only. In an array, the order of the fields in the source
        // would decide what a value means.
        Self::map => deserialize_map;
        Self::enumeration => deserialize_enum(&'static str, Fields);
    }

    fn deserialize_struct<V: Visitor<'b>>(
        self,
        _: &'static str,
        fields: Fields,
        visitor: V,
    ) -> Result<V::Value> {
        self.object(fields, visitor)
    }
}

impl<'b> ValueReader<'b> {
    fn any<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(number) => match parse_integer(number) {
                Some((is_negative, value)) if !is_negative || negated(value).is_some() => {
                    self.integer(visitor)
                }
                _ => self.float(visitor),
            },
            Value::String(text) => visitor.visit_borrowed_str(text.as_str()),
            Value::Array(array) => visit_array(array, visitor),
            Value::Object(object) => visit_object(object, &[], visitor),
        }
    }

    fn boolean<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Bool(value) => visitor.visit_bool(value),
            _ => Err(TYPE),
        }
    }

    fn number(self) -> Result<&'b str> {
        match self.0 {
            Value::Number(number) => Ok(number),
            _ => Err(TYPE),
        }
    }

    /// Reads an integer. The type checks the range.
    fn integer<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        match parse_integer(self.number()?) {
            Some((false, value)) => visitor.visit_u64(value),
            Some((true, value)) => visitor.visit_i64(negated(value).ok_or(VALUE)?),
            None => Err(VALUE),
        }
    }

    fn long_integer<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        match parse_integer(self.number()?) {
            Some((false, value)) => visitor.visit_u128(value),
            Some((true, value)) => {
                visitor.visit_i128(0i128.checked_sub_unsigned(value).ok_or(VALUE)?)
            }
            None => Err(VALUE),
        }
    }

    fn float<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_f64(parse_float(self.number()?)?)
    }

    /// Reads an `f32` directly. Reading an `f64` first would round twice.
    fn short_float<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_f32(parse_float(self.number()?)?)
    }

    fn string<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::String(text) => visitor.visit_borrowed_str(text.as_str()),
            _ => Err(TYPE),
        }
    }

    fn option<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn unit<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            _ => Err(TYPE),
        }
    }

    fn newtype<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn array<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Array(array) => visit_array(array, visitor),
            _ => Err(TYPE),
        }
    }

    fn map<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        self.object(&[], visitor)
    }

    fn object<V: Visitor<'b>>(self, fields: Fields, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Object(object) => visit_object(object, fields, visitor),
            _ => Err(TYPE),
        }
    }

    /// Reads a variant of an enum: `"Name"` for a unit variant, `{"Name": value}` for any other.
    fn enumeration<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        let (name, value) = match self.0 {
            Value::String(name) => (name, None),
            Value::Object(object) => {
                let mut members = object.members();
                let (name, value) = members.next().ok_or(LENGTH)?;
                if members.next().is_some() {
                    return Err(LENGTH);
                }
                (name, Some(value))
            }
            _ => return Err(TYPE),
        };
        visitor.visit_enum(Variant { name, value })
    }
}

/// Reads the name of a member: a string, which may hold an integer, a boolean or a unit variant.
struct NameReader<'b>(Text<'b>);

impl<'b> Deserializer<'b> for NameReader<'b> {
    type Error = Unfit;

    methods! {
        Self::string => deserialize_any deserialize_char deserialize_str deserialize_string deserialize_identifier;
        skip => deserialize_ignored_any;
        Self::boolean => deserialize_bool;
        Self::integer => deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
            deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64;
        Self::long_integer => deserialize_i128 deserialize_u128;
        Self::some => deserialize_option;
        Self::newtype => deserialize_newtype_struct(&'static str);
        Self::enumeration => deserialize_enum(&'static str, Fields);
        // No floats: names are compared, and two floats that look equal may differ.
        refuse => deserialize_f32 deserialize_f64 deserialize_bytes deserialize_byte_buf
            deserialize_unit deserialize_unit_struct(&'static str)
            deserialize_seq deserialize_tuple(usize) deserialize_tuple_struct(&'static str, usize)
            deserialize_map deserialize_struct(&'static str, Fields);
    }
}

impl<'b> NameReader<'b> {
    fn string<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_borrowed_str(self.0.as_str())
    }

    fn boolean<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        match self.0.as_str() {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(TYPE),
        }
    }

    fn number(self) -> ValueReader<'b> {
        ValueReader(Value::Number(self.0.as_str()))
    }

    fn integer<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        self.number().integer(visitor)
    }

    fn long_integer<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        self.number().long_integer(visitor)
    }

    fn some<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_some(self)
    }

    fn newtype<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn enumeration<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        let (name, value) = (self.0, None);
        visitor.visit_enum(Variant { name, value })
    }
}

fn skip<'b, V: Visitor<'b>>(_: impl Deserializer<'b>, visitor: V) -> Result<V::Value> {
    visitor.visit_unit()
}

fn refuse<'b, V: Visitor<'b>>(_: impl Deserializer<'b>, _: V) -> Result<V::Value> {
    Err(TYPE)
}

/// Parses an integer as JSON writes it. Returns whether it is negative, and its absolute value.
///
/// Returns `None` for a plus sign, a leading zero, a fraction or an exponent. `-0` is rejected too:
/// no integer keeps its sign.
fn parse_integer<N: FromStr>(text: &str) -> Option<(bool, N)> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if text != "0" && matches!(digits.as_bytes(), [b'0' | b'+', ..]) {
        return None;
    }
    Some((digits.len() < text.len(), digits.parse().ok()?))
}

fn negated(value: u64) -> Option<i64> {
    0i64.checked_sub_unsigned(value)
}

/// Returns the float nearest to a JSON number. A number beyond the largest float is an error.
fn parse_float<F: FromStr + Copy + Into<f64>>(number: &str) -> Result<F> {
    let float: F = number.parse().map_err(|_| VALUE)?;
    if float.into().is_finite() {
        Ok(float)
    } else {
        Err(VALUE)
    }
}

/// Reads an array. An array with more elements than the type reads is an error: an array of three
/// is not a pair.
fn visit_array<'b, V: Visitor<'b>>(array: Array<'b>, visitor: V) -> Result<V::Value> {
    let mut elements = ElementsReader(array.elements());
    let value = visitor.visit_seq(&mut elements)?;
    elements.0.next().map_or(Ok(value), |_| Err(LENGTH))
}

struct ElementsReader<'b>(Elements<'b>);

impl<'b> SeqAccess<'b> for ElementsReader<'b> {
    type Error = Unfit;

    fn next_element_seed<T: DeserializeSeed<'b>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let element = self.0.next();
        element
            .map(|value| seed.deserialize(ValueReader(value)))
            .transpose()
    }
}

fn visit_object<'b, V: Visitor<'b>>(
    object: Object<'b>,
    fields: Fields,
    visitor: V,
) -> Result<V::Value> {
    let mut members = MembersReader {
        members: object.members(),
        name: Text::default(),
        value: Value::Null,
        fields,
    };
    let value = visitor.visit_map(&mut members)?;
    members.members.next().map_or(Ok(value), |_| Err(LENGTH))
}

struct MembersReader<'b> {
    members: Members<'b>,
    /// The name that was read last.
    name: Text<'b>,
    /// The value of the member with this name. A type that asks for a value before any name gets
    /// `null`. serde forbids such a call, so a separate error would only cost flash in every
    /// struct.
    value: Value<'b>,
    fields: Fields,
}

impl MembersReader<'_> {
    /// Adds the field with the last name to `error`, if the error has no field yet.
    #[cold]
    #[inline(never)]
    fn blame(&self, error: &mut Unfit) {
        if error.field.is_none() {
            let mut fields = self.fields.iter().copied();
            error.field = fields.find(|field| self.name == *field);
        }
    }
}

impl<'b> MapAccess<'b> for MembersReader<'b> {
    type Error = Unfit;

    fn next_key_seed<K: DeserializeSeed<'b>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let Some((name, value)) = self.members.next() else {
            return Ok(None);
        };
        self.name = name;
        self.value = value;
        seed.deserialize(NameReader(name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'b>>(&mut self, seed: T) -> Result<T::Value> {
        let mut read = seed.deserialize(ValueReader(self.value));
        if let Err(error) = &mut read {
            self.blame(error);
        }
        read
    }
}

/// The name of an enum's variant, and the value that it holds.
struct Variant<'b> {
    name: Text<'b>,
    value: Option<Value<'b>>,
}

impl<'b> Variant<'b> {
    fn value(self) -> Result<ValueReader<'b>> {
        self.value.map(ValueReader).ok_or(TYPE)
    }
}

impl<'b> de::EnumAccess<'b> for Variant<'b> {
    type Error = Unfit;
    type Variant = Self;

    fn variant_seed<N: DeserializeSeed<'b>>(self, seed: N) -> Result<(N::Value, Self)> {
        Ok((seed.deserialize(NameReader(self.name))?, self))
    }
}

impl<'b> de::VariantAccess<'b> for Variant<'b> {
    type Error = Unfit;

    /// Reads a unit variant. Only `"Name"` is accepted, not `{"Name": null}`.
    fn unit_variant(self) -> Result<()> {
        self.value.map_or(Ok(()), |_| Err(TYPE))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'b>>(self, seed: T) -> Result<T::Value> {
        seed.deserialize(self.value()?)
    }

    fn tuple_variant<V: Visitor<'b>>(self, _: usize, visitor: V) -> Result<V::Value> {
        self.value()?.array(visitor)
    }

    fn struct_variant<V: Visitor<'b>>(self, fields: Fields, visitor: V) -> Result<V::Value> {
        self.value()?.object(fields, visitor)
    }
}
