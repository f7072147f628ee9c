//! Views into a JSON text in normal form: nothing is copied, nothing is looked at before it is asked for.

use core::{cmp::Ordering, fmt};

use super::{
    error::JsonError,
    log,
    normalize::{normalize, plain_len},
};

/// A JSON value (RFC 8259 section 3), borrowed from its text.
///
/// ```
/// use embedded_jwt::json::Value;
/// let mut text = *br#"{"a\/b": [1.5, null]}"#;
/// let object = Value::parse(&mut text)?.as_object().unwrap();
/// let array = object.get("a/b").and_then(Value::as_array).unwrap();
/// assert_eq!(array.elements().next(), Some(Value::Number("1.5")));
/// # Ok::<(), embedded_jwt::json::JsonError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it is spelled.
    Number(&'a str),
    /// A string.
    String(Text<'a>),
    /// An array.
    Array(Array<'a>),
    /// An object.
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    /// Checks a JSON text and rewrites it in place to its normal form, which the value borrows.
    ///
    /// # Errors
    /// The first fault of the text, as a [`JsonError`].
    pub fn parse(text: &'a mut [u8]) -> Result<Self, JsonError> {
        normalize(text).map(Self::from_normal)
    }

    /// Returns the string, where it is one.
    #[must_use]
    pub const fn as_text(self) -> Option<Text<'a>> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the string, where it is one without a quote, a backslash or a control character: see [`Text::as_str`].
    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        self.as_text()?.as_str()
    }

    /// Returns the number, where it is an integer of 64 bits without a sign, a fraction and an exponent.
    #[must_use]
    pub fn as_u64(self) -> Option<u64> {
        match self {
            Self::Number(number) => number.parse().ok(),
            _ => None,
        }
    }

    /// Returns the truth value, where it is one.
    #[must_use]
    pub const fn as_bool(self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the array, where it is one.
    #[must_use]
    pub const fn as_array(self) -> Option<Array<'a>> {
        match self {
            Self::Array(array) => Some(array),
            _ => None,
        }
    }

    /// Returns the object, where it is one.
    #[must_use]
    pub const fn as_object(self) -> Option<Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The view of one value in normal form.
    fn from_normal(text: &'a str) -> Self {
        match text.as_bytes().first() {
            Some(b'{') => Self::Object(Object(text)),
            Some(b'[') => Self::Array(Array(text)),
            Some(b'"') => Self::String(Text(inside(text))),
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'n') | None => Self::Null,
            Some(_) => Self::Number(text),
        }
    }
}

/// The text between the first and the last byte: quotes or brackets.
// Called from many places, each of which it would make longer by more than the call.
#[inline(never)]
fn inside(text: &str) -> &str {
    text.get(1..text.len().saturating_sub(1))
        .unwrap_or_default()
}

/// Length of the first value of a list of values in normal form.
fn value_len(text: &[u8]) -> usize {
    match text.first() {
        Some(b'"') => string_len(text),
        Some(b'{' | b'[') => container_len(text),
        _ => text.iter().take_while(|byte| **byte != b',').count(),
    }
}

/// Length of the string that `text` starts with, quotes included.
fn string_len(text: &[u8]) -> usize {
    let mut len = 1usize;
    while let Some(rest) = text.get(len..) {
        len = len.wrapping_add(plain_len(rest));
        if text.get(len) != Some(&b'\\') {
            return len.wrapping_add(1);
        }
        // What is escaped may be a quote.
        len = len.wrapping_add(2);
    }
    len
}

/// Length of the object or array that `text` starts with, brackets included.
fn container_len(text: &[u8]) -> usize {
    let mut depth = 0usize;
    let mut at = 0usize;
    while let Some(byte) = text.get(at) {
        let len = match byte {
            b'"' => string_len(text.get(at..).unwrap_or_default()),
            _ => 1,
        };
        at = at.wrapping_add(len);
        match byte {
            b'{' | b'[' => depth = depth.wrapping_add(1),
            b'}' | b']' => depth = depth.wrapping_sub(1),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// A JSON array.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Array<'a>(&'a str);

impl<'a> Array<'a> {
    /// Its elements, in order.
    #[must_use]
    pub fn elements(self) -> Elements<'a> {
        Elements(inside(self.0))
    }

    /// Its JSON text in normal form, with the brackets.
    #[must_use]
    pub const fn as_json(self) -> &'a str {
        self.0
    }
}

impl<'a> IntoIterator for Array<'a> {
    type Item = Value<'a>;
    type IntoIter = Elements<'a>;

    fn into_iter(self) -> Elements<'a> {
        self.elements()
    }
}

/// The elements of an [`Array`].
#[derive(Clone)]
pub struct Elements<'a>(&'a str);

impl<'a> Iterator for Elements<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        if self.0.is_empty() {
            return None;
        }
        let (value, rest) = self.0.split_at_checked(value_len(self.0.as_bytes()))?;
        self.0 = rest.get(1..).unwrap_or_default();
        Some(Value::from_normal(value))
    }
}

/// A JSON object. No two of its members have the same name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Object<'a>(&'a str);

