//! Hub killed thirty times under eight clients: no acknowledged tell is lost, and none that is repeated counts twice.

use futures::future::join_all;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::{Tell, User, sorted};
use crate::served_hub::{self, Served};

const ROUNDS: usize = 30;
const TELLERS: i64 = 8;

/// Tells on until no answer comes; gives the last tell that got one and the tell that got none.
async fn tell_on(
    user: User,
    experiment: String,
    trial: String,
    teller: i64,
    heard: UnboundedSender<i64>,
) -> (Option<Tell>, Tell) {
    let points = (1..).map(|value| Tell::of_point(&experiment, teller * 1_000_000 + value));
    let mut tells = std::iter::once(Tell::of_trial(&trial, teller * 1_000_000)).chain(points);
    let mut last = None;
    loop {
        let tell = tells.next().unwrap();
        if !tell.send(&user).await {
            return (last, tell);
        }
        heard.send(tell.value).unwrap();
        last = Some(tell);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_acknowledged_tell_is_lost_and_none_is_doubled_however_often_the_hub_is_killed() {
    let home = served_hub::home();
    let mut hub = Served::start(&home, &[]);
    let mut user = User::new(&hub).await;
    let mut told = Vec::new();
    for round in 0..ROUNDS {
        let experiment = user.experiment().await;
        let (hear, mut heard) = unbounded_channel();
        let mut tellers = Vec::new();
        for teller in 0..TELLERS {
            let asked = user.call("POST", &format!("/v1/experiments/{experiment}/trials")).send().await;
            let trial = asked.json()["id"].as_str().unwrap().to_owned();
            tellers.push(tokio::spawn(tell_on(user.clone(), experiment.clone(), trial, teller, hear.clone())));
        }
        drop(hear);

        // Another number of acknowledgements each time, from the first on.
        let mut acknowledged = Vec::new();
        while acknowledged.len() <= round * 7 % ROUNDS {
            acknowledged.push(heard.recv().await.unwrap());
        }
        // And another number of looks at the hub, so that the end meets tells at every stage.
        for _ in 0..round % 10 {
            user.get("/health").await;
        }
        hub.kill();
        let (answered, unanswered): (Vec<_>, Vec<_>) = join_all(tellers).await.into_iter().map(Result::unwrap).unzip();
        while let Some(value) = heard.recv().await {
            acknowledged.push(value);
        }

        hub = Served::start(&home, &[]);
        user = user.at(&hub);
        let found = user.values(&experiment).await;
        let lost: Vec<_> = acknowledged.iter().filter(|value| !found.contains(value)).collect();
        assert!(lost.is_empty(), "round {round} lost {lost:?}");
        // To a teller, an answer that was lost on its way looks like none: those repeat what is stored already.
        for tell in answered.iter().flatten().chain(&unanswered) {
            assert!(tell.send(&user).await, "round {round}: a running hub answers");
        }
        let all = sorted(acknowledged.into_iter().chain(unanswered.iter().map(|tell| tell.value)));
        assert_eq!(user.values(&experiment).await, all, "round {round}: every tell counts once");
        told.push((experiment, all));
    }
    for (experiment, all) in told {
        assert_eq!(user.values(&experiment).await, all, "and is there after whatever came later");
    }
    hub.stop();
}
