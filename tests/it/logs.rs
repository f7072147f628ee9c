//! What `Debug` and `Display` of every public type put into a log: no byte of a token, a nonce, a proof or a key, and no
//! character by which a sender writes more than his own text.

use core::fmt::{Debug, Display};
use std::{collections::BTreeSet, sync::LazyLock};

use embedded_jwt::json::Value;
use proptest::prelude::*;

use crate::{
    common::{
        self, encode,
        shown::{HOSTILE, Log, Material, Shown, is_hostile},
    },
    source,
};

/// Bytes of a secret that are too many to stand in a text by chance.
const PIECE: usize = 6;

/// What is found in a text that holds a piece of a secret, whatever wrote it.
fn pieces(secrets: &[Vec<u8>]) -> BTreeSet<String> {
    let mut forms = BTreeSet::new();
    for piece in secrets.iter().flat_map(|secret| secret.windows(PIECE)) {
        let list = |show: fn(&u8) -> String| piece.iter().map(show).collect::<Vec<_>>();
        forms.extend(core::str::from_utf8(piece).map(str::to_owned));
        forms.insert(encode(piece));
        forms.insert(list(|byte| format!("{byte:02x}")).concat());
        forms.insert(list(|byte| format!("{byte:02X}")).concat());
        forms.insert(list(u8::to_string).join(","));
        forms.insert(list(|byte| format!("{byte:x}")).join(","));
    }
    forms
}

struct Texts {
    pieces: BTreeSet<String>,
    names: BTreeSet<&'static str>,
    faults: BTreeSet<String>,
}

impl Texts {
    fn check<T>(&mut self, text: &str, is_pretty: bool) {
        let path = core::any::type_name::<T>();
        let name = path.split('<').next().unwrap().rsplit("::").next().unwrap();
        self.names.insert(name);
        if text.is_empty() {
            self.faults.insert(format!("{name} shows nothing"));
        }
        if text.contains("\nZ")
            || text
                .chars()
                .any(|c| is_hostile(c) && !(is_pretty && c == '\n'))
        {
            self.faults
                .insert(format!("{name} shows a raw character: {text:?}"));
        }
        // Lists are shown with space between their elements.
        let dense: String = text.split_whitespace().collect();
        if let Some(piece) = self.pieces.iter().find(|piece| dense.contains(&**piece)) {
            self.faults
                .insert(format!("{name} shows a secret, {piece}: {text}"));
        }
    }
}

impl Log for Texts {
    fn show<T: Shown>(&mut self, value: &T) {
        self.check::<T>(&format!("{value:?}"), false);
        self.check::<T>(&format!("{value:x?}"), false);
        self.check::<T>(&format!("{value:#?}"), true);
    }

    fn display<T: Shown + Display>(&mut self, value: &T) {
        self.show(value);
        self.check::<T>(&value.to_string(), false);
    }
}

static SHOWN: LazyLock<Texts> = LazyLock::new(|| {
    let material = Material::new();
    let mut texts = Texts {
        pieces: pieces(&material.secrets()),
        names: BTreeSet::new(),
        faults: BTreeSet::new(),
    };
    material.show(&mut texts);
    texts
});

#[test]
fn no_public_type_shows_a_secret_or_a_raw_character() {
    let faults: Vec<_> = SHOWN.faults.iter().map(String::as_str).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The test above would notice.
#[test]
fn pieces_are_found() {
    let secret = b"n0nce-0f-the-server";
    let pieces = pieces(&[secret.to_vec()]);
    for text in [
        format!("{:?}", core::str::from_utf8(secret).unwrap()),
        format!("{secret:?}"),
        format!("{secret:#?}"),
        format!("{secret:x?}"),
        encode(secret),
        encode([b"x", &secret[..]].concat()),
        encode([b"xy", &secret[..]].concat()),
        "6e306e63652d30662d7468652d736572766572".into(),
    ] {
        let dense: String = text.split_whitespace().collect();
        assert!(
            pieces.iter().any(|piece| dense.contains(&**piece)),
            "{text}"
        );
    }
    assert!(HOSTILE.chars().filter(|c| *c != 'Z').all(is_hostile));
}

/// The names behind `pub use`.
fn exported(source: &str) -> Vec<&str> {
    source
        .split("pub use ")
        .skip(1)
        .map(|rest| rest.split(';').next().unwrap())
        .flat_map(|path| path.split([',', '{', '}', ':']))
        .map(str::trim)
        .filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase()))
        .collect()
}

/// A type that joins the API has to be shown in `common/shown.rs` too.
#[test]
fn every_public_type_is_shown() {
    // Traits, and other names of one type.
    let mut others = vec!["Crypto", "KeyTable16", "KeyTable64", "KeyTable256"];
    if !cfg!(feature = "sign") {
        others.extend(["ClientAssertion", "SigningKey"]);
    }
    if !cfg!(feature = "fast-es256") {
        others.extend(["KeyTable", "PreparedKey", "RingTables", "TableRoom"]);
    }

    let shown = &SHOWN.names;
    let mut names = exported(source::LIB);
    assert!(names.contains(&"Claims") && names.contains(&"Verifier"));
    for module in [source::CRYPTO, source::JSON, source::OAUTH] {
        names.extend(exported(module));
    }
    #[cfg(feature = "device")]
    {
        names.extend(exported(source::DEVICE));
        others.push("Store");
    }
    names.push("SigningKey");
    for name in names {
        assert_ne!(shown.contains(name), others.contains(&name), "{name}");
    }
}

