//! The figures as a reader sees them: tables in `README.md`, `docs/performance.md` and
//! `docs/devices.md`, and a chart.

use std::{fmt::Write as _, fs};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::{boards::Board, toolchain::root};

const BEGIN: &str = "<!-- budget: written by `cargo xtask budget --update` -->\n";
const END: &str = "<!-- end of budget -->\n";

/// Around the table of the C API beside another C library.
const BEGIN_C: &str = "<!-- side by side: written by `cargo xtask budget --update` -->\n";
const END_C: &str = "<!-- end of side by side -->\n";
/// The rows of the other library, which no command measures: its code is not in this repository.
const OTHERS: &str = include_str!("../../others.md");

/// The devices of the table of the README: a title, and the device in the file with its case. The C API
/// has the same, with `c-` before their names.
const SHORT_ROWS: [(&str, &str, &str); 4] = [
    ("HS256", "hs256", "HS256 accepted"),
    ("HS256 and ES256 by `p256`", "es256", "ES256 accepted"),
    (
        "HS256 and ES256, `fast-es256`, any key",
        "any-key",
        "ES256 accepted",
    ),
    (
        "HS256 and ES256, `fast-es256`, prepared key",
        "table-16",
        "ES256 accepted",
    ),
];

/// Those of the first table of the page.
const ROWS: [(&str, &str, &str); 12] = [
    ("HS256 alone", "hs256", "HS256 accepted"),
    ("the same, its costliest refusal", "hs256", "worst refusal"),
    (
        "HS256 alone, prepared secret",
        "prepared-secret",
        "HS256 accepted",
    ),
    (
        "HS256 alone, with a replay guard in flash",
        "remember",
        "HS256 accepted",
    ),
    (
        "ES256 alone, any key (`p256`)",
        "es256-alone",
        "ES256 accepted",
    ),
    (
        "ES256 alone, any key (`fast-es256`)",
        "any-key-alone",
        "ES256 accepted",
    ),
    (
        "HS256 and ES256, any key (`p256`)",
        "es256",
        "ES256 accepted",
    ),
    (
        "HS256 and ES256, any key (`fast-es256`)",
        "any-key",
        "ES256 accepted",
    ),
    (
        "the same, prepared key in flash, 16 points",
        "table-16",
        "ES256 accepted",
    ),
    (
        "the same, prepared key in flash, 64 points",
        "table-64",
        "ES256 accepted",
    ),
    (
        "the same, key prepared on the device, 16 points",
        "prepare",
        "ES256 accepted",
    ),
    ("the same, to prepare the key", "prepare", "key preparation"),
];

/// What a device may log of an error, and the device in the file.
const LOGS: [(&str, &str); 5] = [
    ("`code()`, a number", "hs256"),
    ("`name()`", "log-name"),
    ("`text()`", "log-text"),
    ("`{}`: the text, and what some errors carry", "log-display"),
    ("`{:?}`: the name, and what some errors carry", "log-debug"),
];

/// The board of the first tables and of the chart.
const BOARD: Board = Board::An386;

