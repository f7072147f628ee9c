//! Views into a JSON text in normal form. They copy nothing, and read a part only on request.

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
    /// A number, as the text spells it.
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
    /// A [`JsonError`] for the first fault of the text.
    pub fn parse(text: &'a mut [u8]) -> Result<Self, JsonError> {
        normalize(text).map(Self::from_normal)
    }

    /// Returns the string, or `None` for any other value.
    #[must_use]
    pub const fn as_text(self) -> Option<Text<'a>> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the string, or `None` for any other value. A string that holds a quote, a backslash
    /// or a control character is `None` too: see [`Text::as_str`].
    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        self.as_text()?.as_str()
    }

    /// Returns the number if it is an integer that fits into a `u64`, written without a sign, a
    /// fraction and an exponent.
    #[must_use]
    pub fn as_u64(self) -> Option<u64> {
        match self {
            Self::Number(number) => number.parse().ok(),
            _ => None,
        }
    }

    /// Returns the boolean, or `None` for any other value.
    #[must_use]
    pub const fn as_bool(self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the array, or `None` for any other value.
    #[must_use]
    pub const fn as_array(self) -> Option<Array<'a>> {
        match self {
            Self::Array(array) => Some(array),
            _ => None,
        }
    }

    /// Returns the object, or `None` for any other value.
    #[must_use]
    pub const fn as_object(self) -> Option<Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Returns the view of one value in normal form.
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

/// Returns the text between its first and its last byte, which are quotes or brackets.
// Not inlined: it is called from many places, and its body is larger than a call.
#[inline(never)]
fn inside(text: &str) -> &str {
    text.get(1..text.len().saturating_sub(1))
        .unwrap_or_default()
}

/// Returns the length of the first value of a list of values in normal form.
fn value_len(text: &[u8]) -> usize {
    match text.first() {
        Some(b'"') => string_len(text),
        Some(b'{' | b'[') => container_len(text),
        _ => text.iter().take_while(|byte| **byte != b',').count(),
    }
}

/// Returns the length of the string at the start of `text`, quotes included.
fn string_len(text: &[u8]) -> usize {
    let mut len = 1usize;
    while let Some(rest) = text.get(len..) {
        len = len.wrapping_add(plain_len(rest));
        if text.get(len) != Some(&b'\\') {
            return len.wrapping_add(1);
        }
        // The escaped character may be a quote.
        len = len.wrapping_add(2);
    }
    len
}

/// Returns the length of the object or array at the start of `text`, brackets included.
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
    /// Returns the elements of the array, in order.
    #[must_use]
    pub fn elements(self) -> Elements<'a> {
        Elements(inside(self.0))
    }

    /// Returns the JSON text of the array in normal form, with the brackets.
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

/// A JSON object. Its members have different names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Object<'a>(&'a str);

impl<'a> Object<'a> {
    /// Returns the members of the object, in the order of the text.
    #[must_use]
    pub fn members(self) -> Members<'a> {
        Members(inside(self.0))
    }

    /// Returns the value of the member called `name`, or `None` if there is no such member. A
    /// member that is `null` is `Some(Value::Null)`.
    #[must_use]
    pub fn get(self, name: &str) -> Option<Value<'a>> {
        self.members()
            .find_map(|(member, value)| (member == *name).then_some(value))
    }

    /// Returns the JSON text of the object in normal form, with the braces.
    ///
    /// Other readers take it from here. `serde-json-core` reads verified claims like this:
    ///
    /// ```
    /// # #[cfg(any(feature = "es256", feature = "fast-es256"))]
    /// # {
    /// use embedded_jwt::{Key, Policy, Time, Verifier, const_key, jwk::OwnedPublicKey};
    ///
    /// const PEM: &[u8] = include_bytes!("../../examples/keys/gateway.pem");
    /// static GATEWAY: OwnedPublicKey = const_key!(OwnedPublicKey::from_pem(PEM));
    /// let keys = [Key::from_public_key(GATEWAY.as_public_key())];
    /// let policy = Policy::new().issuer("https://auth.example").audience("pump-7");
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Command<'a> {
    ///     valve: &'a str,
    ///     open: bool,
    /// }
    ///
    /// let received = include_bytes!("../../examples/keys/command.jwt");
    /// let mut buffer = [0; 512];
    /// let now = Time::Trusted(1_790_000_000);
    /// let token = Verifier::new(&keys, &policy).verify(received, now, &mut buffer).unwrap();
    ///
    /// let json = token.claims().object().as_json();
    /// let (command, _) = serde_json_core::from_str::<Command>(json).unwrap();
    /// assert_eq!((command.valve, command.open), ("north", true));
    /// # }
    /// ```
    ///
    /// That reader returns a string with an escape (`\"`, `\\`) as it is written, reads `null` in a float as NaN and a float
    /// that is too large as infinity, and panics on map keys that are not strings. [`Claims::deserialize`](crate::Claims::deserialize)
    /// does none of this.
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
        // A colon follows the name, a comma the value.
        let colon = string_len(text.as_bytes());
        let value = colon.wrapping_add(1);
        let comma = value.wrapping_add(value_len(text.as_bytes().get(value..)?));
        self.0 = text.get(comma.wrapping_add(1)..).unwrap_or_default();
        let name = text.get(1..colon.wrapping_sub(1))?;
        Some((Text(name), Value::from_normal(text.get(value..comma)?)))
    }
}

