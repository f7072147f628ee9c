#![no_main]

use embedded_jwt_fuzz::Mutated;

libfuzzer_sys::fuzz_target!(|mutated: Mutated<'_>| embedded_jwt_fuzz::token(&mutated));
