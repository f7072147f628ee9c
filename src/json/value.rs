//! Views into a JSON text in normal form. They copy nothing, and read a part only on request.

use core::fmt;

use super::{cursor::DELIMITER, error::JsonError, log, normalize::normalize};
use crate::encoding::words::{TOPS, at_least, run_len};

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

    /// Returns the string as a `&str`, or `None` for any other value.
    #[must_use]
    pub const fn as_str(self) -> Option<&'a str> {
        match self {
            Self::String(text) => Some(text.as_str()),
            _ => None,
        }
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
    fn from_normal(text: &'a [u8]) -> Self {
        match text.first() {
            Some(b'{') => Self::Object(Object(text)),
            Some(b'[') => Self::Array(Array(text)),
            Some(&DELIMITER) => Self::String(Text(inside(text))),
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'n') | None => Self::Null,
            Some(_) => Self::Number(as_str(text)),
        }
    }
}

/// Returns the characters of a string or a number. The scanner has checked that they are UTF-8.
const fn as_str(text: &[u8]) -> &str {
    match core::str::from_utf8(text) {
        Ok(text) => text,
        // Unreachable: the scanner rejects text that is not UTF-8.
        Err(_) => "",
    }
}

/// Returns the text between its first and its last byte, which are delimiters or brackets.
// Not inlined: it is called from many places, and its body is larger than a call.
#[inline(never)]
fn inside(text: &[u8]) -> &[u8] {
    text.get(1..text.len().saturating_sub(1))
        .unwrap_or_default()
}

/// Returns the length of the first value of a list of values in normal form.
fn value_len(text: &[u8]) -> usize {
    match text.first() {
        Some(&DELIMITER) => string_len(text),
        Some(b'{' | b'[') => container_len(text),
        _ => text.iter().take_while(|byte| **byte != b',').count(),
    }
}

/// Returns the length of the string at the start of `text`, delimiters included.
fn string_len(text: &[u8]) -> usize {
    let rest = text.get(1..).unwrap_or_default();
    // Only the delimiter has all bits set. No byte of UTF-8 has.
    let len = run_len(rest, |word| {
        !(word & at_least(word & !TOPS, DELIMITER & 0x7f))
    });
    len.wrapping_add(2)
}

/// Returns the length of the object or array at the start of `text`, brackets included.
fn container_len(text: &[u8]) -> usize {
    let mut depth = 0usize;
    let mut at = 0usize;
    while let Some(byte) = text.get(at) {
        let len = match byte {
            &DELIMITER => string_len(text.get(at..).unwrap_or_default()),
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
///
/// `Display` and `Debug` write it as JSON that is safe in a log: see [`Text`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Array<'a>(pub(super) &'a [u8]);

impl<'a> Array<'a> {
    /// Returns the elements of the array, in order.
    #[must_use]
    pub fn elements(self) -> Elements<'a> {
        Elements(inside(self.0))
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
pub struct Elements<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        if self.0.is_empty() {
            return None;
        }
        let (value, rest) = self.0.split_at_checked(value_len(self.0))?;
        self.0 = rest.get(1..).unwrap_or_default();
        Some(Value::from_normal(value))
    }
}

/// A JSON object. Its members have different names.
///
/// `Display` and `Debug` write it as JSON that is safe in a log: see [`Text`]. Other JSON libraries
/// can read this text. `serde-json-core` reads verified claims like this:
///
/// ```
/// # #[cfg(feature = "es256")]
/// # {
/// use core::fmt::Write as _;
///
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
/// let mut json = heapless::String::<512>::new();
/// write!(json, "{}", token.claims().object()).unwrap();
/// let (command, _) = serde_json_core::from_str::<Command>(&json).unwrap();
/// assert_eq!((command.valve, command.open), ("north", true));
/// # }
/// ```
///
/// [`Claims::deserialize`](crate::Claims::deserialize) needs no second text, and does not have
/// these limits of `serde-json-core`: a string with an escape (`\"`, `\\`) is returned with the
/// escape, a float reads `null` as NaN and a number that is too large as infinity, and map keys
/// that are not strings cause a panic.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Object<'a>(pub(super) &'a [u8]);

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

    /// Returns the length of the normal form in bytes.
    #[cfg(feature = "sign")]
    pub(crate) const fn normal_len(self) -> usize {
        self.0.len()
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
pub struct Members<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Members<'a> {
    type Item = (Text<'a>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let text = self.0;
        // The name is followed by a colon, and the value by a comma.
        let colon = string_len(text);
        let value = colon.wrapping_add(1);
        let comma = value.wrapping_add(value_len(text.get(value..)?));
        self.0 = text.get(comma.wrapping_add(1)..).unwrap_or_default();
        let name = text.get(1..colon.wrapping_sub(1))?;
        Some((Text(name), Value::from_normal(text.get(value..comma)?)))
    }
}

// The text is written as a whole, because a walk over the values would recurse.
macro_rules! shown_as_json {
    ($($type:ident: $($trait:ident)*, $open:literal $close:literal;)*) => {$(
        $(
            #[doc = concat!("Writes JSON, `", $open, "...", $close, "`, safe in a log: see [`Text`].")]
            impl fmt::$trait for $type<'_> {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str($open)?;
                    log::write_json(f, self.0)?;
                    f.write_str($close)
                }
            }
        )*
    )*};
}
shown_as_json! {
    Array: Debug Display, "" "";
    Object: Debug Display, "" "";
    Elements: Debug, "[" "]";
    Members: Debug, "{" "}";
}

/// Writes JSON that is safe in a log: see [`Text`].
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => fmt::Display::fmt(value, f),
            Self::Number(number) => f.write_str(number),
            Self::String(text) => fmt::Debug::fmt(text, f),
            Self::Array(array) => fmt::Display::fmt(array, f),
            Self::Object(object) => fmt::Display::fmt(object, f),
        }
    }
}

/// A JSON string: its characters, without escapes.
///
/// `Debug` and `Display` are safe in a log. They escape control characters, line separators,
/// bidirectional controls and the byte order mark, with which a sender could forge a line of the
/// log. `Debug` writes a JSON string of the same value, in quotes. `Display` leaves out the quotes,
/// and escapes no quote and no backslash. So neither always writes the value itself. To read the
/// value, use [`Text::as_str`]. To compare it, use `==`.
///
/// ```
/// use embedded_jwt::json::Value;
/// let mut text = *br#""\u0044OMAIN\\user\n""#;
/// let Value::String(name) = Value::parse(&mut text)? else { panic!() };
/// assert!(name == "DOMAIN\\user\n");
/// assert_eq!(name.as_str(), "DOMAIN\\user\n");
/// assert_eq!(name.to_string(), r"DOMAIN\user\u000a");
/// assert_eq!(format!("{name:?}"), r#""DOMAIN\\user\n""#);
/// # Ok::<(), embedded_jwt::json::JsonError>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    /// Returns the string.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        as_str(self.0)
    }

    /// Returns the bytes of the string. Unlike [`Text::as_str`], it does not check again that they
    /// are UTF-8.
    #[must_use]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// Returns whether the string has no characters.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

/// Writes the string as JSON, in quotes, safe in a log: see [`Text`].
impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        log::write_string(f, self.as_str())
    }
}

/// Writes the string so that it is safe in a log. The output is not always the value: see [`Text`].
impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        log::write_text(f, self.as_str())
    }
}
