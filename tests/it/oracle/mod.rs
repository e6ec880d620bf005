//! An oracle over the journal: whatever services do, calls keep what the pipeline
//! promises. It knows the promises and nothing of the code that keeps them.
//!
//! A scenario is a number. One that fails is named, and played alone by
//! `MLHUB_SEED=NUMBER cargo test oracle`.

mod judge;
mod scenario;
mod spellings;
mod world;

use std::sync::Arc;

use futures::future::join_all;
use mlhub::clock::Clock;
use mlhub::pipeline::{Bearer, Pipeline, Token};
use mlhub::testing::Lab;
use mlhub::{Builder, Cooldown, Retry};

use self::judge::{Call, Tally};
use self::scenario::{Mode, Scenario};
use self::world::World;
use crate::support::{Checked, call};

/// Every fault, at every intensity, for every class, on one to five nodes,
/// in both modes, eight times over.
const SCENARIOS: u64 = 8 * scenario::GRID;

fn pipeline(lab: &Lab, scenario: &Scenario) -> Result<Pipeline, mlhub::Error> {
    let builder = (1..scenario.nodes)
        .fold(Builder::new(world::address(0), |pipeline: Pipeline| pipeline), |builder, node| {
            builder.node(world::address(node))
        });
    let renewed = Bearer::from_source(|_: Option<Token>| async { Ok(Token::new("fresh")) });
    let builder = builder.lab(lab).authenticate(renewed).timeout(scenario.mode.timeout());
    let builder = builder.deadline(scenario.mode.deadline());
    match scenario.mode {
        Mode::Defaults => builder.build(),
        Mode::Unlimited => {
            let retry =
                Retry::default().max_attempts(u32::MAX).on_timeout(true).budget(false).cap(scenario::LONGEST_PAUSE);
            builder.retry(retry).cooldown(Cooldown::default().cap(scenario::MAX_COOLDOWN)).build()
        }
    }
}

async fn play(seed: u64, tally: &mut Tally) -> Result<Result<(), String>, Box<dyn std::error::Error>> {
    let scenario = Scenario::new(seed);
    let lab = Lab::new();
    lab.clock().set_chance(scenario.chance);
    let world = Arc::new(World::new(&scenario, lab.clock()));
    let service = Arc::clone(&world);
    lab.rule(move |seen| Some(service.answer(seen)));
    let pipeline = pipeline(&lab, &scenario)?;
    let calls = scenario.starts.iter().enumerate().map(|(id, start)| {
        let (pipeline, clock) = (pipeline.with(|o| o.header(world::CALL, &id.to_string())), lab.clock());
        let op = scenario.op;
        async move {
            clock.sleep(*start).await;
            let start = clock.now();
            let error = call(&pipeline, op).await.err().map(|error| format!("{error:?}"));
            Call { id, start, end: clock.now(), error }
        }
    });
    let calls = join_all(calls).await;
    let verdict = judge::judge(&scenario, &world, &calls, tally);
    Ok(verdict.map_err(|why| format!("{why}\n{scenario:?}\n{calls:#?}\n{world}")))
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_scenarios_keep_the_promises() -> Checked {
    const { assert!(SCENARIOS >= 10_000) };
    let seeds = crate::dice::seeds(SCENARIOS)?;
    let all = seeds.end - seeds.start > 1;
    let mut tally = Tally::default();
    for seed in seeds {
        if let Err(why) = play(seed, &mut tally).await? {
            return Err(format!("seed {seed}: {why}").into());
        }
    }
    println!("{tally:?}");
    if all {
        tally.enough()?;
    }
    Ok(())
}
