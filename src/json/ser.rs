//! Writes a caller's types as JSON, without whitespace and with the fewest escapes.

use core::fmt::{self, Display, Write as _};

use serde::ser::{
    self, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::{cursor::DELIMITER, spell::spell};

/// Writes `value` to the start of `out`. Returns the length of the whole JSON text, even if only a
/// part of it fits.
pub(crate) fn write(value: &(impl Serialize + ?Sized), out: &mut [u8]) -> Result<usize, Unfit> {
    let mut text = Text { out, len: 0 };
    value.serialize(&mut text)?;
    Ok(text.len)
}

/// Writes the JSON text of an object over all of `text`, which starts with the normal form of the
/// object. Returns `None` if the JSON text has another length.
///
/// The result is what [`write`] wrote before the normal form replaced it.
pub(crate) fn restore(text: &mut [u8], normal_len: usize) -> Option<()> {
    // The normal form moves to the end. The write position never passes the read position, because
    // the rest of the text is at least as long in JSON as in normal form.
    let mut read = text.len();
    for from in (0..normal_len).rev() {
        read = read.checked_sub(1)?;
        *text.get_mut(read)? = *text.get(from)?;
    }
    let mut out = Text { out: text, len: 0 };
    let mut in_string = false;
    while let Some(byte) = out.out.get(read).copied() {
        read = read.wrapping_add(1);
        if byte == DELIMITER {
            in_string = !in_string;
            out.raw("\"");
        } else if in_string && byte.is_ascii() {
            spell(char::from(byte), |bytes| out.bytes(bytes));
        } else {
            out.bytes(&[byte]);
        }
    }
    (out.len == out.out.len()).then_some(())
}

/// A value that JSON cannot represent: an infinite float or NaN, bytes, a name that is not a
/// string.
#[derive(Debug)]
pub(crate) struct Unfit;

impl Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON has no such value")
    }
}

impl core::error::Error for Unfit {}

impl ser::Error for Unfit {
    #[cold]
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

type Done = Result<(), Unfit>;

/// The text written so far. Beyond the end of `out`, only its length is counted.
struct Text<'b> {
    out: &'b mut [u8],
    len: usize,
}

impl Text<'_> {
    fn raw(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if let Some(free) = self.out.get_mut(self.len) {
                *free = *byte;
            }
            self.len = self.len.saturating_add(1);
        }
    }

    /// Writes the content of a string, without its quotes.
    fn escaped(&mut self, text: &str) {
        for character in text.chars() {
            spell(character, |bytes| self.bytes(bytes));
        }
    }

    fn string(&mut self, text: &str) {
        self.raw("\"");
        self.escaped(text);
        self.raw("\"");
    }

    fn display(&mut self, value: impl Display) {
        // `write_str` below never fails.
        _ = write!(Raw(self), "{value}");
    }

    /// Writes `{"name":` for the variant of an enum.
    fn variant(&mut self, name: &str) {
        self.raw("{");
        self.string(name);
        self.raw(":");
    }
}

struct Raw<'t, 'b>(&'t mut Text<'b>);

impl fmt::Write for Raw<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.raw(text);
        Ok(())
    }
}

struct Escaped<'t, 'b>(&'t mut Text<'b>);

impl fmt::Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.escaped(text);
        Ok(())
    }
}

/// Writes shorter integers as `i64` or `u64`.
macro_rules! integers {
    ($($method:ident: $type:ty => $longer:ident,)*) => {$(
        fn $method(self, value: $type) -> Done {
            self.$longer(value.into())
        }
    )*};
}

impl<'t, 'b> Serializer for &'t mut Text<'b> {
    type Ok = ();
    type Error = Unfit;
    type SerializeSeq = Items<'t, 'b>;
    type SerializeTuple = Items<'t, 'b>;
    type SerializeTupleStruct = Items<'t, 'b>;
    type SerializeTupleVariant = Items<'t, 'b>;
    type SerializeMap = Items<'t, 'b>;
    type SerializeStruct = Items<'t, 'b>;
    type SerializeStructVariant = Items<'t, 'b>;

    integers! {
        serialize_i8: i8 => serialize_i64,
        serialize_i16: i16 => serialize_i64,
        serialize_i32: i32 => serialize_i64,
        serialize_u8: u8 => serialize_u64,
        serialize_u16: u16 => serialize_u64,
        serialize_u32: u32 => serialize_u64,
    }

    fn serialize_i64(self, value: i64) -> Done {
        if value < 0 {
            self.raw("-");
        }
        self.serialize_u64(value.unsigned_abs())
    }