// They are shown as text: a walk over the values would recurse.
macro_rules! shown_as_json {
    ($($type:ident: $open:literal $close:literal;)*) => {$(
        #[doc = concat!("Writes JSON, `", $open, "...", $close, "`, safe in a log: see [`Text`].")]
        impl fmt::Debug for $type<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($open)?;
                log::write(f, self.0)?;
                f.write_str($close)
            }
        }

        #[doc = concat!("Writes JSON, `", $open, "...", $close, "`, safe in a log: see [`Text`].")]
        #[cfg(feature = "defmt")]
        impl defmt::Format for $type<'_> {
            fn format(&self, fmt: defmt::Formatter<'_>) {
                defmt::write!(fmt, "{=str}", $open);
                log::format_text(fmt, self.0);
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

/// A JSON string. Comparison is by value, not by spelling.
///
/// Almost every string can be borrowed with [`Text::as_str`]. A string that holds a quote, a
/// backslash or a control character still has escapes in its text. [`Text::chars`] resolves them.
///
/// `Debug` and `Display` are safe in a log. They write control characters, line separators,
/// bidirectional controls and the byte order mark as `\uXXXX`. With these characters, a sender
/// could forge a line of the log. `Debug` writes JSON of the same value, in quotes. `Display`
/// writes quotes and backslashes unescaped. So neither writes the value itself: read it with
/// [`Text::chars`] or [`Text::as_str`], or compare with `==`.
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
// A value has one spelling in normal form, so the derived equality is equality of values.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Text<'a>(&'a str);

impl<'a> Text<'a> {
    /// Returns bytes that are equal for equal strings, and for no others.
    #[cfg(feature = "device")]
    pub(crate) const fn identity(self) -> &'a [u8] {
        self.0.as_bytes()
    }

    /// Returns the string, or `None` if it holds a quote, a backslash or a control character.
    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        (!self.has_escapes()).then_some(self.0)
    }

    /// Returns the bytes of the normal form. They equal a name without escapes if and only if the
    /// string is that name.
    pub(crate) const fn normal(self) -> &'a [u8] {
        self.0.as_bytes()
    }

    /// Returns the characters of the string, with escapes resolved.
    pub fn chars(self) -> impl Iterator<Item = char> + Clone + 'a {
        let mut raw = self.0.chars();
        core::iter::from_fn(move || match raw.next()? {
            '\\' => Some(match raw.next()? {
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                // The other control characters are written as `\u00` and two digits.
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

    /// Returns whether the string has no characters.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    fn has_escapes(self) -> bool {
        plain_len(self.normal()) < self.0.len()
    }
}

// A sender can choose a long text, which is compared with each expected name. So no arm reads more
// characters than `other` has, or beyond the first difference.
impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        match self.0.len().cmp(&other.len()) {
            Ordering::Less => false,
            // A text with escapes is longer than its value. So at equal length it is a different
            // value.
            Ordering::Equal => self.0 == other && !self.has_escapes(),
            // An escape has at most six bytes, so a longer text differs and is not read.
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

/// Writes the string so that it is safe in a log. The output is not always the value: see [`Text`].
impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars()
            .try_for_each(|character| log::write_char(f, character))
    }
}
