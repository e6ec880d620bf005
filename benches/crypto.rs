//! Encrypted messages beside the bare algorithms that they are made of, in one
//! run: decrypting a blob beside AES-256-CTR, decrypting a text beside base64
//! decoding and then AES.
//!
//! `cargo bench --bench crypto` prints; `-- --gate` also fails where a bound is
//! broken, and `--profile dev` spares a second build of all dependencies. Both
//! sides are measured in turns, in CPU time; the ratio of the medians counts.

use aws_lc_rs::cipher::{AES_256, DecryptionContext, StreamingDecryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mlhub::vantage6::crypto::{Decryptor, JsonMessageReader, Layout, PrivateKey};

const SIZE: usize = 50 << 20;
const ROUNDS: usize = 7;

/// Speed of decrypting a blob, beside that of its cipher.
const LEAST_BLOB: f64 = 0.85;
/// Speed of decrypting a text, beside that of base64 and then its cipher.
const LEAST_TEXT: f64 = 0.70;

fn main() {
    let key = PrivateKey::generate().expect("a key");
    let plain: Vec<u8> = (0..SIZE).map(|at| (at % 251) as u8).collect();
    let text = key.public_key().encrypt(&plain).expect("encrypted");
    let blob = key.public_key().encrypt_blob(&plain).expect("encrypted");
    let reply = format!(r#"{{"id": 7, "result": "{text}", "run": {{"id": 7}}}}"#);
    let encoded = text.rsplit('$').next().expect("a message").to_owned();

    let (mut cipher, mut decrypted_blob, mut pieces, mut both) = Default::default();
    let (mut decrypted_text, mut streamed, mut encrypted) = Default::default();
    for _ in 0..ROUNDS {
        round(&mut cipher, || aes(&plain).len());
        // It decrypts in the memory that it came in.
        let mut arrived = blob.clone();
        round(&mut decrypted_blob, || key.decrypt_blob(std::mem::take(&mut arrived)).expect("it decrypts").len());
        round(&mut pieces, || blob_in_pieces(&key, &blob));
        round(&mut both, || aes(&STANDARD.decode(&encoded).expect("base64")).len());
        round(&mut decrypted_text, || key.decrypt(&text).expect("it decrypts").len());
        round(&mut streamed, || in_pieces(&key, &reply));
        round(&mut encrypted, || key.public_key().encrypt(&plain).map_or(0, |text| text.len() / 4 * 3));
    }
    println!("{} MiB, median of {ROUNDS} rounds              MB/s of CPU time", SIZE >> 20);
    let shown = |what: &str, times: &mut Vec<f64>| {
        let speed = speed(times);
        println!("{what:<44} {speed:>10.0}");
        speed
    };
    let cipher = shown("AES-256-CTR, a new buffer", &mut cipher);
    let decrypted_blob = shown("decrypting a blob", &mut decrypted_blob);
    shown("decrypting a blob in pieces", &mut pieces);
    let both = shown("base64 decoding, then AES-256-CTR", &mut both);
    let decrypted_text = shown("decrypting a text", &mut decrypted_text);
    shown("decrypting a text out of a JSON reply, in pieces", &mut streamed);
    shown("encrypting a text", &mut encrypted);
    let mut broken = false;
    for (what, found, least) in [
        ("a blob beside its cipher", decrypted_blob / cipher, LEAST_BLOB),
        ("a text beside base64 and its cipher", decrypted_text / both, LEAST_TEXT),
    ] {
        println!("{what}: {found:.2}, at least {least:.2}: {}", if found >= least { "ok" } else { "BROKEN" });
        broken |= found < least;
    }
    if broken && std::env::args().any(|argument| argument == "--gate") {
        std::process::exit(1);
    }
}

fn round(times: &mut Vec<f64>, mut work: impl FnMut() -> usize) {
    let start = cpu_seconds();
    let length = std::hint::black_box(work());
    times.push(cpu_seconds() - start);
    assert!(length >= SIZE, "{length} bytes are not all");
}

fn speed(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).map_or(0.0, |median| SIZE as f64 / 1e6 / median)
}

/// The bare cipher, in one call, into a new buffer.
fn aes(message: &[u8]) -> Vec<u8> {
    let key = UnboundCipherKey::new(&AES_256, &[7; 32]).expect("a key");
    let mut stream =
        StreamingDecryptingKey::ctr(key, DecryptionContext::Iv128(FixedLength::from([1; 16]))).expect("a cipher");
    let mut plain = vec![0; message.len() + 15];
    let written = stream.update(message, &mut plain).expect("a message").written().len();
    plain.truncate(written);
    plain
}

fn blob_in_pieces(key: &PrivateKey, blob: &[u8]) -> usize {
    let mut decryptor = Decryptor::encrypted(Layout::Blob, key);
    let (mut plain, mut length) = (Vec::new(), 0);
    for piece in blob.chunks(64 * 1024) {
        decryptor.push(piece, &mut plain).expect("it decrypts");
        length += plain.len();
        plain.clear();
    }
    length
}

fn in_pieces(key: &PrivateKey, reply: &str) -> usize {
    let mut reader = JsonMessageReader::new("result", Decryptor::encrypted(Layout::Text, key));
    let (mut plain, mut length) = (Vec::new(), 0);
    for piece in reply.as_bytes().chunks(64 * 1024) {
        reader.push(piece, &mut plain).expect("it decrypts");
        length += plain.len();
        plain.clear();
    }
    reader.finish().expect("it is whole");
    length
}

/// Time of this thread on a processor. Nought where the system does not say.
fn cpu_seconds() -> f64 {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    line.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}
