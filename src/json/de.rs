//! Values read by serde into the types of a caller.
//!
//! The text was checked as a whole when it became a [`Value`], so all that is left to refuse is a value that does not
//! fit its type. Nothing recurses here but through the caller's types, and what they skip is not looked at.

use core::{fmt, str::FromStr};

use serde::{
    Deserialize,
    de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor},
};

use super::value::{Array, Elements, Members, Object, Text, Value};
use crate::{error::Error, limits::MAX_ESCAPED_STRING_LEN};

impl<'a> Value<'a> {
    /// Reads the value into a type of the caller's, by serde.
    ///
    /// | type | is read from |
    /// | --- | --- |
    /// | `bool` | `true`, `false` |
    /// | integers | a number in their range, without fraction and exponent, `-0` excepted |
    /// | floats | any number up to the largest float, to the nearest one |
    /// | `&str` | a string without a quote, a backslash or a control character, borrowed |
    /// | `heapless::String`, `char` | a string; with one of these, up to [`MAX_ESCAPED_STRING_LEN`] bytes |
    /// | `Option` | `null` or, in a struct, no member for `None`; anything else for `Some` |
    /// | sequences, tuples | an array, for a tuple of its length |
    /// | maps | an object; keys are strings, or integers, booleans and unit variants written in a string |
    /// | structs | an object; members that no field is for are skipped, unless serde is told otherwise |
    /// | enums | `"Name"` for a unit variant, `{"Name": value}` for any other |
    /// | `()`, unit structs | `null` |
    ///
    /// Everything else is a misfit: `null` is no float, an array no struct, and nothing is read as bytes. Names in
    /// objects that are read follow the rule for strings, also where a struct has no field for them.
    ///
    /// serde's `untagged`, `tag` and `flatten` collect values on the heap: it has them with its feature `alloc` only.
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
    /// [`Error::ClaimsShape`]
    ///
    /// [`MAX_ESCAPED_STRING_LEN`]: crate::limits::MAX_ESCAPED_STRING_LEN
    pub fn deserialize<T: Deserialize<'a>>(self) -> core::result::Result<T, Error> {
        T::deserialize(ValueReader(self)).map_err(|_| Error::ClaimsShape)
    }
}

/// A value that does not fit its type. What serde has to say about it is text, for which there is no room.
#[derive(Debug)]
struct Misfit;

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value does not fit the type")
    }
}

impl core::error::Error for Misfit {}

impl de::Error for Misfit {
    #[cold]
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

type Result<T> = core::result::Result<T, Misfit>;

/// The methods of a `Deserializer`, each by one of our own. What serde tells of the type by further arguments (its
/// name, its fields, its length) is not needed: the type checks it.
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
    type Error = Misfit;

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
        // JSON has none, and a string that stands for some does so by a convention of its own.
        refuse => deserialize_bytes deserialize_byte_buf;
        Self::option => deserialize_option;
        Self::unit => deserialize_unit deserialize_unit_struct(&'static str);
        Self::newtype => deserialize_newtype_struct(&'static str);
        Self::array => deserialize_seq deserialize_tuple(usize) deserialize_tuple_struct(&'static str, usize);
        // A struct too is read from an object only: in an array, the order of its fields in the source would decide
        // what a value means.
        Self::object => deserialize_map deserialize_struct(&'static str, &'static [&'static str]);
        Self::enumeration => deserialize_enum(&'static str, &'static [&'static str]);
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
            Value::String(text) => visit_text(text, visitor),
            Value::Array(array) => visit_array(array, visitor),
            Value::Object(object) => visit_object(object, visitor),
        }
    }

    fn boolean<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Bool(value) => visitor.visit_bool(value),
            _ => Err(Misfit),
        }
    }

    fn number(self) -> Result<&'b str> {
        match self.0 {
            Value::Number(number) => Ok(number),
            _ => Err(Misfit),
        }
    }

    /// The type checks the range.
    fn integer<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        match parse_integer(self.number()?) {
            Some((false, value)) => visitor.visit_u64(value),
            Some((true, value)) => visitor.visit_i64(negated(value).ok_or(Misfit)?),
            None => Err(Misfit),
        }
    }

    fn long_integer<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        match parse_integer(self.number()?) {
            Some((false, value)) => visitor.visit_u128(value),
            Some((true, value)) => {
                visitor.visit_i128(0i128.checked_sub_unsigned(value).ok_or(Misfit)?)
            }
            None => Err(Misfit),
        }
    }