/// What is escaped stays JSON, of the same value.
#[test]
fn debug_of_json_is_json() {
    let expected = serde_json::json!({HOSTILE: [HOSTILE, {"a": HOSTILE}, r#"quo"te, back\slash"#]});
    let mut text = expected.to_string().into_bytes();
    let value = Value::parse(&mut text).unwrap();
    let Value::Object(object) = value else {
        panic!()
    };
    let read = |text: String| serde_json::from_str::<serde_json::Value>(&text).unwrap();
    assert_eq!(read(format!("{object:?}")), expected);
    assert_eq!(read(object.to_string()), expected);
    assert_eq!(read(value.to_string()), expected);
    assert_eq!(read(format!("{:?}", object.members())), expected);
    let (name, Value::Array(array)) = object.members().next().unwrap() else {
        panic!()
    };
    assert_eq!(read(format!("{name:?}")), *HOSTILE);
    assert_eq!(read(format!("{array:?}")), expected[HOSTILE]);
    assert_eq!(read(array.to_string()), expected[HOSTILE]);
    assert_eq!(read(format!("{:?}", array.elements())), expected[HOSTILE]);

    // What is left of an iterator.
    let (mut elements, mut members) = (array.elements(), object.members());
    elements.nth(1);
    assert_eq!(
        read(format!("{elements:?}")),
        serde_json::json!([r#"quo"te, back\slash"#])
    );
    members.next();
    assert_eq!(format!("{members:?}"), "{}");
}

/// Quotes and backslashes are shown as they are, and what a log must not have as JSON escapes it.
#[test]
fn display_of_a_text() {
    for (value, shown) in [
        ("plain", "plain"),
        ("h\u{f6}h\u{20ac}\u{1f600}", "h\u{f6}h\u{20ac}\u{1f600}"),
        (r#"DOMAIN\"user""#, r#"DOMAIN\"user""#),
        ("a\nb\tc\0d", r"a\u000ab\u0009c\u0000d"),
        ("\u{7f}\u{9b}31m", r"\u007f\u009b31m"),
        ("\u{a0}\u{ad}\u{2027}", "\u{a0}\u{ad}\u{2027}"),
        ("nimda\u{202e}", r"nimda\u202e"),
        ("\u{feff}\u{2028}", r"\ufeff\u2028"),
    ] {
        let mut text = serde_json::to_vec(value).unwrap();
        let Value::String(text) = Value::parse(&mut text).unwrap() else {
            panic!()
        };
        assert_eq!(text.to_string(), shown);
        assert!(text == *value && text.as_str() == value);
    }
}

proptest! {
    /// No character that the list above lacks gets through, or is escaped for nothing.
    #[test]
    fn any_text(value in "(\\PC|\\p{Cc}|\\p{Cf}|\\p{Zl}|\\p{Zp}|[\"\\\\]){0,12}") {
        let mut text = serde_json::to_vec(&value).unwrap();
        let Value::String(text) = Value::parse(&mut text).unwrap() else { panic!() };
        let (debug, display) = (format!("{text:?}"), text.to_string());
        prop_assert!(!debug.chars().chain(display.chars()).any(is_hostile), "{:?}", value);
        prop_assert_eq!(serde_json::from_str::<String>(&debug).unwrap(), &*value);
        if !value.chars().any(is_hostile) {
            prop_assert_eq!(display, value);
        }
    }
}

/// What is left out of a header and of claims is said to be left out.
#[test]
fn what_is_shown_instead() {
    let public = embedded_jwt::crypto::PublicKey::from_sec1(&common::ISSUER_POINT).unwrap();
    assert_eq!(format!("{public:?}"), "PublicKey { .. }");
    let is_cut = |shown: &dyn Debug| format!("{shown:?}").ends_with(", .. }");
    let token = common::mint(
        common::Alg::Es256,
        r#"{"alg":"ES256","kid":"k","x":1}"#,
        r#"{"iss":"i","sub":"s","aud":"a","exp":1,"iat":1,"jti":"j","client_id":"c","x":1}"#,
    );
    let keys = [embedded_jwt::Key::es256(&common::ISSUER_POINT)
        .unwrap()
        .with_kid("k")];
    let mut buffer = [0; 512];
    let compact = embedded_jwt::Compact::parse(&token).unwrap();
    let verified = compact.verify(&keys, &mut buffer).unwrap();
    assert_eq!(
        format!("{:?}", verified.header()),
        r#"Header { alg: "ES256", typ: None, kid: Some("k"), cty: None, .. }"#
    );
    let claims = verified.claims().unwrap();
    assert_eq!(
        format!("{claims:?}"),
        concat!(
            r#"Claims { iss: Some("i"), sub: Some("s"), aud: Some(Audience(One("a"))), exp: Some(1), nbf: None, "#,
            r#"iat: Some(1), jti: Some("j"), .. }"#
        )
    );
    let access = embedded_jwt::oauth::AccessToken::new(&claims).unwrap();
    assert_eq!(
        format!("{access:?}"),
        r#"AccessToken { sub: "s", client_id: "c", jti: "j", .. }"#
    );
    assert!(is_cut(&claims) && is_cut(&access));
    // Who wants all of it asks for it.
    assert!(format!("{:?}", claims.object()).contains(r#""x":1"#));
}
