//! scratch
use crate::{
    boards::Board,
    firmware, issuer,
    qemu::{self, Machine},
    size,
    steps::execute,
    toolchain::Toolchain,
};
use anyhow::{Context as _, Result};
use serde_json::json;

pub(crate) fn run(_update: bool, boards: &[Board]) -> Result<bool> {
    let toolchain = Toolchain::set_up(boards)?;
    for board in boards {
        for opt in ["s", "3"] {
            for features in [
                "",
                "prepared-secret",
                "es256",
                "table-4",
                "table-6",
                "prepare",
            ] {
                if std::env::var("ONLY")
                    .is_ok_and(|o| !o.split(' ').any(|o| o == format!("{opt}:{features}")))
                {
                    continue;
                }
                let mut build = firmware::cargo(&toolchain, "build", *board);
                build
                    .args(
                        "--quiet --release --no-default-features --bin budget --features"
                            .split(' '),
                    )
                    .arg(features)
                    .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", opt);
                execute(&mut build)?;
                let elf = toolchain
                    .target_directory()
                    .join(board.target())
                    .join("release/budget");
                std::fs::copy(
                    &elf,
                    format!("/tmp/budget-{}-{opt}-{features}", board.name()),
                )?;
                let size = size::measure(*board, &elf)?;
                print!(
                    "{} {opt} {features:8} flash {} ram {}",
                    board.name(),
                    size.flash,
                    size.ram
                );
                let nums = |l: &str| -> Result<(u64, u64)> {
                    let (a, b) = l.split_once(' ').context("no")?;
                    Ok((u64::from_str_radix(a, 16)?, u64::from_str_radix(b, 16)?))
                };
                for signer in [issuer::Signer::Bench, issuer::Signer::Gateway] {
                    let mut m = Machine::boot(*board, &elf, &size)?;
                    let (rooms, tick) = nums(&m.line()?)?;
                    let (_, prep) = nums(&m.line()?)?;
                    let kid = match signer {
                        issuer::Signer::Bench => "bench",
                        _ => "gateway-2026",
                    };
                    let t = issuer::token(
                        signer,
                        Some(kid),
                        &json!({"iss":"https://auth.example","aud":"pump-7","iat":1_789_999_990,"exp":1_790_000_060,"seq":7,"output":"pump","on":true,"jti":"8Xc2NwbFQ0e4s1vYhJ3kZA","client":"xxxxxxx"}),
                    )?;
                    m.send(&u16::try_from(t.len())?.to_le_bytes())?;
                    m.send(t.as_bytes())?;
                    let (code, ticks) = nums(&m.line()?)?;
                    print!(
                        " | len {} code {code} instr {} stack {}",
                        t.len(),
                        qemu::instructions(ticks as u32, tick),
                        m.stack_used()?.saturating_sub(rooms)
                    );
                    if features == "prepare" {
                        print!(" prep {}", qemu::instructions(prep as u32, tick));
                    }
                    if features.is_empty() {
                        break;
                    }
                }
                println!();
            }
        }
    }
    Ok(true)
}
