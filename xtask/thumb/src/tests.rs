//! Instructions with results that the manual gives, and skips.

use crate::{End, Image, Machine};

/// Where R0 points in the tests with memory.
const RAM: u32 = 0x2000_0100;
const TOP: u32 = 0x8000_0000;

/// A machine with R0 to R3, the carry, and this program behind its vector table.
fn machine(image: &Image, r: [u32; 4], carry: bool) -> Machine<'_> {
    let mut machine = Machine::new(image, 0);
    machine.r[..4].copy_from_slice(&r);
    machine.flags.c = carry;
    machine
}

fn image(code: &[u16]) -> Image {
    let vectors = [0x2000_1000_u32, 9].map(u32::to_le_bytes);
    let code = code.iter().flat_map(|half| half.to_le_bytes());
    Image::new(vectors.into_iter().flatten().chain(code).collect())
}

/// R0 to R3, and the flags that are set, after all of the code.
fn outcome(mut machine: Machine<'_>, code: &[u16]) -> Result<([u32; 4], String), End> {
    let end = 8 + u32::try_from(code.len() * 2).unwrap_or(0);
    while machine.address() < end {
        machine.step()?;
    }
    let flags = machine.flags;
    let names = [
        (flags.n, 'N'),
        (flags.z, 'Z'),
        (flags.c, 'C'),
        (flags.v, 'V'),
    ];
    let set = names.into_iter().filter(|(is_set, _)| *is_set);
    let [a, b, c, d, ..] = machine.r;
    Ok(([a, b, c, d], set.map(|(_, name)| name).collect()))
}

/// An instruction, its encoding, R0 to R3 and the carry before, the registers and the flags after.
type Row<'r> = (&'r str, &'r [u16], [u32; 4], bool, [u32; 4], &'r str);

