#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mlhub::testing::fuzz::json_strings(data));
