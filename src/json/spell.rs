//! The escapes of a JSON string (RFC 8259 section 7), as this crate writes them.

/// Writes a character of a string as JSON. Only quotes, backslashes and control characters are
/// escaped.
pub(super) fn spell(character: char, mut emit: impl FnMut(&[u8])) {
    match character {
        '"' => emit(b"\\\""),
        '\\' => emit(b"\\\\"),
        '\u{8}' => emit(b"\\b"),
        '\u{c}' => emit(b"\\f"),
        '\n' => emit(b"\\n"),
        '\r' => emit(b"\\r"),
        '\t' => emit(b"\\t"),
        '\0'..' ' => {
            let code = u8::try_from(character).unwrap_or_default();
            let low = code & 0xf;
            emit(b"\\u00");
            emit(&[b'0' | code >> 4]);
            emit(&[if low < 10 {
                b'0' | low
            } else {
                b'a'.wrapping_add(low).wrapping_sub(10)
            }]);
        }
        _ => emit(character.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}