    fn float<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_f64(parse_float(self.number()?)?)
    }

    /// Not by way of `f64`: that would round twice.
    fn short_float<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_f32(parse_float(self.number()?)?)
    }

    fn string<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::String(text) => visit_text(text, visitor),
            _ => Err(Misfit),
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
            _ => Err(Misfit),
        }
    }

    fn newtype<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn array<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Array(array) => visit_array(array, visitor),
            _ => Err(Misfit),
        }
    }

    fn object<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Value::Object(object) => visit_object(object, visitor),
            _ => Err(Misfit),
        }
    }

    /// `"Name"` is a unit variant, `{"Name": value}` any other.
    fn enumeration<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        let (name, value) = match self.0 {
            Value::String(name) => (name, None),
            Value::Object(object) => {
                let mut members = object.members();
                let (name, value) = members.next().ok_or(Misfit)?;
                if members.next().is_some() {
                    return Err(Misfit);
                }
                (name, Some(value))
            }
            _ => return Err(Misfit),
        };
        visitor.visit_enum(Variant { name, value })
    }
}

/// Reads the name of a member: a string, in which an integer, a boolean or a unit variant may be written.
struct NameReader<'b>(Text<'b>);

impl<'b> Deserializer<'b> for NameReader<'b> {
    type Error = Misfit;

    methods! {
        Self::string => deserialize_any deserialize_char deserialize_str deserialize_string deserialize_identifier;
        skip => deserialize_ignored_any;
        Self::boolean => deserialize_bool;
        Self::integer => deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
            deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64;
        Self::long_integer => deserialize_i128 deserialize_u128;
        Self::some => deserialize_option;
        Self::newtype => deserialize_newtype_struct(&'static str);
        Self::enumeration => deserialize_enum(&'static str, &'static [&'static str]);
        // Names are compared, and floats are not equal where they look it.
        refuse => deserialize_f32 deserialize_f64 deserialize_bytes deserialize_byte_buf
            deserialize_unit deserialize_unit_struct(&'static str)
            deserialize_seq deserialize_tuple(usize) deserialize_tuple_struct(&'static str, usize)
            deserialize_map deserialize_struct(&'static str, &'static [&'static str]);
    }
}

impl<'b> NameReader<'b> {
    fn string<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        visit_text(self.0, visitor)
    }

    fn boolean<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        match self.0.as_str() {
            Some("true") => visitor.visit_bool(true),
            Some("false") => visitor.visit_bool(false),
            _ => Err(Misfit),
        }
    }

    fn number(self) -> Result<ValueReader<'b>> {
        let text = self.0.as_str().ok_or(Misfit)?;
        Ok(ValueReader(Value::Number(text)))
    }

    fn integer<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        self.number()?.integer(visitor)
    }

    fn long_integer<V: Visitor<'b>>(self, visitor: V) -> Result<V::Value> {
        self.number()?.long_integer(visitor)
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
    Err(Misfit)
}

fn visit_text<'b, V: Visitor<'b>>(text: Text<'b>, visitor: V) -> Result<V::Value> {
    match text.as_str() {
        Some(value) => visitor.visit_borrowed_str(value),
        None => visit_escaped(text, visitor),
    }
}

// In a frame of its own, so that the buffer does not stand in the frame of every value that is read.
#[cold]
#[inline(never)]
fn visit_escaped<'b, V: Visitor<'b>>(text: Text<'b>, visitor: V) -> Result<V::Value> {
    let mut buffer = [0; MAX_ESCAPED_STRING_LEN];
    visitor.visit_str(unescape(text, &mut buffer).ok_or(Misfit)?)
}

/// The value of `text`, where `buffer` has the room.
fn unescape<'v>(text: Text<'_>, buffer: &'v mut [u8]) -> Option<&'v str> {
    let room = buffer.len();
    let mut free = buffer.iter_mut();
    for character in text.chars() {
        for byte in character.encode_utf8(&mut [0; 4]).bytes() {
            *free.next()? = byte;
        }
    }
    let len = room.checked_sub(free.len())?;
    core::str::from_utf8(buffer.get(..len)?).ok()
}

/// The integer that `text` is, if it is one as JSON writes it: whether it is negative, and its absolute value. No plus sign,
/// leading zero, fraction or exponent; `-0` is none, since no integer keeps that sign.
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

/// The nearest float to a number of JSON; beyond the largest one there is none.
fn parse_float<F: FromStr + Copy + Into<f64>>(number: &str) -> Result<F> {
    let float: F = number.parse().map_err(|_| Misfit)?;
    if float.into().is_finite() {
        Ok(float)
    } else {
        Err(Misfit)
    }
}

/// What the visitor leaves over does not fit: an array of two is no pair with something behind it.
fn visit_array<'b, V: Visitor<'b>>(array: Array<'b>, visitor: V) -> Result<V::Value> {
    let mut elements = ElementsReader(array.elements());
    let value = visitor.visit_seq(&mut elements)?;
    elements.0.next().map_or(Ok(value), |_| Err(Misfit))
}

struct ElementsReader<'b>(Elements<'b>);

impl<'b> SeqAccess<'b> for ElementsReader<'b> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'b>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let element = self.0.next();
        element
            .map(|value| seed.deserialize(ValueReader(value)))
            .transpose()
    }
}

