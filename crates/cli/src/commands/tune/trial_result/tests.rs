//! Tests of what a trial printed, pieces of output in any order among them.

use super::*;
use proptest::prelude::*;

fn summary(chunks: &[&[u8]]) -> StdoutSummary {
    let mut summary = StdoutSummary::default();
    chunks.iter().for_each(|chunk| summary.push(chunk));
    summary.finish();
    summary
}

fn result(text: &str) -> Option<TrialResult> {
    summary(&[text.as_bytes()]).result
}

/// What is wrong with the last attempt.
#[track_caller]
fn unfit(text: &str) -> String {
    match result(text) {
        Some(TrialResult::Unfit(words)) => words,
        other => panic!("{text:?}: {other:?}"),
    }
}

#[test]
fn the_last_result_counts_wherever_chunks_end() {
    for chunks in [
        &[&b"0.1\nepoch 2\n0.2\nbye\n"[..]][..],
        &[b"0.1\n0.", b"2\nb", b"ye"],
        &[b"0.1", b"", b"\n", b"0.2", b"\r", b"\nbye"],
    ] {
        let found = summary(chunks);
        assert_eq!((found.result.clone(), found.last().as_deref()), (Some(TrialResult::Value(0.2)), Some("bye")));
    }
    assert_eq!(result("0.1\n0.2"), Some(TrialResult::Value(0.2)));
}

