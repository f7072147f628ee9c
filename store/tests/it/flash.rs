//! NOR flash whose power fails at a chosen unit of work: a word that is written, a page that is erased.

use core::{cell::RefCell, ops::Range};
use std::rc::Rc;

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};

use crate::random::Random;

/// Where the power fails, from its unit of work on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The unit did nothing.
    Before,
    /// The unit did a part: some bits of the word, or some bytes of the page, others are rubbish.
    Torn,
    /// This word and the others of the same write were written at one time, each in part.
    Scattered,
    /// The unit was done, and its caller never learnt it.
    After,
    /// The unit did a part, and the caller learns that all is well: the supply was too weak.
    Silent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word that reads as erased can be written.
    Plain,
    /// With an error-correcting code: a torn word may read as anything, and can only be erased.
    Ecc,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    PowerCut,
    /// ECC flash refuses the word.
    Written,
    /// Injected by a test.
    Injected,
}

impl NorFlashError for Fault {
    fn kind(&self) -> NorFlashErrorKind {
        NorFlashErrorKind::Other
    }
}

/// What a test lets fail, once: the operation with this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    Read(u64),
    Write(u64),
    Erase(u64),
}

/// The chip. It survives a restart of the device.
pub(crate) struct Chip {
    pub(crate) bytes: Vec<u8>,
    /// Words that cannot be written before the next erase.
    dirty: Vec<bool>,
    kind: Kind,
    word: usize,
    page: usize,
    plan: Option<(u64, Cut)>,
    /// Units of work since the power came.
    pub(crate) units: u64,
    pub(crate) is_off: bool,
    pub(crate) broken: Option<Broken>,
    operations: [u64; 3],
    random: Random,
    pub(crate) words_written: u64,
    pub(crate) erases: Vec<u64>,
}

impl Chip {
    pub(crate) fn reboot(&mut self, plan: Option<(u64, Cut)>, seed: u64) {
        self.is_off = false;
        self.units = 0;
        self.plan = plan;
        self.random = Random(seed);
    }

    /// Whether the planned cut came.
    pub(crate) fn was_cut(&self) -> bool {
        self.plan.is_some_and(|(unit, _)| unit < self.units)
    }

    /// Lets one operation fail, counted from now.
    pub(crate) fn break_at(&mut self, broken: Option<Broken>) {
        self.broken = broken;
        self.operations = [0; 3];
    }

    /// Forgets what may be written: a test has put bytes there.
    pub(crate) fn soil(&mut self) {
        self.dirty.fill(true);
    }

    /// Counts an operation, and fails if it is the broken one.
    fn operation(&mut self, place: usize, broken: fn(u64) -> Broken) -> Result<(), Fault> {
        if self.is_off {
            return Err(Fault::PowerCut);
        }
        let number = self.operations[place];
        self.operations[place] += 1;
        if self.broken == Some(broken(number)) {
            return Err(Fault::Injected);
        }
        Ok(())
    }

    /// Begins a unit of work.
    fn unit(&mut self) -> Option<Cut> {
        let unit = self.units;
        self.units += 1;
        self.plan.filter(|plan| plan.0 == unit).map(|plan| plan.1)
    }

    fn power_cut(&mut self) -> Result<(), Fault> {
        self.is_off = true;
        Err(Fault::PowerCut)
    }

    /// Programs some of the bits.
    fn tear_word(&mut self, at: usize, word: &[u8]) {
        let fate = self.random.below(8);
        for (place, byte) in word.iter().enumerate() {
            let cell = &mut self.bytes[at + place];
            match (self.kind, fate) {
                (_, 0) => {}
                (_, 1) => *cell &= byte,
                (Kind::Ecc, 2 | 3) => *cell = self.random.byte(),
                _ => *cell &= byte | self.random.byte(),
            }
        }
        let range = at..at + self.word;
        self.dirty[at / self.word] =
            self.kind == Kind::Ecc || self.bytes[range].iter().any(|byte| *byte != 0xff);
    }

    /// Erases some of the bits.
    fn tear_page(&mut self, range: Range<usize>) {
        let fate = self.random.below(4);
        for at in range.clone() {
            let random = self.random.byte();
            let cell = &mut self.bytes[at];
            match (fate, self.random.below(4)) {
                (0, 1..) | (1, 0) => *cell = 0xff,
                (0 | 1, _) => {}
                (2, _) => *cell |= random,
                _ => *cell = random,
            }
        }
        for at in range.step_by(self.word) {
            let word = &self.bytes[at..at + self.word];
            self.dirty[at / self.word] =
                self.kind == Kind::Ecc || word.iter().any(|byte| *byte != 0xff);
        }
    }