impl<'a> Object<'a> {
    /// Its members, in the order of the text.
    #[must_use]
    pub fn members(self) -> Members<'a> {
        Members(inside(self.0))
    }

    /// The value of the member called `name`. A member that is `null` is there: `Some(Value::Null)`.
    #[must_use]
    pub fn get(self, name: &str) -> Option<Value<'a>> {
        self.members()
            .find_map(|(member, value)| (member == *name).then_some(value))
    }

    /// Its JSON text in normal form, with the braces.
    #[must_use]
    pub const fn as_json(self) -> &'a str {
        self.0
    }
}

impl<'a> IntoIterator for Object<'a> {
    type Item = (Text<'a>, Value<'a>);
    type IntoIter = Members<'a>;

    fn into_iter(self) -> Members<'a> {
        self.members()
    }
}

/// The members of an [`Object`]: name and value.
#[derive(Clone)]
pub struct Members<'a>(&'a str);

impl<'a> Iterator for Members<'a> {
    type Item = (Text<'a>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let text = self.0;
        // A colon stands between name and value, a comma behind the value.
        let colon = string_len(text.as_bytes());
        let value = colon.wrapping_add(1);
        let comma = value.wrapping_add(value_len(text.as_bytes().get(value..)?));
        self.0 = text.get(comma.wrapping_add(1)..).unwrap_or_default();
        let name = text.get(1..colon.wrapping_sub(1))?;
        Some((Text(name), Value::from_normal(text.get(value..comma)?)))
    }
}

// Their text is what there is to see; walking it would recurse.
macro_rules! shown_as_json {
    ($($type:ident: $open:literal $close:literal;)*) => {$(
        #[doc = concat!("As JSON, `", $open, "...", $close, "`, safe in a log: see [`Text`].")]
        impl fmt::Debug for $type<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($open)?;
                log::write(f, self.0)?;
                f.write_str($close)
            }
        }

        #[doc = concat!("As JSON, `", $open, "...", $close, "`, safe in a log: see [`Text`].")]
        #[cfg(feature = "defmt")]
        impl defmt::Format for $type<'_> {
            fn format(&self, fmt: defmt::Formatter<'_>) {
                defmt::write!(fmt, "{=str}", $open);
                log::format(fmt, self.0);
                defmt::write!(fmt, "{=str}", $close);
            }
        }
    )*};
}
shown_as_json! {
    Array: "" "";
    Object: "" "";
    Elements: "[" "]";
    Members: "{" "}";
    Text: "\"" "\"";
}

/// A JSON string, compared by its true value.
///
/// Almost every string can be borrowed as it is: [`Text::as_str`]. One that holds a quote, a backslash or
/// a control character still has escapes in its text, and is read by [`Text::chars`].
///
/// `Debug` and `Display` are safe in a log. They write control characters, line separators, bidirectional controls and
/// the byte order mark as `\uXXXX`, because a sender could forge a line of the log with them. `Debug` writes JSON of the
/// same value, in quotes. `Display` writes quotes and backslashes as they are. So neither is the value itself: take that
/// from [`Text::chars`] or [`Text::as_str`], or compare with `==`.
///
/// ```
/// use embedded_jwt::json::Value;
/// let mut text = *br#""\u0044OMAIN\\user""#;
/// let Value::String(name) = Value::parse(&mut text)? else { panic!() };
/// assert!(name == *r"DOMAIN\user");
/// assert_eq!(name.as_str(), None);
/// assert_eq!(name.chars().collect::<String>(), r"DOMAIN\user");
/// # Ok::<(), embedded_jwt::json::JsonError>(())
/// ```
// One true value has one spelling in normal form, so the derived equality is equality of values.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Text<'a>(&'a str);

impl<'a> Text<'a> {
    /// The string, where its value stands in the text as it is; `None` where it holds a quote, a backslash
    /// or a control character.
    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        (!self.has_escapes()).then_some(self.0)
    }

    /// As it stands in the normal form. Equal to a name without escapes where the string is that name.
    pub(crate) const fn normal(self) -> &'a [u8] {
        self.0.as_bytes()
    }

    /// Its characters.
    pub fn chars(self) -> impl Iterator<Item = char> + Clone + 'a {
        let mut raw = self.0.chars();
        core::iter::from_fn(move || match raw.next()? {
            '\\' => Some(match raw.next()? {
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                // The other control characters: \u00 and two digits.
                'u' => {
                    let digits = raw.by_ref().take(4);
                    let code = digits.fold(0, |code, digit| {
                        code << 4 | digit.to_digit(16).unwrap_or_default()
                    });
                    char::from_u32(code).unwrap_or_default()
                }
                escaped => escaped,
            }),
            character => Some(character),
        })
    }

    /// Whether it has no characters.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    fn has_escapes(self) -> bool {
        plain_len(self.normal()) < self.0.len()
    }
}

// Anybody can send a long text, and it is compared with each name that is looked for. So no arm walks further than `other`
// is long, or than the first difference.
impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        match self.0.len().cmp(&other.len()) {
            Ordering::Less => false,
            // A text with escapes is longer than its value, so of that length it is another value.
            Ordering::Equal => self.0 == other && !self.has_escapes(),
            // An escape has six bytes at most, so a text that is longer still is not walked.
            Ordering::Greater => {
                self.0.len() <= other.len().saturating_mul(6) && self.chars().eq(other.chars())
            }
        }
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

/// Safe in a log; not always the value: see [`Text`].
impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars()
            .try_for_each(|character| log::write_char(f, character))
    }
}