#[test]
fn numbers_and_objects_with_a_value_are_results() {
    for (text, value) in [
        ("0.93", 0.93),
        ("  -1e-3\r", -1e-3),
        ("+7", 7.0),
        (".5", 0.5),
        ("12", 12.0),
        (r#"{"value": 0.5, "epoch": 3}"#, 0.5),
        (r#"{"epoch": {"value": 1}, "value": -2}"#, -2.0),
    ] {
        assert_eq!(result(text), Some(TrialResult::Value(value)), "{text}");
    }
}

#[test]
fn other_keys_may_have_what_python_writes() {
    assert_eq!(result("0.1\n{\"value\":0.93,\"val_auc\":NaN}\n"), Some(TrialResult::Value(0.93)));
    assert_eq!(result("{\"a\": [-Infinity, {\"b\": Infinity}], \"value\": 2}"), Some(TrialResult::Value(2.0)));
}

#[test]
fn colours_and_links_are_no_part_of_a_line() {
    for text in [
        "0.1\n\x1b[1;32m0.93\x1b[0m\n",
        "0.1\n\x1b]8;;http://x/\x1b\\0.93\x1b]8;;\x1b\\\n",
        "0.1\n\x1b]8;;http://x/\x070.93\x1b]8;;\x07",
        "0.1\n\x1b[2K\x1b[36m{\x1b[0m\"value\": \x1b[33m0.93\x1b[0m}\x1b(B\n",
        // A sequence without an end takes no more than its line.
        "\x1b]0;title\n0.93",
    ] {
        assert_eq!(result(text), Some(TrialResult::Value(0.93)), "{text:?}");
    }
}

#[test]
fn a_carriage_return_covers_what_stood_before_it() {
    for text in [
        "0.1\n 10%|#   | 1/10\r 50%|##  | 5/10\r0.93\n",
        "0.1\n10\r20\r30\r{\"value\": 0.93}\r\n",
        "0.1\n50%\r{\r\n  \"value\": 7\r\"value\": 0.93\r\n}\r\n",
        "0.93\n\x1b[2K\r\x1b[K",
        "{\"value\": 1\r0.93",
    ] {
        assert_eq!(result(text), Some(TrialResult::Value(0.93)), "{text:?}");
    }
    assert_eq!(result("0.5\r \n"), None);
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_line() {
    for text in ["\u{feff}0.93\n", "\u{feff}{\"value\": 0.93}", "0.1\n\u{feff}\x1b[1m0.93\x1b[0m"] {
        assert_eq!(result(text), Some(TrialResult::Value(0.93)), "{text:?}");
    }
}

#[test]
fn an_object_may_go_over_several_lines() {
    for text in [
        "0.1\n{\n  \"loss\": NaN,\n  \"value\": 0.93\n}\n",
        "0.1\n{\n  \"history\": [\n    0.2,\n    0.3\n  ],\n  \"runs\": [\n    {\"value\": 4}\n  ],\n  \"value\":\n  0.93\n}\n",
        // What looked like one is none, and the lines stand for themselves.
        "{\n0.93\n",
        "{ begin\n{\"value\": 0.93}\n} end\n",
        "{\"a\":\n{\"value\": 0.93} !\n0.93",
    ] {
        assert_eq!(result(text), Some(TrialResult::Value(0.93)), "{text:?}");
    }
    assert_eq!(result("{\n  \"losses\": [\n    0.1\n  ]\n}\n"), None);
}

#[test]
fn a_line_of_any_length_is_read() {
    let long = "x".repeat(3 * LONGEST);
    for text in [
        format!("0.1\n{{\"note\": \"{long}\", \"value\": 0.93}}\n"),
        format!("0.1\n{{\"value\": 0.93, \"note\": \"{long}\"}}\n"),
        format!("0.1\n{long}\r0.93\n"),
        format!("0.1\n{{\"losses\": [{}0], \"value\": 0.93}}", "0.25, ".repeat(LONGEST)),
        format!("0.93\n{long}\n"),
    ] {
        assert_eq!(result(&text), Some(TrialResult::Value(0.93)), "{:?}", &text[..40]);
    }
    // Half a number is no number, and none that stood before it.
    assert!(unfit(&format!("0.1\n{}\n", "1".repeat(2 * LONGEST))).contains("is 111"));
    assert_eq!(result(&format!("0.1\n{}{long}\n", "1".repeat(2 * LONGEST))), Some(TrialResult::Value(0.1)));
}

#[test]
fn a_flood_without_line_ends_takes_no_more_than_a_line() {
    let mut found = StdoutSummary::default();
    for flood in [vec![b'1'; 3 * LONGEST / 2], vec![b'{'; LONGEST], b"\"a\\".repeat(LONGEST)] {
        (0..20).for_each(|_| found.push(&flood));
        assert!(found.line.text.capacity() <= 2 * LONGEST);
    }
    found.push(b"\n0.5\n");
    assert_eq!(found.result, Some(TrialResult::Value(0.5)));
}

#[test]
fn the_last_attempt_fails_a_trial_if_it_cannot_be_read_and_its_text_is_shown() {
    for (text, words) in [
        ("0.1\n{\"value\": 0.93, oops}", "is no JSON: {\"value\": 0.93, oops}"),
        ("0.1\n{'value': 0.93}\nbye", "is no JSON: {'value': 0.93}"),
        ("0.1\n{value: 0.93}", "is no JSON: {value: 0.93}"),
        ("0.1\n{\"value\": 0.93", "has no end: {\"value\": 0.93"),
        ("0.1\n{\n  \"value\": 0.93,\nTraceback\n", "is no JSON: { \"value\": 0.93, Traceback"),
        ("0.1\n{'loss': 1,\n 'value': 0.93}\n", "is no JSON: {'loss': 1, 'value': 0.93}"),
        ("0.1\n{\"value\": 0.9{\"value\": 0.93}}\n", "is no JSON"),
        ("0.1\n{\"value\": 0.93} (best)", "is no JSON: {\"value\": 0.93} (best)"),
    ] {
        assert!(unfit(text).contains(words), "{text:?}: {}", unfit(text));
    }
}

#[test]
fn results_that_are_no_finite_number_are_named() {
    for (text, word) in [
        ("nan", "nan"),
        ("NaN", "NaN"),
        ("-nan", "-nan"),
        ("-inf", "-inf"),
        ("Infinity", "Infinity"),
        ("1e999", "1e999"),
        (r#"{"value": null}"#, "null"),
        (r#"{"value": "0.5"}"#, "\"0.5\""),
        (r#"{"loss": 1, "value" : NaN}"#, "NaN"),
        (r#"{"value": -Infinity}"#, "-Infinity"),
        (r#"{"value": 1e999}"#, "1e999"),
        (r#"{"value": [0.5]}"#, "[0.5]"),
    ] {
        let said = unfit(&format!("0.1\n{text}\nbye\n"));
        assert!(said.contains(&format!("is {word},")), "{text}: {said}");
    }
}

#[test]
fn everything_else_says_nothing() {
    let lines: &[&[u8]] = &[
        b"accuracy: 0.93",
        b"0.93 0.94",
        b"0,5",
        b"12%",
        b"none",
        b"info: done",
        b"[1]",
        b"{}",
        b"{\"loss\": 1}",
        b"{\"loss\": NaN}",
        b"{broken",
        b"{max_value: 3, my value: 4}",
        b"{'epoch': {'value': 1}}",
        b"\xff\xfe1",
        b"0x10",
    ];
    for line in lines {
        let found = summary(&[b"0.5\n", line, b"\n"]);
        assert_eq!(found.result, Some(TrialResult::Value(0.5)), "{}", String::from_utf8_lossy(line));
    }
}

/// A piece of output, and what it is as an attempt: none, one that cannot be read, or a value.
type Piece = (String, Option<Option<f64>>);

fn noise() -> impl Strategy<Value = Piece> {
    let words = prop_oneof![
        "[a-z]{1,8}: [0-9.]{1,6}",
        "[0-9]{1,3}%",
        "\\[[0-9], [0-9]\\]",
        "\"value\": [0-9]",
        Just("{\"loss\": NaN}".to_owned()),
        Just("{\"a\": {\"value\": 3}}".to_owned()),
        Just("{\n  \"losses\": [\n    0.1,\n    7\n  ]\n}".to_owned()),
        Just(String::new()),
    ];
    words.prop_map(|text| (text, None))
}

fn attempt() -> impl Strategy<Value = Piece> {
    let number = (-1e6..1e6f64).prop_map(|value| (format!("{value}"), Some(Some(value))));
    let no_number = prop_oneof![Just("nan"), Just("NaN"), Just("-inf"), Just("Infinity"), Just("1e999")];
    let beside = prop_oneof![
        Just("NaN".to_owned()),
        Just("[1, {\"value\": -Infinity}]".to_owned()),
        (0..200_000usize).prop_map(|length| format!("\"{}\"", "x".repeat(length))),
        "\"[a-z {}:,\\[]{0,9}\"",
    ];
    let object = (any::<bool>(), any::<bool>(), beside, -1e6..1e6f64).prop_map(|(pretty, first, beside, value)| {
        let end = if pretty { "\n  " } else { " " };
        let (own, other) = (format!("\"value\":{end}{value}"), format!("\"beside\":{end}{beside}"));
        let (one, two) = if first { (own, other) } else { (other, own) };
        (format!("{{{end}{one},{end}{two}{end}}}"), Some(Some(value)))
    });
    let unreadable = prop_oneof![
        Just("{\"value\": null}"),
        Just("{\"value\": \"0.5\"}"),
        Just("{\"a\": 1, \"value\": NaN}"),
        Just("{'value': 0.5}"),
        Just("{\"value\": 0.5, \"a\": }"),
        Just("{\"value\": 0.5, \"a\": \"cut"),
        Just("{\n  \"value\": 0.5,\n  \"a\": tru"),
    ];
    prop_oneof![
        number,
        no_number.prop_map(|text| (text.to_owned(), Some(None))),
        object,
        unreadable.prop_map(|text| (text.to_owned(), Some(None))),
    ]
}

/// What programs put around a line for people to see.
fn dressed(text: &str, dress: u8) -> String {
    match dress {
        1 => format!("\x1b[1;3{}m{text}\x1b[0m", text.len() % 8),
        2 => format!(" 10%|#  | 7\r 90%|## | 8\r{text}"),
        3 => format!("\u{feff}{text}"),
        4 => format!("\x1b]8;;https://example.org/0.1\x07{text}\x1b]8;;\x07"),
        5 => format!("0.25\r\x1b[2K  {text}  "),
        _ => text.to_owned(),
    }
}

proptest! {
    #[test]
    fn the_last_attempt_decides_whatever_is_printed_around_it(
        pieces in proptest::collection::vec((prop_oneof![noise(), attempt()], 0..8u8, any::<bool>()), 0..8),
        cuts in proptest::collection::vec(1..5000usize, 1..6),
        open_end in any::<bool>(),
    ) {
        let mut text = String::new();
        let mut expected = None;
        for ((piece, attempt), dress, windows) in &pieces {
            text += &dressed(piece, *dress);
            text += if *windows { "\r\n" } else { "\n" };
            expected = attempt.or(expected);
        }
        if open_end && text.ends_with('\n') {
            text.pop();
        }
        let mut found = StdoutSummary::default();
        let mut rest = text.as_bytes();
        for length in cuts.iter().cycle() {
            let (chunk, after) = rest.split_at(rest.len().min(*length));
            found.push(chunk);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        found.finish();
        let value = found.result.map(|result| match result {
            TrialResult::Value(value) => Some(value),
            TrialResult::Unfit(_) => None,
        });
        prop_assert_eq!(value, expected, "{:?}", text);
    }
}
