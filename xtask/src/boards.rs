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

impl Board {
    pub(crate) const ALL: [Self; 5] = [
        Self::Microbit,
        Self::An385,
        Self::An386,
        Self::An505,
        Self::RvVirt,
    ];

    /// The name of the firmware's cargo feature.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Microbit => "microbit",
            Self::An385 => "an385",
            Self::An386 => "an386",
            Self::An505 => "an505",
            Self::RvVirt => "rv-virt",
        }
    }

    /// The processor, for people.
    pub(crate) fn core(self) -> &'static str {
        match self {
            Self::Microbit => "Cortex-M0",
            Self::An385 => "Cortex-M3",
            Self::An386 => "Cortex-M4F",
            Self::An505 => "Cortex-M33",
            Self::RvVirt => "RV32IMAC",
        }
    }

    /// The target triple of rustc.
    pub(crate) fn target(self) -> &'static str {
        match self {
            Self::Microbit => "thumbv6m-none-eabi",
            Self::An385 => "thumbv7m-none-eabi",
            Self::An386 => "thumbv7em-none-eabihf",
            Self::An505 => "thumbv8m.main-none-eabihf",
            Self::RvVirt => "riscv32imac-unknown-none-elf",
        }
    }

    /// The emulator and Debian's package that holds it.
    pub(crate) fn emulator(self) -> (&'static str, &'static str) {
        match self {
            Self::RvVirt => ("qemu-system-riscv32", "qemu-system-misc"),
            _ => ("qemu-system-arm", "qemu-system-arm"),
        }
    }

    /// The arguments that make the emulator this board.
    pub(crate) fn machine(self) -> &'static [&'static str] {
        match self {
            Self::Microbit => &["-machine", "microbit"],
            Self::An385 => &["-machine", "mps2-an385"],
            Self::An386 => &["-machine", "mps2-an386"],
            Self::An505 => &["-machine", "mps2-an505"],
            Self::RvVirt => &["-machine", "virt", "-bios", "none"],
        }
    }

    /// The addresses of the RAM, as in the firmware's `memory/*.x`.
    pub(crate) fn ram(self) -> Range<u64> {
        match self {
            Self::Microbit => 0x2000_0000..0x2000_4000,
            Self::An385 | Self::An386 => 0x2000_0000..0x2040_0000,
            Self::An505 => 0x3800_0000..0x3840_0000,
            Self::RvVirt => 0x8010_0000..0x8011_0000,
        }
    }
}