    // The digits are written one by one, because `Display` takes 1.1 KB of flash.
    fn serialize_u64(self, mut value: u64) -> Done {
        // The largest `u64` has 20 digits.
        let mut digits = [0; 20];
        let mut start = digits.len();
        for (at, digit) in digits.iter_mut().enumerate().rev() {
            *digit = b'0' | u8::try_from(value % 10).unwrap_or_default();
            value /= 10;
            start = at;
            if value == 0 {
                break;
            }
        }
        self.bytes(digits.get(start..).unwrap_or_default());
        Ok(())
    }

    fn serialize_i128(self, value: i128) -> Done {
        self.display(value);
        Ok(())
    }

    fn serialize_u128(self, value: u128) -> Done {
        self.display(value);
        Ok(())
    }

    fn serialize_bool(self, value: bool) -> Done {
        self.raw(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Done {
        if !value.is_finite() {
            return Err(Unfit);
        }
        self.display(value);
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> Done {
        if !value.is_finite() {
            return Err(Unfit);
        }
        self.display(value);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Done {
        self.string(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Done {
        self.string(value);
        Ok(())
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Done {
        self.raw("\"");
        write!(Escaped(self), "{value}").map_err(|_| Unfit)?;
        self.raw("\"");
        Ok(())
    }

    /// Rejects bytes: JSON has none. How a string encodes bytes is the caller's convention.
    fn serialize_bytes(self, _: &[u8]) -> Done {
        Err(Unfit)
    }

    fn serialize_none(self) -> Done {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        self.raw("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        self.variant(variant);
        value.serialize(&mut *self)?;
        self.raw("}");
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'t, 'b>, Unfit> {
        Ok(Items::open(self, "[", "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'t, 'b>, Unfit> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items<'t, 'b>, Unfit> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'t, 'b>, Unfit> {
        self.variant(variant);
        Ok(Items::open(self, "[", "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Items<'t, 'b>, Unfit> {
        Ok(Items::open(self, "{", "}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Items<'t, 'b>, Unfit> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'t, 'b>, Unfit> {
        self.variant(variant);
        Ok(Items::open(self, "{", "}}"))
    }
}

/// The elements of an array or the members of an object.
struct Items<'t, 'b> {
    text: &'t mut Text<'b>,
    is_first: bool,
    close: &'static str,
}

impl<'t, 'b> Items<'t, 'b> {
    fn open(text: &'t mut Text<'b>, open: &str, close: &'static str) -> Self {
        text.raw(open);
        Self {
            text,
            is_first: true,
            close,
        }
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        if !self.is_first {
            self.text.raw(",");
        }
        self.is_first = false;
        value.serialize(&mut *self.text)
    }

    fn name<T: Serialize + ?Sized>(&mut self, name: &T) -> Done {
        // A name is accepted only if it was written as a string.
        let start = self.text.len.saturating_add(usize::from(!self.is_first));
        self.item(name)?;
        match self.text.out.get(start) {
            // `None` is beyond the end of `out`. The caller does not sign a truncated text.
            Some(b'"') | None => Ok(()),
            Some(_) => Err(Unfit),
        }
    }

    fn member<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
        self.name(name)?;
        self.value(value)
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.text.raw(":");
        value.serialize(&mut *self.text)
    }

    fn close(self) {
        self.text.raw(self.close);
    }
}

/// Implements serde's seven kinds of containers. JSON has two: arrays and objects.
macro_rules! containers {
    ($($container:ident: $method:ident by $item:ident $(($name:ty))?;)*) => {$(
        impl $container for Items<'_, '_> {
            type Ok = ();
            type Error = Unfit;

            fn $method<T: Serialize + ?Sized>(&mut self, $(name: $name,)? value: &T) -> Done {
                containers!(@call self $item value $(name $name)?)
            }

            fn end(self) -> Done {
                self.close();
                Ok(())
            }
        }
    )*};
    (@call $self:ident $item:ident $value:ident) => { $self.$item($value) };
    (@call $self:ident $item:ident $value:ident $name:ident $type:ty) => { $self.$item($name, $value) };
}

containers! {
    SerializeSeq: serialize_element by item;
    SerializeTuple: serialize_element by item;
    SerializeTupleStruct: serialize_field by item;
    SerializeTupleVariant: serialize_field by item;
    SerializeStruct: serialize_field by member (&'static str);
    SerializeStructVariant: serialize_field by member (&'static str);
}

impl SerializeMap for Items<'_, '_> {
    type Ok = ();
    type Error = Unfit;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, name: &T) -> Done {
        self.name(name)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.value(value)
    }

    fn end(self) -> Done {
        self.close();
        Ok(())
    }
}
