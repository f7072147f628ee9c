//! Public keys in PEM: what openssl writes, and what else a file may hold.

use embedded_jwt::{Error, Error::*, Key, const_key, jwk::OwnedPublicKey};

/// By `openssl ec -pubout`, of the private key of RFC 6979 appendix A.2.5.
const PEM: &str = include_str!("../../../examples/keys/gateway.pem");
const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";
const SPKI: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7\
                    Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==";

fn read(pem: &str) -> Result<(), Error> {
    let key = OwnedPublicKey::from_pem(pem.as_bytes())?;
    assert_eq!(key, OwnedPublicKey::from_pem(PEM.as_bytes()).unwrap());
    Ok(())
}

/// The reader of another crate finds the same key.
#[test]
fn in_flash() {
    static KEY: OwnedPublicKey = const_key!(OwnedPublicKey::from_pem(PEM.as_bytes()));
    static KEYS: [Key<'static>; 1] = [Key::from_public_key(KEY.as_public_key()).with_kid("a")];
    let der = pem::parse(PEM).unwrap();
    let by_spki = Key::es256_spki(der.contents()).unwrap();
    assert_eq!(KEYS[0].public_key(), by_spki.public_key());
    assert_eq!(KEYS[0].kid(), Some("a"));
}

#[test]
fn accepted() {
    for pem in [
        PEM.to_owned(),
        PEM.replace('\n', "\r\n"),
        PEM.trim_end().to_owned(),
        format!("\n  {PEM}\n\n"),
        format!("{BEGIN}{SPKI}{END}"),
        format!("{BEGIN}\n{}\n{END}", SPKI.replace("Yet0", " Ye\tt0\n")),
    ] {
        assert_eq!(read(&pem), Ok(()), "{pem}");
    }
}

#[test]
fn rejected() {
    let with = |body: &str| format!("{BEGIN}\n{body}\n{END}\n");
    for (pem, error) in [
        (String::new(), KeyNotPem),
        (BEGIN.to_owned(), KeyNotPem),
        (with(""), KeyNotPem),
        (PEM.replace("PUBLIC", "EC PRIVATE"), KeyPrivate),
        (PEM.replace("PUBLIC KEY", "CERTIFICATE"), KeyCertificate),
        (PEM.replace("PUBLIC", "ENCRYPTED PRIVATE"), KeyPrivate),
        // What `openssl ecparam -genkey` writes.
        (
            format!(
                "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{}",
                PEM.replace("PUBLIC", "EC PRIVATE")
            ),
            KeyPrivate,
        ),
        (PEM.replace("PUBLIC", "RSA PUBLIC"), KeyRsa),
        // What `openssl pkey -pubout` writes of RSA, P-384 and Ed25519 keys, and of a compressed point.
        (
            with(&format!(
                "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A{}",
                "A".repeat(360)
            )),
            KeyRsa,
        ),
        (
            with(&format!(
                "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE{}",
                "A".repeat(128)
            )),
            KeyOtherCurve,
        ),
        (
            with(&format!("MCowBQYDK2VwAyEA{}=", "A".repeat(43))),
            KeyOtherCurve,
        ),
        (
            with(&format!(
                "MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgAC{}=",
                "A".repeat(43)
            )),
            KeyNotUncompressed,
        ),
        (PEM.replace(BEGIN, "-----BEGIN PUBLIC KEY----"), KeyNotPem),
        (PEM.replace(END, "-----END CERTIFICATE-----"), KeyNotPem),
        (PEM.replace(END, ""), KeyNotPem),
        (format!("a key: {PEM}"), KeyNotPem),
        (format!("{PEM}{PEM}"), KeyNotPem),
        (format!("{PEM}and more"), KeyNotPem),
        (with(&SPKI.replace("==", "")), KeyNotPem),
        (with(&SPKI.replace("==", "=")), KeyNotPem),
        (with(&format!("{SPKI}=")), KeyNotPem),
        (with(&SPKI[4..]), KeyNotPem),
        (with(&format!("AAAA{SPKI}")), KeyNotPem),
        (with(&SPKI.replace("==", "AA")), KeyNotPem),
        // Bits that no byte has.
        (with(&SPKI.replace("imQ==", "imR==")), KeyNotPem),
        (with(&SPKI.replace('+', "-")), KeyNotPem),
        (with(&SPKI.replace("Yet0", "Y*t0")), KeyNotPem),
        (with(&SPKI.replace("Yet0", "Y\u{e9}t0")), KeyNotPem),
        // Another algorithm, a point in another form, a point off the curve.
        (with(&SPKI.replacen("MFkw", "MFkx", 1)), KeyNotSpki),
        (
            with(&SPKI.replacen("QgAEYP", "QgACYP", 1)),
            KeyNotUncompressed,
        ),
        (with(&SPKI.replacen("QgAEYP", "QgAEYQ", 1)), KeyNotOnCurve),
    ] {
        assert_eq!(read(&pem), Err(error), "{pem}");
    }
}
