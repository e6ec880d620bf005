//! No request comes before `Retry-After`, however it is written, wherever the
//! server's clock stands.

use std::time::{Duration, SystemTime};

use mlhub::clock::Clock;
use mlhub::testing::{Lab, Reply, RetryAfter};

use crate::support::{Checked, READ, call, client, seconds};

/// A header's text, the server's `Date` if it sends one, and how long it has
/// to be left alone at least; none where the text means nothing.
type Spelling = (String, Option<String>, Option<Duration>);

/// What no number or date is.
const GARBAGE: &[&str] = &[
    "",
    " ",
    "soon",
    "-1",
    "-7",
    "+-3",
    "1e3",
    "1e9",
    "NaN",
    "inf",
    "-inf",
    "0x10",
    ".",
    "..",
    "1.2.3",
    "7s",
    "7 s",
    "7,5",
    "seven",
    "null",
    "true",
    "{}",
    "[7]",
    "\"7\"",
    "7;",
    ";7",
    "Sun",
    "GMT",
    "99 Nov",
    "Sun, 99 Nov 2026 08:49:37 GMT",
    "Sun, 06 Foo 2026 08:49:37 GMT",
    "Sun, 06 Nov 2026 25:49:37 GMT",
    "Sun, 06 Nov 2026 08:61:37 GMT",
    "Sunday, 99-Nov-26 08:49:37 GMT",
    "06/11/2026",
    "tomorrow 8 am",
    "P1D",
    "PT7S",
    "1 day",
    "%37",
];

fn dated(spelling: &RetryAfter, server: SystemTime, asks: Duration) -> Option<Spelling> {
    Some((spelling.text(server)?, RetryAfter::Date(Duration::ZERO).text(server), Some(asks)))
}

/// All of them; the client's clock shows that date.
fn spellings(now: SystemTime) -> Vec<Spelling> {
    let mut all = Vec::new();
    for count in (0..50).chain([59, 60, 61, 90, 100, 119]) {
        all.push((count.to_string(), None, Some(seconds(count))));
        all.push((format!("  {count} "), None, Some(seconds(count))));
    }
    for millis in [1, 10, 250, 999, 1_001, 1_500, 30_500, 99_999] {
        let text = RetryAfter::Millis(millis).text(now);
        all.extend(text.map(|text| (text, None, Some(Duration::from_millis(millis)))));
    }
    let forms = [RetryAfter::Date, RetryAfter::Rfc850, RetryAfter::Asctime];
    for form in forms {
        for count in [0, 1, 2, 9, 30, 61, 110] {
            let text = form(seconds(count)).text(now);
            all.extend(text.map(|text| (text, None, Some(seconds(count)))));
        }
        // The server's clock is ahead or behind; its own date says so.
        for skew in [1, 30, 600, 86_400] {
            for server in [now - seconds(skew), now + seconds(skew)] {
                all.extend(dated(&form(seconds(20)), server, seconds(20)));
            }
        }
    }
    for ago in [1, 60, 3600, 1_000_000] {
        all.extend(RetryAfter::Past(seconds(ago)).text(now).map(|text| (text, None, Some(Duration::ZERO))));
    }
    for huge in ["120", "121", "86400", "4294967296", "18446744073709551615", "18446744073709551616", "999999999.9"] {
        all.push((huge.to_owned(), None, Some(Duration::MAX)));
    }
    all.extend(RetryAfter::Huge.text(now).map(|text| (text, None, Some(Duration::MAX))));
    all.extend(GARBAGE.iter().map(|text| ((*text).to_owned(), None, None)));
    all
}

#[tokio::test(start_paused = true)]
async fn two_hundred_spellings_are_kept_to() -> Checked {
    let count = spellings(Lab::new().clock().wall()).len();
    assert!(count >= 200, "only {count}");
    for number in 0..count {
        let lab = Lab::new();
        let (text, date, asks) = spellings(lab.clock().wall()).swap_remove(number);
        let busy = Reply::status([429, 503][number % 2]).header("retry-after", &text);
        lab.then(date.iter().fold(busy, |busy, date| busy.header("date", date))).then(Reply::json(&1));
        let result = call(&client(&lab)?, &READ).await;
        let seen = lab.seen();
        match asks {
            // Longer than the call may take: no second request, and no waiting.
            Some(asks) if asks >= seconds(120) => {
                assert!(result.is_err() && seen.len() == 1, "{text:?}: {} requests", seen.len());
                assert_eq!(lab.clock().now(), Duration::ZERO, "{text:?}");
            }
            asks => {
                assert!(result.is_ok(), "{text:?}: {result:?}");
                let (gap, asks) = (seen[1].at, asks.unwrap_or_default());
                assert!(gap >= asks, "{text:?} with {date:?}: came back after {gap:?}, asked for {asks:?}");
                assert!(gap <= asks + Duration::from_millis(250), "{text:?} with {date:?}: waited {gap:?}");
            }
        }
    }
    Ok(())
}
