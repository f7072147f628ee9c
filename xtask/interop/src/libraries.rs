//! Other libraries: what they issue is accepted here with equal claims, what is issued here is accepted there with equal
//! claims, and where one character is changed, nobody accepts it.

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use embedded_jwt::{Error, Key, Policy, Time, Verifier, sign::SigningKey};
use http_examples::now;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Report;

/// The scripts that speak for a library, and what they are asked for.
const PEERS: [(&str, &[&str]); 4] = [
    ("PyJWT", &["venv/bin/python", "peer.py", "PyJWT"]),
    ("joserfc", &["venv/bin/python", "peer.py", "joserfc"]),
    ("Authlib", &["venv/bin/python", "peer.py", "Authlib"]),
    ("jose", &["node", "peer.mjs"]),
];

const ISSUER: &str = "https://auth.example";
const AUDIENCE: &str = "https://pump-7.example";
const KID: &str = "2026";
const SECRET: &str = "a secret for HS256 of over 32 bytes";

/// A private key that everybody knows (RFC 7515, appendix A.3.1).
const D: &str = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI";
const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

const ALGORITHMS: [&str; 2] = ["HS256", "ES256"];

/// A token of `claims.json`.
#[derive(Deserialize)]
struct Case {
    title: String,
    typ: String,
    claims: serde_json::Map<String, Value>,
}

/// A token, and what it says.
struct Token<'c> {
    title: String,
    alg: &'static str,
    case: &'c Case,
    text: String,
}

pub(crate) fn run(peers: &Path, report: &mut Report) -> Result<()> {
    let cases = cases(peers)?;
    let keys = Keys::new()?;
    let ours = keys.issue(&cases)?;
    for (name, command) in PEERS {
        println!("\n{name}");
        let peer = Peer {
            folder: peers,
            command,
        };
        let theirs = match peer.issue(&cases) {
            Ok(theirs) => theirs,
            Err(error) => {
                report.check("issues", Err(error));
                continue;
            }
        };
        report.check("what it issues is accepted here", keys.accept(&theirs));
        report.check("what is issued here is accepted there", peer.accept(&ours));
        report.check("changed, it is refused here", keys.refuse(&theirs));
        report.check("changed, ours is refused there", peer.refuse(&ours));
    }
    Ok(())
}

/// The cases, each with the claims that every token has.
fn cases(peers: &Path) -> Result<Vec<Case>> {
    let text = fs::read(peers.join("claims.json")).context("reading claims.json")?;
    let mut cases: Vec<Case> = serde_json::from_slice(&text).context("claims.json")?;
    for case in &mut cases {
        let common = [
            ("iss", json!(ISSUER)),
            ("aud", json!(AUDIENCE)),
            ("iat", json!(now())),
            ("exp", json!(now() + 600)),
        ];
        for (name, value) in common {
            case.claims.entry(name).or_insert(value);
        }
    }
    Ok(cases)
}

/// Every case by every algorithm.
fn all(cases: &[Case]) -> impl Iterator<Item = (&'static str, &Case)> {
    ALGORITHMS
        .into_iter()
        .flat_map(move |alg| cases.iter().map(move |case| (alg, case)))
}

/// This crate's side.
struct Keys {
    private_key: [u8; 32],
    public_key: [u8; 65],
}

impl Keys {
    fn new() -> Result<Self> {
        let d = BASE64_URL_SAFE_NO_PAD.decode(D)?;
        let private_key = d.try_into().ok().context("a private key has 32 bytes")?;
        let public_key = SigningKey::es256(&private_key)?.public_key();
        Ok(Self {
            private_key,
            public_key: public_key.context("an ES256 key has a public half")?,
        })
    }

    fn issue<'c>(&self, cases: &'c [Case]) -> Result<Vec<Token<'c>>> {
        let mut tokens = Vec::new();
        for (alg, case) in all(cases) {
            let key = match alg {
                "HS256" => SigningKey::hs256(SECRET.as_bytes())?,
                _ => SigningKey::es256(&self.private_key)?,
            };
            let mut buffer = [0; 2048];
            let text = key
                .with_kid(KID)
                .sign(&case.typ, &case.claims, &mut buffer)?;
            tokens.push(Token::new(alg, case, text));
        }
        Ok(tokens)
    }

    fn accept(&self, tokens: &[Token<'_>]) -> Result<String> {
        for token in tokens {
            let claims = self.verify(token, &token.text);
            let claims = claims.with_context(|| token.title.clone())?;
            token.compare(&claims)?;
        }
        Ok(format!("{} tokens, with equal claims", tokens.len()))
    }

    fn refuse(&self, tokens: &[Token<'_>]) -> Result<String> {
        let mut refused = 0;
        for token in tokens {
            for changed in token.changed() {
                ensure!(
                    self.verify(token, &changed).is_err(),
                    "{}: {changed} was accepted",
                    token.title
                );
                refused += 1;
            }
        }
        Ok(format!("{refused} tokens"))
    }

    fn verify(&self, token: &Token<'_>, text: &str) -> Result<Value, Error> {
        let key = match token.alg {
            "HS256" => Key::hs256(SECRET.as_bytes())?,
            _ => Key::es256(&self.public_key)?,
        };
        let keys = [key.with_kid(KID)];
        let policy = Policy::new()
            .typ(&token.case.typ)
            .issuer(ISSUER)
            .audience(AUDIENCE);
        let mut buffer = [0; 2048];
        let verifier = Verifier::new(&keys, &policy);
        let token = verifier.verify(text.as_bytes(), Time::Trusted(now()), &mut buffer)?;
        token.claims().deserialize()
    }
}

/// Another library, behind a script.
struct Peer<'p> {
    folder: &'p Path,
    command: &'p [&'p str],
}