fn check(rows: &[Row<'_>]) {
    for (name, code, before, carry, after, flags) in rows {
        let image = image(code);
        let found = outcome(machine(&image, *before, *carry), code);
        assert_eq!(found, Ok((*after, (*flags).to_owned())), "{name}");
    }
}

#[test]
#[rustfmt::skip]
fn sums_shifts_and_flags() {
    check(&[
        ("adds r0, r1, r2", &[0x1888], [0, 0x7FFF_FFFF, 1, 0], false, [TOP, 0x7FFF_FFFF, 1, 0], "NV"),
        ("adds r0, r1, r2: carry", &[0x1888], [0, u32::MAX, 1, 0], false, [0, u32::MAX, 1, 0], "ZC"),
        ("subs r0, r1, r2: no borrow", &[0x1A88], [0, 5, 5, 0], false, [0, 5, 5, 0], "ZC"),
        ("subs r0, r1, r2: borrow", &[0x1A88], [0, 4, 5, 0], true, [u32::MAX, 4, 5, 0], "N"),
        ("adcs r0, r1", &[0x4148], [1, 2, 0, 0], true, [4, 2, 0, 0], ""),
        ("sbcs r0, r1", &[0x4188], [5, 2, 0, 0], false, [2, 2, 0, 0], "C"),
        ("rsbs r0, r1, #0", &[0x4248], [0, 1, 0, 0], true, [u32::MAX, 1, 0, 0], "N"),
        ("lsrs r0, r1, #32", &[0x0808], [0, TOP, 0, 0], false, [0, TOP, 0, 0], "ZC"),
        ("asrs r0, r1, #32", &[0x1008], [0, TOP, 0, 0], false, [u32::MAX, TOP, 0, 0], "NC"),
        ("lsls r0, r1, #1", &[0x0048], [0, TOP | 1, 0, 0], false, [2, TOP | 1, 0, 0], "C"),
        ("movs r0, r1 keeps the carry", &[0x0008], [7, 0, 0, 0], true, [0; 4], "ZC"),
        ("lsls r0, r1: by 32", &[0x4088], [1, 32, 0, 0], false, [0, 32, 0, 0], "ZC"),
        ("lsls r0, r1: by 33", &[0x4088], [3, 33, 0, 0], true, [0, 33, 0, 0], "Z"),
        ("lsls r0, r1: by 256 is by 0", &[0x4088], [3, 256, 0, 0], true, [3, 256, 0, 0], "C"),
        ("rors r0, r1: by 32", &[0x41C8], [TOP, 32, 0, 0], false, [TOP, 32, 0, 0], "NC"),
        ("rrx r0, r1", &[0xEA4F, 0x0031], [0, 3, 0, 0], true, [TOP | 1, 3, 0, 0], "C"),
        ("movs.w r0, #0x80000000 sets the carry", &[0xF05F, 0x4000], [0; 4], false, [TOP, 0, 0, 0], "NC"),
        ("tst.w r0, #0xff00ff00", &[0xF010, 0x2FFF], [0x00FF_00FF, 0, 0, 0], true, [0x00FF_00FF, 0, 0, 0], "ZC"),
        ("teq.w r0, r1", &[0xEA90, 0x0F01], [6, 6, 0, 0], false, [6, 6, 0, 0], "Z"),
        ("cmn r0, r1", &[0x42C8], [1, u32::MAX, 0, 0], false, [1, u32::MAX, 0, 0], "ZC"),
        ("add.w r0, r1, r2, ror #8", &[0xEB01, 0x2032], [0, 1, 0xFF, 0], true, [0xFF00_0001, 1, 0xFF, 0], "C"),
        ("orn r0, r1, r2", &[0xEA61, 0x0002], [0, 1, 0xFFFF_FFF0, 0], false, [15, 1, 0xFFFF_FFF0, 0], ""),
        ("bic r0, r1, r2, lsr #4", &[0xEA21, 0x1012], [0, 0xFF, 0xF0, 0], false, [0xF0, 0xFF, 0xF0, 0], ""),
        ("mrs r0, apsr", &[0xF3EF, 0x8000], [0; 4], true, [0x2000_0000, 0, 0, 0], "C"),
    ]);
}

#[test]
#[rustfmt::skip]
fn fields_and_products() {
    const MIN: u32 = TOP;
    check(&[
        ("movw r0, #0xbeef; movt r0, #0xdead", &[0xF64B, 0x60EF, 0xF6CD, 0x60AD], [0; 4], false, [0xDEAD_BEEF, 0, 0, 0], ""),
        ("bfi r0, r1, #8, #8", &[0xF361, 0x200F], [u32::MAX, 0x1AB, 0, 0], false, [0xFFFF_ABFF, 0x1AB, 0, 0], ""),
        ("bfc r0, #4, #24", &[0xF36F, 0x101B], [u32::MAX, 0, 0, 0], false, [0xF000_000F, 0, 0, 0], ""),
        ("ubfx r0, r1, #4, #8", &[0xF3C1, 0x1007], [0, 0xF80, 0, 0], false, [0xF8, 0xF80, 0, 0], ""),
        ("sbfx r0, r1, #4, #8", &[0xF341, 0x1007], [0, 0xF80, 0, 0], false, [0xFFFF_FFF8, 0xF80, 0, 0], ""),
        ("umull r0, r1, r2, r3", &[0xFBA2, 0x0103], [0, 0, u32::MAX, u32::MAX], false, [1, 0xFFFF_FFFE, u32::MAX, u32::MAX], ""),
        ("smull r0, r1, r2, r3", &[0xFB82, 0x0103], [0, 0, u32::MAX, 2], false, [0xFFFF_FFFE, u32::MAX, u32::MAX, 2], ""),
        ("umlal r0, r1, r2, r3", &[0xFBE2, 0x0103], [u32::MAX, 1, 2, 3], false, [5, 2, 2, 3], ""),
        ("umaal r0, r1, r2, r3", &[0xFBE2, 0x0163], [u32::MAX, u32::MAX, u32::MAX, u32::MAX], false, [u32::MAX; 4], ""),
        ("smmul r0, r1, r2", &[0xFB51, 0xF002], [0, MIN, 3, 0], false, [0xFFFF_FFFE, MIN, 3, 0], ""),
        ("smmulr r0, r1, r2", &[0xFB51, 0xF012], [0, MIN, 3, 0], false, [0xFFFF_FFFF, MIN, 3, 0], ""),
        ("mls r0, r1, r2, r3", &[0xFB01, 0x3012], [0, 3, 4, 20], false, [8, 3, 4, 20], ""),
        ("muls r0, r1, r0", &[0x4348], [0, 5, 0, 0], true, [0, 5, 0, 0], "ZC"),
        ("smlatb r0, r1, r2, r3", &[0xFB11, 0x3022], [0, 0xFFFF_0007, 0x0007_0005, 10], false, [5, 0xFFFF_0007, 0x0007_0005, 10], ""),
        ("udiv r0, r1, r2: by zero", &[0xFBB1, 0xF0F2], [9, 7, 0, 0], false, [0, 7, 0, 0], ""),
        ("sdiv r0, r1, r2: the least by -1", &[0xFB91, 0xF0F2], [0, MIN, u32::MAX, 0], false, [MIN, MIN, u32::MAX, 0], ""),
        ("uxtb16 r0, r1, ror #8", &[0xFA3F, 0xF091], [0, 0x1234_5678, 0, 0], false, [0x0012_0056, 0x1234_5678, 0, 0], ""),
        ("uxtab r0, r1, r2, ror #24", &[0xFA51, 0xF0B2], [0, 1, 0xAB00_0000, 0], false, [0xAC, 1, 0xAB00_0000, 0], ""),
        ("sxth r0, r1", &[0xB208], [0, 0x0001_8000, 0, 0], false, [0xFFFF_8000, 0x0001_8000, 0, 0], ""),
        ("sxtb.w r0, r1, ror #16", &[0xFA4F, 0xF0A1], [0, 0x0080_0000, 0, 0], false, [0xFFFF_FF80, 0x0080_0000, 0, 0], ""),
        ("rev r0, r1", &[0xBA08], [0, 0x0102_0304, 0, 0], false, [0x0403_0201, 0x0102_0304, 0, 0], ""),
        ("rev16 r0, r1", &[0xBA48], [0, 0x0102_0304, 0, 0], false, [0x0201_0403, 0x0102_0304, 0, 0], ""),
        ("revsh r0, r1", &[0xBAC8], [0, 0x0000_0180, 0, 0], false, [0xFFFF_8001, 0x0180, 0, 0], ""),
        ("rbit r0, r1", &[0xFA91, 0xF0A1], [0, 3, 0, 0], false, [0xC000_0000, 3, 0, 0], ""),
        ("clz r0, r1", &[0xFAB1, 0xF081], [0; 4], false, [32, 0, 0, 0], ""),
        ("qadd r0, r1, r2", &[0xFA82, 0xF081], [0, 0x7FFF_FFFF, 1, 0], false, [0x7FFF_FFFF, 0x7FFF_FFFF, 1, 0], ""),
        ("qsub r0, r1, r2", &[0xFA82, 0xF0A1], [0, MIN, 1, 0], false, [MIN, MIN, 1, 0], ""),
        ("ssat r0, #8, r1", &[0xF301, 0x0007], [0, 200, 0, 0], false, [127, 200, 0, 0], ""),
        ("usat r0, #8, r1, asr #4", &[0xF3A1, 0x1008], [9, u32::MAX, 0, 0], false, [0, u32::MAX, 0, 0], ""),
        ("pkhbt r0, r1, r2, lsl #16", &[0xEAC1, 0x4002], [0, 0x1111_2222, 0x3333_4444, 0], false, [0x4444_2222, 0x1111_2222, 0x3333_4444, 0], ""),
        ("pkhtb r0, r1, r2, asr #16", &[0xEAC1, 0x4022], [0, 0x1111_2222, 0x3333_4444, 0], false, [0x1111_3333, 0x1111_2222, 0x3333_4444, 0], ""),
    ]);
}

#[test]
#[rustfmt::skip]
fn memory_and_branches() {
    check(&[
        ("strd r1, r2, [r0], #8; ldrd r2, r3, [r0, #-8]", &[0xE8E0, 0x1202, 0xE950, 0x2302], [RAM, 1, 2, 0], false, [RAM + 8, 1, 1, 2], ""),
        ("stm r0!, {r1, r2}; ldmdb r0!, {r2, r3}", &[0xC006, 0xE930, 0x000C], [RAM, 1, 2, 0], false, [RAM, 1, 1, 2], ""),
        ("push {r0, r1}; pop {r2, r3}", &[0xB403, 0xBC0C], [1, 2, 0, 0], false, [1, 2, 1, 2], ""),
        ("strh r1, [r0]; ldrsh r2, [r0]; ldrsb r3, [r0, #1]", &[0x8001, 0xF9B0, 0x2000, 0xF990, 0x3001], [RAM, 0x8765, 0, 0], false, [RAM, 0x8765, 0xFFFF_8765, 0xFFFF_FF87], ""),
        ("str r1, [r0, #1]; ldr.w r2, [r0, #1]; ldrb r3, [r0, #2]", &[0xF8C0, 0x1001, 0xF8D0, 0x2001, 0x7883], [RAM, 0x0102_0304, 0, 0], false, [RAM, 0x0102_0304, 0x0102_0304, 3], ""),
        ("str r1, [r0, #4]!; ldr r2, [r0], #-4", &[0xF840, 0x1F04, 0xF850, 0x2904], [RAM, 7, 0, 0], false, [RAM, 7, 7, 0], ""),
        ("str.w r1, [r0, r2, lsl #2]; ldr.w r3, [r0, #4]", &[0xF840, 0x1022, 0xF8D0, 0x3004], [RAM, 7, 1, 0], false, [RAM, 7, 1, 7], ""),
        ("sub sp, #8; add r0, sp, #4", &[0xB082, 0xA801], [0; 4], false, [0x2000_0FFC, 0, 0, 0], ""),
        ("cbz r0, #0; movs r1, #1; movs r1, #2", &[0xB100, 0x2101, 0x2102], [0; 4], false, [0, 2, 0, 0], ""),
        ("cbz r0, #0; movs r1, #1; movs r2, #2", &[0xB100, 0x2101, 0x2202], [1, 0, 0, 0], false, [1, 1, 2, 0], ""),
        ("tbb [pc, r0]; a table; movs", &[0xE8DF, 0xF000, 0x0201, 0x2101, 0x2102], [1, 0, 0, 0], false, [1, 2, 0, 0], ""),
    ]);
    for (name, code, r0, end) in [
        ("ldrd that is not aligned", &[0xE9D0, 0x1201][..], RAM + 1, End::Fault),
        ("bx to an even address", &[0x4700], 8, End::Fault),
        ("ldr from nowhere", &[0x6801], 0x6000_0000, End::Fault),
        ("udf", &[0xDE00], 0, End::Fault),
        ("bkpt", &[0xBEAB], 0, End::Fault),
        ("mcr p15", &[0xEE00, 0x0F10], 0, End::Fault),
        ("vmov s0, r0", &[0xEE00, 0x0A10], 0, End::Unknown(8)),
        ("str to the LED", &[0x6000], 0x4002_8000, End::Acted),
    ] {
        assert_eq!(outcome(machine(&image(code), [r0, 0, 0, 0], false), code), Err(end), "{name}");
    }
}

#[test]
#[rustfmt::skip]
fn blocks_of_it() {
    check(&[
        ("it eq; moveq r0, r1: not", &[0xBF08, 0x4608], [1, 2, 0, 0], false, [1, 2, 0, 0], ""),
        ("itete ne: every other one", &[0xBF15, 0x2001, 0x2002, 0x2103, 0x2104], [0; 4], false, [1, 3, 0, 0], ""),
        ("it al; add r0, r1, r2 sets no flags", &[0xBFE8, 0x1888], [0, u32::MAX, 1, 0], false, [0, u32::MAX, 1, 0], ""),
        ("it al; adds.w r0, r1, r2 does", &[0xBFE8, 0xEB11, 0x0002], [0, u32::MAX, 1, 0], false, [0, u32::MAX, 1, 0], "ZC"),
    ]);
}

#[test]
fn a_skip_moves_on_and_does_nothing_else() -> Result<(), End> {
    // itete ne; movne r0, #1; moveq r0, #2; movne r1, #3; moveq r1, #4
    let code = [0xBF15, 0x2001, 0x2002, 0x2103, 0x2104];
    let image = image(&code);
    // Which instruction is skipped, whether it would have been executed, what comes out.
    for (skipped, is_executed, after) in [
        (0, true, [2, 4, 0, 0]),
        (1, true, [0, 3, 0, 0]),
        (2, false, [1, 3, 0, 0]),
        (3, true, [1, 0, 0, 0]),
        (4, false, [1, 3, 0, 0]),
    ] {
        let mut machine = machine(&image, [0; 4], false);
        for _ in 0..skipped {
            machine.step()?;
        }
        assert_eq!(machine.skip()?, is_executed, "{skipped}");
        let (found, _) = outcome(machine, &code)?;
        assert_eq!(found, after, "{skipped}");
    }
    Ok(())
}

#[test]
fn a_follower_becomes_equal() -> Result<(), End> {
    // str r1, [r0]; adds r0, r0, r2; b back
    let code = [0x6001, 0x1880, 0xE7FC];
    let image = image(&code);
    let mut first = machine(&image, [RAM, 0xA5A5_A5A5, 4, 0], false);
    let mut second = first.clone();
    for turn in 0..1_000 {
        // It goes astray: other memory, other registers.
        second.r[0] = RAM + 0x10_0000 - turn * 8;
        second.r[1] = turn;
        second.run(20);
        second.follow(&mut first);
        assert!(second.ram() == first.ram() && second.r == first.r, "{turn}");
        assert_eq!(second.address(), first.address());
        first.step()?;
    }
    Ok(())
}

#[test]
fn the_uart_waits_only_where_nothing_is_sent() -> Result<(), End> {
    const STATE: u32 = 0x4000_4004;
    // ldr r1, [r0]; ldr r1, [r0]; str r2, [r0, #-4]
    let code = [0x6801, 0x6801, 0xF840, 0x2C04, 0x6801];
    let image = image(&code);
    let mut machine = machine(&image, [STATE, 0, u32::from(b'!'), 0], false);
    machine.step()?;
    assert_eq!(machine.step(), Err(End::Waits));
    machine.send(b"x");
    machine.step()?;
    assert_eq!(machine.r[1], 2);
    machine.step()?;
    assert_eq!(machine.take_output(), b"!");
    assert!(machine.has_input());
    Ok(())
}