fn visit_object<'b, V: Visitor<'b>>(object: Object<'b>, visitor: V) -> Result<V::Value> {
    let mut members = MembersReader {
        members: object.members(),
        value: None,
    };
    let value = visitor.visit_map(&mut members)?;
    members.members.next().map_or(Ok(value), |_| Err(Misfit))
}

struct MembersReader<'b> {
    members: Members<'b>,
    /// Of the member whose name was read last.
    value: Option<Value<'b>>,
}

impl<'b> MapAccess<'b> for MembersReader<'b> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'b>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let Some((name, value)) = self.members.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        seed.deserialize(NameReader(name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'b>>(&mut self, seed: T) -> Result<T::Value> {
        seed.deserialize(ValueReader(self.value.take().ok_or(Misfit)?))
    }
}

/// A variant of an enum, by its name, with what it holds.
struct Variant<'b> {
    name: Text<'b>,
    value: Option<Value<'b>>,
}

impl<'b> Variant<'b> {
    fn value(self) -> Result<ValueReader<'b>> {
        self.value.map(ValueReader).ok_or(Misfit)
    }
}

impl<'b> de::EnumAccess<'b> for Variant<'b> {
    type Error = Misfit;
    type Variant = Self;

    fn variant_seed<N: DeserializeSeed<'b>>(self, seed: N) -> Result<(N::Value, Self)> {
        Ok((seed.deserialize(NameReader(self.name))?, self))
    }
}

impl<'b> de::VariantAccess<'b> for Variant<'b> {
    type Error = Misfit;

    /// One spelling: not from `{"Name": null}` too.
    fn unit_variant(self) -> Result<()> {
        self.value.map_or(Ok(()), |_| Err(Misfit))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'b>>(self, seed: T) -> Result<T::Value> {
        seed.deserialize(self.value()?)
    }

    fn tuple_variant<V: Visitor<'b>>(self, _: usize, visitor: V) -> Result<V::Value> {
        self.value()?.array(visitor)
    }

    fn struct_variant<V: Visitor<'b>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.value()?.object(visitor)
    }
}
