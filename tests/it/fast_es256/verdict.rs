//! One verdict on a signature: by p256, under the plain key, and under every table of the key.

use p256::ProjectivePoint;

use super::{
    arithmetic::{
        comb, comb16, comb64, comb256, field::Field, field32, field64, odd16, odd64, point::Stored,
        verify,
    },
    oracle::{Signed, accepts, affine, bytes},
};

/// The tables of the base point, of the same sizes.
const GENERATOR: [&[Stored]; 3] = [&comb16::TABLE, &comb64::TABLE, &comb256::TABLE];

/// A key and its tables.
pub(crate) struct Prepared {
    pub(crate) key: ProjectivePoint,
    /// Of 16, 64 and 256 points.
    tables: [Vec<Stored>; 3],
}

impl Prepared {
    pub(crate) fn new<F: Field>(key: ProjectivePoint) -> Self {
        let tables = [16, 64, 256].map(|points| table_of::<F>(&key, points));
        Self { key, tables }
    }

    /// The verdict of p256, which has to be that of each key table with the table of the base point that goes with it: on
    /// machines of 32 bits, and on those of 64.
    pub(crate) fn verdict(&self, signed: &Signed) -> bool {
        let verdict = accepts(&self.key, signed);
        for (key, generator) in self.tables.iter().zip(GENERATOR) {
            agrees::<field32::Element>(key, generator, signed, verdict);
            agrees::<field64::Element>(key, &comb256::TABLE, signed, verdict);
        }
        plain_key_agrees(&self.key, signed, verdict);
        verdict
    }

    /// The same with each table of the key and each of the base point.
    pub(crate) fn verdict_of_all(&self, signed: &Signed) -> bool {
        let verdict = accepts(&self.key, signed);
        for key in &self.tables {
            for generator in GENERATOR {
                agrees::<field32::Element>(key, generator, signed, verdict);
                agrees::<field64::Element>(key, generator, signed, verdict);
            }
        }
        plain_key_agrees(&self.key, signed, verdict);
        verdict
    }
}

/// Under this table of the key and this of the base point.
pub(crate) fn agrees<F: Field>(
    key: &[Stored],
    generator: &[Stored],
    signed: &Signed,
    verdict: bool,
) {
    let [digest, r, s] = [signed.digest, signed.r, signed.s].map(bytes);
    let ours = verify::is_signature_by_table::<F>(key, generator, &digest, &r, &s);
    assert_eq!(
        ours,
        verdict,
        "{} and {} points, key {:08x?}: {signed:08x?}",
        key.len(),
        generator.len(),
        key[0],
    );
}

/// Under the key without a table, on machines of 32 bits and on those of 64.
pub(crate) fn plain_key_agrees(key: &ProjectivePoint, signed: &Signed, verdict: bool) {
    fn agrees<F: Field>(
        key: &ProjectivePoint,
        generator: &[Stored],
        signed: &Signed,
        verdict: bool,
    ) {
        let [digest, r, s] = [signed.digest, signed.r, signed.s].map(bytes);
        let ours = verify::is_signature::<F>(&affine(key), generator, &digest, &r, &s);
        assert_eq!(ours, verdict, "{}: {signed:08x?}", generator.len());
    }
    agrees::<field32::Element>(key, &odd16::MULTIPLES, signed, verdict);
    agrees::<field64::Element>(key, &odd64::MULTIPLES, signed, verdict);
}

/// The table of a key with so many points.
pub(crate) fn table_of<F: Field>(key: &ProjectivePoint, points: usize) -> Vec<Stored> {
    let mut table = vec![[0; 16]; points];
    comb::fill(&mut table, &affine::<F>(key));
    table
}
