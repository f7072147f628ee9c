//! A verification that is split around an `await`. It uses two back-ends and never returns an
//! unverified payload.
//!
//! The first pass records the questions for the accelerator and rejects the token. Then the task
//! waits for the accelerator. The second pass runs the whole verification again. Its back-end
//! accepts exactly what the accelerator found valid: this key, this digest, this signature.
//!
//! So the token is split and hashed twice, and its header is decoded twice.

use embedded_jwt::{
    Error, Time, Token, Verifier,
    crypto::{Crypto, InvalidSignature, PublicKey},
    limits::MAX_CANDIDATE_KEYS,
};

use crate::back_end::{Pka, Question};

/// Verifies a token while other tasks run.
pub(crate) async fn verify<'b, 'v>(
    pka: &mut Pka,
    verifier: Verifier<'v>,
    token: &[u8],
    time: Time,
    buffer: &'b mut [u8],
) -> Result<Token<'b, 'v>, Error> {
    let mut questions = Questions::default();
    // The result is ignored: the second pass gives the final result.
    _ = verifier.verify_with(&mut questions, token, time, buffer);
    let mut answer = Answer { good: None };
    pka.cause = None;
    for question in questions.0.into_iter().flatten() {
        let verdict = match pka.start(&question) {
            Ok(computation) => computation.await,
            Err(cause) => Err(cause),
        };
        if pka.keep_cause(verdict).is_ok() {
            answer.good = Some(question);
            break;
        }
    }
    verifier.verify_with(&mut answer, token, time, buffer)
}

/// The back-end of the first pass: records one question for each key that fits the header.
#[derive(Default)]
struct Questions([Option<Question>; MAX_CANDIDATE_KEYS]);

impl Crypto for Questions {
    fn es256_digest(
        &mut self,
        key: PublicKey<'_>,
        digest: &[u8; 32],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        if let Some(place) = self.0.iter_mut().find(|place| place.is_none()) {
            *place = Some(Question::new(key, digest, signature));
        }
        Err(InvalidSignature)
    }
}

/// The back-end of the second pass: accepts only what the accelerator found valid.
struct Answer {
    good: Option<Question>,
}

impl Crypto for Answer {
    fn es256_digest(
        &mut self,
        key: PublicKey<'_>,
        digest: &[u8; 32],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        if self.good == Some(Question::new(key, digest, signature)) {
            Ok(())
        } else {
            Err(InvalidSignature)
        }
    }
}