/// The files that show `figures`, with their text.
pub(super) fn files(figures: &Value) -> Result<[(&'static str, String); 4]> {
    let read = |file: &str| fs::read_to_string(root().join(file)).context(file.to_owned());
    let (readme, page, devices) = ("README.md", "docs/performance.md", "docs/devices.md");
    let of_readme = rows(
        &SHORT_ROWS,
        &["s"],
        "| device | flash | stack | instructions |\n",
        figures,
    )?;
    let of_page = on_page(&read(page)?, [BEGIN, END], &tables(figures)?).context(page)?;
    let of_page = on_page(&of_page, [BEGIN_C, END_C], &side_by_side(figures)?).context(page)?;
    Ok([
        (
            readme,
            on_page(&read(readme)?, [BEGIN, END], &format!("\n{of_readme}\n")).context(readme)?,
        ),
        (
            devices,
            on_page(&read(devices)?, [BEGIN, END], &logs(figures)?).context(devices)?,
        ),
        (page, of_page),
        ("docs/budget.svg", chart(figures)?),
    ])
}

/// `page` with `text` in its place, between these marks.
fn on_page(page: &str, [begin, end]: [&str; 2], text: &str) -> Result<String> {
    let (before, rest) = page.split_once(begin).context("no place for the budget")?;
    let (_, after) = rest.split_once(end).context("no end of the budget")?;
    Ok(format!("{before}{begin}{text}{end}{after}"))
}

/// A table of flash, stack and instructions of devices, each at `opt_levels`.
fn rows(
    rows: &[(&str, &str, &str)],
    opt_levels: &[&str],
    head: &str,
    figures: &Value,
) -> Result<String> {
    let mut text = format!("{head}| --- |{}\n", " ---: |".repeat(3 * opt_levels.len()));
    for (title, device, case) in rows {
        _ = write!(text, "| {title} |");
        for name in [
            "flash",
            &format!("{case}/stack"),
            &format!("{case}/instructions"),
        ] {
            for opt_level in opt_levels {
                let number = number(figures, BOARD, opt_level, device, name)?;
                _ = write!(text, " {} |", grouped(number));
            }
        }
        text.push('\n');
    }
    Ok(text)
}

/// A table of the flash that logs add.
fn logs(figures: &Value) -> Result<String> {
    let flash = |device| number(figures, BOARD, "s", device, "flash");
    let without = flash("hs256")?;
    let mut text = String::from("\n| logged | flash |\n| --- | ---: |\n");
    for (title, device) in LOGS {
        let more = flash(device)?.saturating_sub(without);
        _ = writeln!(text, "| {title} | + {} |", grouped(more));
    }
    text.push('\n');
    Ok(text)
}

fn tables(figures: &Value) -> Result<String> {
    let mut text = format!(
        "On a {}, by {}. Flash is the whole image of a device that gets tokens by a UART and reads typed claims from them \
         (board support and 1 KiB of vectors included), stack the deepest use without the room for the token and for a \
         table; instructions are those of a whole verification, of a token of which 256 bytes are signed.\n\n",
        BOARD.core(),
        figures["compiler"].as_str().context("no compiler")?,
    );
    let head = "| device | flash, \"s\" | 3 | stack, \"s\" | 3 | instructions, \"s\" | 3 |\n";
    text += &rows(&ROWS, &["s", "3"], head, figures)?;
    text.push_str(
        "\nInstructions on each core, at \"s\" / 3, and the flash of an image with HS256 and a key prepared on the device, at \"s\":\n\n\
         | core | HS256 | ES256, plain key, `p256` | `fast-es256` | prepared, 16 points | 64 points | flash |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for board in Board::ALL {
        _ = write!(text, "| {} |", board.core());
        for (device, case) in [
            ("hs256", "HS256"),
            ("es256", "ES256"),
            ("any-key", "ES256"),
            ("table-16", "ES256"),
            ("table-64", "ES256"),
        ] {
            let name = format!("{case} accepted/instructions");
            let at = |opt_level| number(figures, board, opt_level, device, &name).map(grouped);
            _ = write!(text, " {} / {} |", at("s")?, at("3")?);
        }
        let flash = number(figures, board, "s", "prepare", "flash")?;
        _ = writeln!(text, " {} |", grouped(flash));
    }
    Ok(text)
}

/// The C API at "s", and the other library.
fn side_by_side(figures: &Value) -> Result<String> {
    let mut text = String::from(
        "| C library | image | flash | RAM | heap | stack | instructions |\n\
         | --- | --- | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for (title, device, case) in SHORT_ROWS {
        let device = format!("c-{device}");
        let of = |name: &str| number(figures, BOARD, "s", &device, name).map(grouped);
        _ = writeln!(
            text,
            "| embedded-jwt | {title} | {} | {} | 0 | {} | {} |",
            of("flash")?,
            of("RAM")?,
            of(&format!("{case}/stack"))?,
            of(&format!("{case}/instructions"))?,
        );
    }
    Ok(text + OTHERS)
}

fn number(figures: &Value, board: Board, opt_level: &str, device: &str, name: &str) -> Result<u64> {
    let path = format!("/boards/{}/{opt_level}/{device}/{name}", board.name());
    let number = figures.pointer(&path).and_then(Value::as_u64);
    number.with_context(|| format!("xtask/budget.json has no {path}"))
}

/// With commas between thousands.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}

/// Bars of the instructions of ES256 at 3, and of the flash at "s", on one board.
fn chart(figures: &Value) -> Result<String> {
    const DEVICES: [(&str, &str); 5] = [
        ("es256", "plain key (p256)"),
        ("any-key", "plain key (fast-es256)"),
        ("prepare", "prepared, 16 points, made on the device"),
        ("table-16", "prepared, 16 points, in flash"),
        ("table-64", "prepared, 64 points, in flash"),
    ];
    const BAR: u64 = 18;
    let mut body = String::new();
    let mut y = 24;
    for (title, opt_level, name) in [
        (
            "instructions of a verification by ES256, at 3",
            "3",
            "ES256 accepted/instructions",
        ),
        ("flash of the whole image, bytes, at \"s\"", "s", "flash"),
    ] {
        _ = writeln!(
            body,
            r#"<text x="10" y="{y}" font-weight="bold">{}: {title}</text>"#,
            BOARD.core()
        );
        y += 10;
        let values = DEVICES
            .iter()
            .map(|(device, _)| number(figures, BOARD, opt_level, device, name))
            .collect::<Result<Vec<_>>>()?;
        let longest = values.iter().copied().max().unwrap_or(1).max(1);
        for ((_, label), value) in DEVICES.iter().zip(values) {
            let width = (value * 300).div_ceil(longest);
            let middle = y + 13;
            _ = writeln!(
                body,
                r##"<text x="250" y="{middle}" text-anchor="end">{label}</text><rect x="258" y="{y}" width="{width}" height="{}" fill="#3b6ea8"/><text x="{}" y="{middle}">{}</text>"##,
                BAR - 3,
                264 + width,
                grouped(value),
            );
            y += BAR;
        }
        y += 24;
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"660\" height=\"{y}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{body}</svg>\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn a_page_without_a_place() {
        assert!(on_page("# x\n", [BEGIN, END], "").is_err());
        assert!(on_page(BEGIN, [BEGIN, END], "").is_err());
    }
}
