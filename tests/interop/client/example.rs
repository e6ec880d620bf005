//! The example that tells the guide's story, run as it was built.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::json;

use super::{Checked, beside};
use crate::federation::{Federation, PASSWORD};
use crate::hq;

/// Where cargo puts examples: beside the folder of this program.
fn example() -> Result<PathBuf, Box<dyn std::error::Error>> {
    let this = std::env::current_exe()?;
    let folder = this.parent().and_then(std::path::Path::parent).ok_or("a folder")?.join("examples");
    let path = folder.join(format!("vantage6_average{}", std::env::consts::EXE_SUFFIX));
    let cure = "`cargo test` of the package or the workspace builds it, `--test interop` alone does not: \
        add `--example vantage6_average`";
    if path.is_file() { Ok(path) } else { Err(format!("there is no {}; {cure}", path.display()).into()) }
}

/// It ends with the test, also where that fails.
struct Running(Option<Child>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ended = child.kill().and_then(|()| child.wait());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_takes_data_out_and_averages_it_at_all_organizations() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let federation = Federation::new(hq, "example", 3, true);
    let key = tempfile::NamedTempFile::new()?;
    std::fs::write(key.path(), federation.members[0].key.as_deref().ok_or("a key")?)?;
    let mut program = Command::new(example()?);
    program.arg(federation.collaboration.to_string()).args(["olympic_athletes_db", "registry.test/average", "age"]);
    // Of the environment of the tests nothing: no proxy, and nobody else's login.
    program.env_clear().env("MLHUB_VANTAGE6_URL", &hq.url).env("MLHUB_VANTAGE6_AUTH_URL", &hq.auth);
    program.env("MLHUB_VANTAGE6_USERNAME", &federation.user).env("MLHUB_VANTAGE6_PASSWORD", PASSWORD);
    program.env("MLHUB_VANTAGE6_PRIVATE_KEY", key.path());
    program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Running(Some(program.spawn()?));

    // Three runs that take data out, and three that average it.
    let average = |number: usize| format!("{{\"average\": {}}}", 50 + number);
    let results: serde_json::Map<_, _> = federation
        .members
        .iter()
        .enumerate()
        .map(|(number, member)| (member.organization.to_string(), average(number).into()))
        .collect();
    let columns = json!([{"name": "age", "dtype": "int64"}]);
    beside(federation.work(&federation.members, 6, json!({"columns": columns, "results": results}))).await?;

    let child = running.0.take().ok_or("a child")?;
    let output = tokio::task::spawn_blocking(|| child.wait_with_output()).await??;
    let (said, told) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
    assert!(output.status.success(), "{told}");
    let expected: String =
        (0..3).map(|number| format!("example-{number}\t{{\"average\":{}}}\n", 50 + number)).collect();
    assert_eq!(said, expected, "{told}");
    for part in ["logged in as example-user", ": ready", "data_extraction: completed", "federated_compute: completed"] {
        assert!(told.contains(part), "{part} in {told}");
    }
    Ok(())
}
