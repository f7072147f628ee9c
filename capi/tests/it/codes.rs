//! Names and texts.

use embedded_jwt::Error;
use embedded_jwt_c::code::{EJWT_ABI, ejwt_abi, ejwt_code_name, ejwt_code_text};

use crate::support::text;

#[test]
fn a_code_of_the_core_has_its_name_and_text() {
    let mut errors = 0;
    for error in (0..=u16::MAX).filter_map(Error::from_code) {
        let code = error.code().into();
        assert_eq!(text(ejwt_code_name(code)), error.name());
        assert_eq!(text(ejwt_code_text(code)), error.text());
        errors += 1;
    }
    assert!(errors > 100);
}

#[test]
fn a_code_of_this_package_has_a_name_of_its_own() {
    let mut names: Vec<_> = (2000..2020)
        .chain([0])
        .map(|code| text(ejwt_code_name(code)))
        .collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 21);
    assert!(!names.contains(&"Unknown"));
    assert_eq!(text(ejwt_code_name(0)), "Ok");
}

#[test]
fn any_other_number_is_unknown() {
    for code in [1, 999, 1000, 1999, 2020, 65_535, 65_536, 65_626, u32::MAX] {
        assert_eq!(text(ejwt_code_name(code)), "Unknown", "{code}");
        assert!(!text(ejwt_code_text(code)).is_empty());
    }
}

#[test]
fn the_version_of_the_structs_is_told() {
    assert_eq!(ejwt_abi(), EJWT_ABI);
}
