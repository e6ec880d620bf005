//! Waits as texts.

use mlhub::__private::Handle;
use mlhub::WaitHandle;
use mlhub::testing::Lab;
use proptest::prelude::*;

use super::job::Job;
use crate::support::Checked;

#[tokio::test(start_paused = true)]
async fn a_wait_names_platform_operation_goal_and_arguments_and_nothing_else() -> Checked {
    let lab = Lab::new();
    let wait = Job::new(&lab)?.wait();
    let text = wait.handle().to_string();
    assert_eq!(text, "mlhub1:lab/job_get/done;id=1b%3Bf%3D4%25");
    assert_eq!(format!("{wait:?}"), format!("Wait({text})"));
    let handle = Handle::parse(&format!(" {text}\n"), "lab", &["job_get"])?;
    assert_eq!((handle.op(), handle.goal()), ("job_get", "done"));
    assert_eq!(handle.arg::<String>("id")?, "1b;f=4%");
    Ok(())
}

#[test]
fn what_belongs_elsewhere_is_refused_with_a_reason() {
    let long = format!("mlhub1:lab/job_get/done;id={}", "x".repeat(5000));
    for (text, why) in [
        ("", "is not the handle of a wait"),
        ("hello", "is not the handle of a wait"),
        ("mlhub3:lab/job_get/done", "another version"),
        ("mlhub2:lab/job_get/done", "the node is missing"),
        ("mlhub2:lab/job_get/done@;id=1", "the node is missing"),
        ("mlhub2:lab/job_get/done@%ff;id=1", "a value is not text"),
        ("mlhub1:", "cut or altered"),
        ("mlhub1:lab/job_get", "cut or altered"),
        ("mlhub1:lab//done", "cut or altered"),
        ("mlhub1:lab/job_get/done;id", "a value is missing"),
        ("mlhub1:lab/job_get/done;id=%ff", "a value is not text"),
        ("mlhub1:auger/job_get/done;id=1", "belongs to auger, not to lab"),
        ("mlhub1:lab/other_get/done;id=1", "cannot resume"),
        (long.as_str(), "too long"),
    ] {
        let error = Handle::parse(text, "lab", &["job_get"]).err();
        let line = error.map(|error| error.to_string()).unwrap_or_default();
        assert!(line.contains(why), "{text}: {line}");
        assert!(line.contains("MLH-HANDLE"), "{line}");
    }
}

#[test]
fn a_missing_or_odd_argument_is_named() -> Checked {
    let handle: WaitHandle = "mlhub1:lab/job_get/done;id=abc".parse()?;
    for (name, why) in [("id", "odd value for \"id\""), ("other", "has no \"other\"")] {
        let line = handle.arg::<u64>(name).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(line.contains(why), "{line}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(crate::dice::cases(256))]

    /// Whatever the arguments are, they come back, and the text is one line
    /// under 512 bytes that a shell takes as one word.
    #[test]
    fn every_handle_comes_back(
        id in "\\PC{0,30}",
        name in "[a-z_]{1,20}",
        node in prop::option::of("https?://[a-z0-9.]{1,60}:[0-9]{1,5}(/[a-z]{1,9})?"),
    ) {
        let handle = WaitHandle::new("vantage6", "task_get", "done", [(name, id)]).at(node);
        let text = handle.to_string();
        prop_assert_eq!(text.parse::<WaitHandle>().map_err(|error| TestCaseError::fail(error.to_string()))?, handle);
        prop_assert!(text.len() < 512, "{}", text.len());
        prop_assert!(text.chars().all(|c| c.is_ascii_graphic() && !"'\"$`\\".contains(c)), "{}", text);
    }

    /// No text makes the reader panic.
    #[test]
    fn any_text_is_a_handle_or_an_error(text in "(mlhub[12]:)?(a/b/c)?\\PC{0,80}") {
        if let Ok(handle) = text.parse::<WaitHandle>() {
            prop_assert_eq!(handle.to_string().parse::<WaitHandle>().ok(), Some(handle));
        }
    }
}
