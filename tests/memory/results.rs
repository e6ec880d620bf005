//! A result of 50 MiB, sealed inside of a JSON reply: read into memory, and
//! written on as it arrives.

use allocation_counter::measure;
use mlhub::vantage6::crypto::{Layout, Opener, PrivateKey, Sealer, TextReader};

const SIZE: usize = 50 << 20;
/// About what a connection hands over at once.
const PIECE: usize = 64 * 1024;

/// A reply with a sealed result of that size, made piece by piece: the whole is nowhere.
struct Reply {
    sealer: Option<Sealer>,
    left: usize,
    out: Vec<u8>,
}

impl Reply {
    fn new(key: &PrivateKey, size: usize) -> Reply {
        let sealer = Sealer::new(Layout::Text, key.public_key()).expect("a sealer");
        Reply { sealer: Some(sealer), left: size, out: br#"{"id": 7, "result": ""#.to_vec() }
    }

    /// Some more of it, in place of what was there; nothing after its end.
    fn more(&mut self) -> bool {
        let Some(sealer) = &mut self.sealer else { return false };
        let piece = self.left.min(PIECE);
        sealer.push(&[b'x'; PIECE][..piece], &mut self.out).expect("sealed");
        self.left -= piece;
        if self.left == 0 {
            self.sealer.take().expect("a sealer").finish(&mut self.out);
            self.out.extend_from_slice(br#"", "run": {"id": 7}}"#);
        }
        true
    }
}

/// What it takes to read one: the most that was allocated at one time.
fn most(key: &PrivateKey, size: usize, mut read: impl FnMut(&mut Vec<u8>)) -> u64 {
    measure(|| {
        let (mut reply, mut plain) = (Reply::new(key, size), Vec::new());
        let mut reader = TextReader::new("result", Opener::sealed(Layout::Text, key));
        while reply.more() {
            reader.push(&reply.out, &mut plain).expect("it opens");
            read(&mut plain);
            reply.out.clear();
        }
        assert!(reader.finish().expect("it is whole").message);
    })
    .bytes_max
}

#[test]
fn a_large_result_takes_little_more_than_itself_and_nearly_nothing_on_its_way_to_a_file() {
    let key = PrivateKey::generate().expect("a key");
    let mut length = 0;
    let in_memory = most(&key, SIZE, |plain| length = plain.len());
    assert_eq!(length, SIZE);
    let mut written = 0;
    let to_a_file = most(&key, SIZE, |plain| {
        written += plain.len();
        plain.clear();
    });
    assert_eq!(written, SIZE);
    println!("{SIZE} bytes: {in_memory} at most in memory, {to_a_file} on the way to a file");
    assert!(in_memory as f64 <= 2.5 * SIZE as f64, "{in_memory}");
    assert!(to_a_file > 0 && to_a_file <= 16 << 20, "{to_a_file}");
}
