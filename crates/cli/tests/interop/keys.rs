//! Organization key from a shell.

use serde_json::Value;

use crate::federation::Federation;
use crate::hq;
use crate::shell::Shell;

#[test]
fn a_key_is_made_shown_and_registered_and_replaced_when_that_is_said() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-keys", 1, false);
    let shell = Shell::member(hq, &federation);
    let said = shell.fails("key show", 2, "mlhub vantage6 key new organization.pem");
    assert!(said.contains("no private key is named"), "{said}");
    let one = shell.gets("key new one.pem");
    shell.fails("key new one.pem", 5, "mlhub vantage6 key new OTHER.pem");
    let shell = shell.with("PRIVATE_KEY", "one.pem");
    assert_eq!(shell.gets("key show"), format!("{one}\tno"));
    shell.gets("key register");
    assert_eq!(shell.gets("key show"), format!("{one}\tyes"));
    let path = format!("/organization/{}", federation.members[0].organization);
    let registered = || federation.ask("GET", &path, Value::Null)["public_key"].as_str().map(str::to_owned);
    assert_eq!(registered().as_deref(), Some(one.as_str()));
    let two = shell.gets("key new two.pem");
    let shell = shell.with("PRIVATE_KEY", "two.pem");
    assert!(shell.gets("key show -o table").ends_with("\nregistered  another one"));
    assert_eq!(shell.gets("key show"), format!("{two}\tanother one"));
    shell.fails("key register", 5, "mlhub vantage6 key register --replace");
    assert_eq!(registered().as_deref(), Some(one.as_str()));
    let ran = shell.types("key register --replace");
    assert!(ran.stderr.contains("the server has the public key of organization"), "{ran:?}");
    ran.ok();
    assert_eq!(registered().as_deref(), Some(two.as_str()));
    let gone = shell.with("PRIVATE_KEY", "three.pem");
    let said = gone.fails("key show", 2, "mlhub vantage6 key --help");
    assert!(said.contains("three.pem"), "{said}");
}
