//! SHA-256 (FIPS 180-4) upon sha2's compression function: one message in one piece, so that no buffer and no copy of it is
//! needed, from the beginning or from a state that stands for whole blocks before it.

use sha2::block_api::compress256;

/// Bytes of a block.
pub(super) const BLOCK_LEN: usize = 64;

/// What stands for the blocks so far.
pub(super) type State = [u32; 8];

/// Before the first block (FIPS 180-4 section 5.3.3).
pub(super) const INITIAL: State = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// The digest of a message.
pub(crate) fn digest(message: &[u8]) -> [u8; 32] {
    let mut state = INITIAL;
    finish(&mut state, 0, message);
    bytes(&state)
}

/// From what stands for `before` blocks to the digest, in words, of those and a message behind them.
pub(super) fn finish(state: &mut State, before: usize, message: &[u8]) {
    const LENGTH_AT: usize = BLOCK_LEN - size_of::<u64>();
    let (blocks, tail) = message.as_chunks::<BLOCK_LEN>();
    compress256(state, blocks);
    // A bit of 1, zeros, and the length in bits at the end of a block (section 5.1.1).
    let mut block = [0; BLOCK_LEN];
    if let Some((start, [end, ..])) = block.split_at_mut_checked(tail.len()) {
        start.copy_from_slice(tail);
        *end = 0x80;
    }
    if tail.len() >= LENGTH_AT {
        compress256(state, &[block]);
        block = [0; BLOCK_LEN];
    }
    let bytes = before.wrapping_mul(BLOCK_LEN).wrapping_add(message.len());
    let bits = u64::try_from(bytes).unwrap_or_default().wrapping_mul(8);
    if let Some(length) = block.last_chunk_mut() {
        *length = bits.to_be_bytes();
    }
    compress256(state, &[block]);
}

/// A digest in bytes.
pub(super) fn bytes(state: &State) -> [u8; 32] {
    let mut digest = [0; 32];
    for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    digest
}
