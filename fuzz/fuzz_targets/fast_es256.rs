#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| embedded_jwt_fuzz::fast_es256(data));
