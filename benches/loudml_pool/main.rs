//! What a pool of Loud ML nodes does under load, case by case: calls a second
//! and for each second of processor time, how long they take, and what happens
//! when a node is killed, hangs, or none is there.
//!
//! `cargo bench --profile dev --bench loudml_pool` starts nodes of its own,
//! each a process. `MLHUB_LOUDML_URL=http://127.0.0.1:1,http://127.0.0.1:2`
//! has it call those instead, by the cases that harm nobody, so that another
//! client can be measured beside it at the same nodes.
//! `MLHUB_SECONDS_PER_CASE` (4 unless set) scales the run.
//!
//! In the profile `dev` nothing of ours is optimised, and most of what is
//! compared with it is: what users run needs
//! `--config profile.dev.package.mlhub.opt-level=3` and
//! `--config profile.dev.package.mlhub.debug-assertions=false` as well.

mod load;
mod node;

use std::time::Duration;

use mlhub::clock::{Clock, SystemClock};
use mlhub::loudml::Client;
use mlhub::{Builder, Error, Retry};

use self::load::{Call, drive};
use self::node::Node;

/// When a node is killed, counted from the start of its case.
const KILLED_AFTER: Duration = Duration::from_secs(1);
/// One attempt, where a node hangs.
const PATIENCE: Duration = Duration::from_secs(1);

type Fault = Box<dyn std::error::Error>;

fn main() -> Result<(), Fault> {
    if std::env::args().nth(1).as_deref() == Some(node::ARGUMENT) {
        return Ok(node::serve()?);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let single = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let seconds = std::env::var("MLHUB_SECONDS_PER_CASE").ok().and_then(|text| text.parse().ok()).unwrap_or(4.0);
    let time = Duration::from_secs_f64(seconds);
    println!("{}", load::HEAD);
    let given = std::env::var("MLHUB_LOUDML_URL").ok();
    let own = if given.is_none() { vec![Node::start()?, Node::start()?] } else { Vec::new() };
    let urls: Vec<String> = match &given {
        Some(given) => given.split(',').map(str::to_owned).collect(),
        None => own.iter().map(Node::url).collect(),
    };
    let start = || builder(&urls);
    single.block_on(drive("(warming up)", start()?.build()?, 1, time / 8, Call::Models));
    println!("{}", single.block_on(drive("one task, list models", start()?.build()?, 1, time, Call::Models)));
    println!("{}", runtime.block_on(drive("16 tasks, list models", start()?.build()?, 16, time, Call::Models)));
    println!(
        "{}",
        runtime.block_on(drive(
            "16 tasks, 4 connections",
            start()?.max_connections(4).build()?,
            16,
            time,
            Call::Models
        ))
    );
    println!("{}", single.block_on(drive("one task, write 100 points", start()?.build()?, 1, time / 2, Call::Write)));
    drop(own);
    if given.is_some() {
        return Ok(());
    }
    for tasks in [1, 16] {
        let (one, two) = (Node::start()?, Node::start()?);
        let client = builder(&[one.url(), two.url()])?.build()?;
        let name = format!("{tasks} task(s), one node killed after 1 s");
        let (load, ()) = runtime.block_on(async {
            tokio::join!(drive(&name, client, tasks, time, Call::Models), async {
                SystemClock::new().sleep(KILLED_AFTER).await;
                drop(two);
            })
        });
        println!("{load}");
    }
    for on_timeout in [false, true] {
        let (one, two) = (Node::start()?, Node::start()?);
        two.hang()?;
        let client = builder(&[one.url(), two.url()])?.timeout(PATIENCE);
        let client = client.retry(Retry::default().on_timeout(on_timeout)).build()?;
        let name = format!("one task, one node hangs, repeated after timeouts: {on_timeout}");
        println!("{}", single.block_on(drive(&name, client, 1, time + time / 2, Call::Models)));
    }
    single.block_on(nobody())
}

fn builder(urls: &[String]) -> Result<Builder<Client>, Error> {
    let (first, others) = urls.split_first().ok_or_else(|| Error::new(mlhub::ErrorKind::Config, "no server"))?;
    Ok(others.iter().fold(Client::builder(first), |builder, url| builder.node(url)))
}

/// How long it takes to notice that nobody listens.
async fn nobody() -> Result<(), Fault> {
    let (one, two) = (Node::start()?, Node::start()?);
    let urls = [one.url(), two.url()];
    drop((one, two));
    let (client, clock) = (builder(&urls)?.build()?, SystemClock::new());
    let before = clock.now();
    let error = client.server().info().send().await.err();
    println!(
        "nobody listens: {:.3} s, {}",
        (clock.now() - before).as_secs_f64(),
        error.map_or("served?".into(), |e| e.to_string())
    );
    let before = clock.now();
    let up = client.with(|o| o.no_retry()).server().ping().send().await.is_ok();
    println!("nobody listens, one attempt: {:.4} s, up: {up}", (clock.now() - before).as_secs_f64());
    Ok(())
}
