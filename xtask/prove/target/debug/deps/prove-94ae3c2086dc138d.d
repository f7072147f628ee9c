/work/main/xtask/prove/target/debug/deps/prove-94ae3c2086dc138d.d: src/main.rs src/claims.rs src/code.rs src/elements.rs src/faults.rs src/model.rs src/numbers.rs src/operations.rs src/polynomial.rs src/prepared.rs src/../../../src/crypto/prepared/field.rs src/../../../src/crypto/prepared/field32.rs src/../../../src/crypto/prepared/field64.rs src/../../../src/crypto/prepared/halves.rs src/../../../src/crypto/prepared/inverse.rs src/../../../src/crypto/prepared/limb.rs src/../../../src/crypto/prepared/scalar.rs src/../../../src/crypto/prepared/word.rs src/recorder.rs src/routines.rs src/tape.rs

/work/main/xtask/prove/target/debug/deps/libprove-94ae3c2086dc138d.rmeta: src/main.rs src/claims.rs src/code.rs src/elements.rs src/faults.rs src/model.rs src/numbers.rs src/operations.rs src/polynomial.rs src/prepared.rs src/../../../src/crypto/prepared/field.rs src/../../../src/crypto/prepared/field32.rs src/../../../src/crypto/prepared/field64.rs src/../../../src/crypto/prepared/halves.rs src/../../../src/crypto/prepared/inverse.rs src/../../../src/crypto/prepared/limb.rs src/../../../src/crypto/prepared/scalar.rs src/../../../src/crypto/prepared/word.rs src/recorder.rs src/routines.rs src/tape.rs

src/main.rs:
src/claims.rs:
src/code.rs:
src/elements.rs:
src/faults.rs:
src/model.rs:
src/numbers.rs:
src/operations.rs:
src/polynomial.rs:
src/prepared.rs:
src/../../../src/crypto/prepared/field.rs:
src/../../../src/crypto/prepared/field32.rs:
src/../../../src/crypto/prepared/field64.rs:
src/../../../src/crypto/prepared/halves.rs:
src/../../../src/crypto/prepared/inverse.rs:
src/../../../src/crypto/prepared/limb.rs:
src/../../../src/crypto/prepared/scalar.rs:
src/../../../src/crypto/prepared/word.rs:
src/recorder.rs:
src/routines.rs:
src/tape.rs:
