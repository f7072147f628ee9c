//! The emulated boards: what each is built for, and how QEMU is told to be it.

use std::ops::Range;

use clap::ValueEnum;

/// An emulated board that the example firmware supports.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Board {
    /// BBC micro:bit, Cortex-M0
    Microbit,
    /// Arm MPS2 AN385, Cortex-M3
    An385,
    /// Arm MPS2 AN386, Cortex-M4F
    An386,
    /// Arm MPS2 AN505, Cortex-M33
    An505,
    /// QEMU virt, RV32IMAC
    RvVirt,
}

/// A line for each board: the firmware's cargo feature, the processor, the target of rustc, the machine of
/// QEMU, and the RAM as in the firmware's `memory/*.x`, in hexadecimal.
const TABLE: &str = "\
microbit Cortex-M0  thumbv6m-none-eabi           microbit   20000000 20004000
an385    Cortex-M3  thumbv7m-none-eabi           mps2-an385 20000000 20400000
an386    Cortex-M4F thumbv7em-none-eabihf        mps2-an386 20000000 20400000
an505    Cortex-M33 thumbv8m.main-none-eabihf    mps2-an505 38000000 38400000
rv-virt  RV32IMAC   riscv32imac-unknown-none-elf virt       80100000 80110000";

impl Board {
    pub(crate) const ALL: [Self; 5] = [
        Self::Microbit,
        Self::An385,
        Self::An386,
        Self::An505,
        Self::RvVirt,
    ];

    fn column(self, number: usize) -> &'static str {
        let line = TABLE
            .lines()
            .zip(Self::ALL)
            .find(|(_, board)| *board == self);
        let words = line.map(|(line, _)| line.split_whitespace());
        words
            .and_then(|mut words| words.nth(number))
            .unwrap_or_default()
    }

    /// The name of the firmware's cargo feature.
    pub(crate) fn name(self) -> &'static str {
        self.column(0)
    }

    /// The processor, for people.
    pub(crate) fn core(self) -> &'static str {
        self.column(1)
    }

    /// The target triple of rustc.
    pub(crate) fn target(self) -> &'static str {
        self.column(2)
    }

    /// The emulator and Debian's package that holds it.
    pub(crate) fn emulator(self) -> (&'static str, &'static str) {
        match self {
            Self::RvVirt => ("qemu-system-riscv32", "qemu-system-misc"),
            _ => ("qemu-system-arm", "qemu-system-arm"),
        }
    }

    /// The arguments that make the emulator this board.
    pub(crate) fn machine(self) -> Vec<&'static str> {
        let bios = if self == Self::RvVirt {
            &["-bios", "none"][..]
        } else {
            &[]
        };
        [&["-machine", self.column(3)], bios].concat()
    }

    /// The addresses of the RAM.
    pub(crate) fn ram(self) -> Range<u64> {
        let address = |column| u64::from_str_radix(self.column(column), 16).unwrap_or_default();
        address(4)..address(5)
    }
}