    fn erase_page(&mut self, range: Range<usize>) -> Result<(), Fault> {
        match self.unit() {
            Some(Cut::Before) => return self.power_cut(),
            Some(Cut::Torn | Cut::Scattered) => {
                self.tear_page(range);
                return self.power_cut();
            }
            Some(Cut::Silent) => self.tear_page(range),
            cut => {
                self.erases[range.start / self.page] += 1;
                self.dirty[range.start / self.word..range.end / self.word].fill(false);
                self.bytes[range].fill(0xff);
                if cut.is_some() {
                    return self.power_cut();
                }
            }
        }
        Ok(())
    }

    fn write_word(&mut self, at: usize, rest: &[u8]) -> Result<(), Fault> {
        let (word, others) = rest.split_at(self.word);
        if self.dirty[at / self.word] {
            let is_blank = self.bytes[at..at + self.word]
                .iter()
                .all(|byte| *byte == 0xff);
            assert!(is_blank, "a word that is not erased is written");
            return Err(Fault::Written);
        }
        match self.unit() {
            Some(Cut::Before) => return self.power_cut(),
            Some(Cut::Torn) => {
                self.tear_word(at, word);
                return self.power_cut();
            }
            Some(Cut::Scattered) => {
                self.tear_word(at, word);
                for (place, word) in others.chunks(self.word).enumerate() {
                    self.tear_word(at + (place + 1) * self.word, word);
                }
                return self.power_cut();
            }
            Some(Cut::Silent) => self.tear_word(at, word),
            cut => {
                self.bytes[at..at + self.word].copy_from_slice(word);
                self.dirty[at / self.word] = true;
                self.words_written += 1;
                if cut.is_some() {
                    return self.power_cut();
                }
            }
        }
        Ok(())
    }
}

/// The flash of a device, with words of `W` and pages of `P` bytes.
#[derive(Clone)]
pub(crate) struct Nor<const W: usize, const P: usize>(pub(crate) Rc<RefCell<Chip>>);

impl<const W: usize, const P: usize> Nor<W, P> {
    pub(crate) fn new(kind: Kind, pages: usize) -> Self {
        Self(Rc::new(RefCell::new(Chip {
            bytes: vec![0xff; P * pages],
            dirty: vec![false; P * pages / W],
            kind,
            word: W,
            page: P,
            plan: None,
            units: 0,
            is_off: false,
            broken: None,
            operations: [0; 3],
            random: Random(0),
            words_written: 0,
            erases: vec![0; pages],
        })))
    }

    pub(crate) fn region(&self) -> Range<u32> {
        0..u32::try_from(self.capacity()).unwrap()
    }
}

impl<const W: usize, const P: usize> ErrorType for Nor<W, P> {
    type Error = Fault;
}

impl<const W: usize, const P: usize> ReadNorFlash for Nor<W, P> {
    const READ_SIZE: usize = W;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Fault> {
        let mut chip = self.0.borrow_mut();
        chip.operation(0, Broken::Read)?;
        let at = usize::try_from(offset).unwrap();
        assert!(
            at.is_multiple_of(W) && bytes.len().is_multiple_of(W),
            "misaligned"
        );
        bytes.copy_from_slice(&chip.bytes[at..at + bytes.len()]);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.0.borrow().bytes.len()
    }
}

impl<const W: usize, const P: usize> NorFlash for Nor<W, P> {
    const WRITE_SIZE: usize = W;
    const ERASE_SIZE: usize = P;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Fault> {
        let mut chip = self.0.borrow_mut();
        chip.operation(2, Broken::Erase)?;
        let (from, to) = (usize::try_from(from).unwrap(), usize::try_from(to).unwrap());
        assert!(from.is_multiple_of(P) && to.is_multiple_of(P), "misaligned");
        for start in (from..to).step_by(P) {
            chip.erase_page(start..start + P)?;
        }
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Fault> {
        let mut chip = self.0.borrow_mut();
        chip.operation(1, Broken::Write)?;
        let at = usize::try_from(offset).unwrap();
        assert!(
            at.is_multiple_of(W) && bytes.len().is_multiple_of(W),
            "misaligned"
        );
        for place in (0..bytes.len()).step_by(W) {
            chip.write_word(at + place, &bytes[place..])?;
        }
        Ok(())
    }
}