/// What the script says to one item.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Token(String),
    Claims(Value),
    Error(String),
}

impl Peer<'_> {
    fn issue<'c>(&self, cases: &'c [Case]) -> Result<Vec<Token<'c>>> {
        let items = all(cases).map(|(alg, case)| {
            json!({ "alg": alg, "header": { "typ": case.typ, "kid": KID }, "claims": case.claims })
        });
        let answers = self.ask("issue", &items.collect::<Vec<_>>())?;
        let mut tokens = Vec::new();
        for ((alg, case), answer) in all(cases).zip(answers) {
            match answer {
                Answer::Token(text) => tokens.push(Token::new(alg, case, &text)),
                Answer::Error(error) => bail!("{} by {alg}: {error}", case.title),
                Answer::Claims(_) => bail!("{} by {alg}: claims for a token", case.title),
            }
        }
        Ok(tokens)
    }

    fn accept(&self, tokens: &[Token<'_>]) -> Result<String> {
        let texts = tokens.iter().map(|token| (token, token.text.clone()));
        let answers = self.verify(texts)?;
        for (token, answer) in tokens.iter().zip(answers) {
            match answer {
                Answer::Claims(claims) => token.compare(&claims)?,
                Answer::Error(error) => bail!("{}: {error}", token.title),
                Answer::Token(_) => bail!("{}: a token for claims", token.title),
            }
        }
        Ok(format!("{} tokens, with equal claims", tokens.len()))
    }

    fn refuse(&self, tokens: &[Token<'_>]) -> Result<String> {
        let changed = tokens
            .iter()
            .flat_map(|token| token.changed().map(move |text| (token, text)));
        let answers = self.verify(changed.clone())?;
        for ((token, text), answer) in changed.zip(&answers) {
            ensure!(
                matches!(answer, Answer::Error(_)),
                "{}: {text} was accepted",
                token.title
            );
        }
        Ok(format!("{} tokens", answers.len()))
    }

    fn verify<'t>(
        &self,
        tokens: impl Iterator<Item = (&'t Token<'t>, String)>,
    ) -> Result<Vec<Answer>> {
        let items = tokens.map(|(token, text)| json!({ "alg": token.alg, "token": text }));
        self.ask("verify", &items.collect::<Vec<_>>())
    }

    /// One answer for each of `items`.
    fn ask(&self, task: &str, items: &[Value]) -> Result<Vec<Answer>> {
        let document = json!({
            "secret": SECRET,
            "jwk": { "kty": "EC", "crv": "P-256", "d": D, "x": X, "y": Y },
            "items": items,
        });
        let [program, arguments @ ..] = self.command else {
            bail!("no command");
        };
        // In the virtual environment, or wherever the system has it.
        let program = if program.contains('/') {
            self.folder.join(program)
        } else {
            program.into()
        };
        let mut child = Command::new(&program)
            .args(arguments)
            .arg(task)
            .current_dir(self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", program.display()))?;
        // Dropped at the end of the statement, which is the end of the script's input.
        let written = child
            .stdin
            .take()
            .context("no standard input")?
            .write_all(document.to_string().as_bytes());
        let output = child.wait_with_output()?;
        ensure!(
            output.status.success(),
            "{} ended with {}",
            program.display(),
            output.status
        );
        written?;
        let answers: Vec<Answer> =
            serde_json::from_slice(&output.stdout).context("what it answers")?;
        ensure!(
            answers.len() == items.len(),
            "{} answers to {} items",
            answers.len(),
            items.len()
        );
        Ok(answers)
    }
}

impl<'c> Token<'c> {
    fn new(alg: &'static str, case: &'c Case, text: &str) -> Self {
        Self {
            title: format!("{} by {alg}", case.title),
            alg,
            case,
            text: text.to_owned(),
        }
    }

    fn compare(&self, claims: &Value) -> Result<()> {
        let issued = &self.case.claims;
        ensure!(
            claims.as_object() == Some(issued),
            "{}: {claims} for {}",
            self.title,
            Value::Object(issued.clone())
        );
        Ok(())
    }

    /// The token with one character changed in the middle of each segment, where each bit of it counts.
    fn changed(&self) -> impl Iterator<Item = String> + Clone {
        let text = self.text.clone();
        let mut start = 0;
        let middles: Vec<usize> = text
            .split('.')
            .map(|segment| {
                let middle = start + segment.len() / 2;
                start += segment.len() + 1;
                middle
            })
            .collect();
        middles.into_iter().map(move |middle| {
            let change = |(place, character)| match character {
                'A' if place == middle => 'B',
                _ if place == middle => 'A',
                other => other,
            };
            text.chars().enumerate().map(change).collect()
        })
    }
}
