//! One fetch for all, ahead of the end.

use futures::future::join_all;
use mlhub::clock::Clock;
use mlhub::testing::{Lab, Reply};
use mlhub::{ErrorKind, Token};

use super::support::{Source, tokens};
use crate::support::{Checked, READ, builder, call, failure, seconds};

#[tokio::test(start_paused = true)]
async fn eight_callers_need_one_fetch() -> Checked {
    let lab = Lab::new();
    lab.times(8, Reply::json(&1));
    let source = Source::new(&lab, None);
    let pipeline = builder(&lab).authenticate(source.bearer()).build()?;
    for result in join_all((0..8).map(|_| call(&pipeline, &READ))).await {
        result?;
    }
    assert_eq!(source.begun(), 1);
    assert_eq!(tokens(&lab), ["t1"; 8]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn eight_callers_share_one_failure() -> Checked {
    let lab = Lab::new();
    let source = Source::new(&lab, None);
    source.fail(8);
    let pipeline = builder(&lab).authenticate(source.bearer()).build()?;
    for result in join_all((0..8).map(|_| call(&pipeline, &READ))).await {
        assert_eq!(failure(result)?.kind(), ErrorKind::Unauthenticated);
    }
    assert_eq!(source.begun(), 1);
    // The next call tries again.
    failure(call(&pipeline, &READ).await)?;
    assert_eq!(source.begun(), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn when_the_leader_is_cancelled_the_next_takes_over() -> Checked {
    let lab = Lab::new();
    lab.times(3, Reply::json(&1));
    let source = Source::new(&lab, None);
    let pipeline = builder(&lab).authenticate(source.bearer()).build()?;
    let spawn = || {
        let pipeline = pipeline.clone();
        tokio::spawn(async move { call(&pipeline, &READ).await })
    };
    let leader = spawn();
    tokio::task::yield_now().await;
    let followers = [spawn(), spawn(), spawn()];
    tokio::task::yield_now().await;
    assert_eq!(source.begun(), 1);
    leader.abort();
    for follower in followers {
        follower.await??;
    }
    assert_eq!(source.begun(), 2);
    assert_eq!(tokens(&lab), ["t2"; 3]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn however_many_leaders_are_cancelled_whoever_is_left_gets_a_token() -> Checked {
    let lab = Lab::new();
    lab.times(2, Reply::json(&1));
    let source = Source::new(&lab, None);
    let pipeline = builder(&lab).authenticate(source.bearer()).build()?;
    let spawn = || {
        let pipeline = pipeline.clone();
        tokio::spawn(async move { call(&pipeline, &READ).await })
    };
    let mut callers: Vec<_> = (0..6).map(|_| spawn()).collect();
    for begun in 1..=4 {
        tokio::task::yield_now().await;
        assert_eq!(source.begun(), begun);
        // In the order in which they came: the one that fetches at this moment.
        let leader = callers.remove(0);
        leader.abort();
        assert!(leader.await.is_err_and(|ended| ended.is_cancelled()));
    }
    for caller in callers {
        caller.await??;
    }
    assert_eq!((source.begun(), tokens(&lab)), (5, vec!["t5".to_owned(); 2]));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_runs_out_of_time_takes_nobody_with_it() -> Checked {
    let lab = Lab::new();
    lab.times(3, Reply::json(&1));
    let source = Source::new(&lab, None);
    let pipeline = builder(&lab).authenticate(source.bearer()).build()?;
    let hasty = pipeline.with(|o| o.deadline(std::time::Duration::from_millis(500)));
    // Polled first, so that it is the one that fetches.
    let followers = join_all((0..3).map(|_| call(&pipeline, &READ)));
    let (leader, followers) = futures::join!(call(&hasty, &READ), followers);
    assert_eq!(failure(leader)?.kind(), ErrorKind::Timeout);
    for follower in followers {
        follower?;
    }
    assert_eq!((source.begun(), tokens(&lab)), (2, vec!["t2".to_owned(); 3]));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_token_is_replaced_before_it_ends() -> Checked {
    let lab = Lab::new();
    lab.times(9, Reply::json(&1));
    let source = Source::new(&lab, Some(seconds(600)));
    let pipeline = builder(&lab).authenticate(source.bearer()).build()?;
    for wait in [0, 500, 38, 2, 0] {
        lab.clock().sleep(seconds(wait)).await;
        call(&pipeline, &READ).await?;
    }
    // Fetched at 0, so it ends at 601 s; a minute before, the next is fetched.
    assert_eq!(tokens(&lab), ["t1", "t1", "t1", "t2", "t2"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn while_the_old_token_holds_nobody_waits_and_a_failure_harms_nobody() -> Checked {
    let lab = Lab::new();
    lab.times(9, Reply::json(&1));
    let source = Source::new(&lab, Some(seconds(600)));
    let pipeline = builder(&lab).authenticate(source.bearer()).build()?;
    call(&pipeline, &READ).await?;
    lab.clock().sleep(seconds(560)).await;
    let before = lab.clock().now();
    source.fail(1);
    let (first, second) = futures::join!(call(&pipeline, &READ), call(&pipeline, &READ));
    first?;
    second?;
    let sent: Vec<_> = lab.seen().iter().skip(1).map(|seen| (seen.at - before).as_secs()).collect();
    // The second does not wait for the fetch of the first.
    assert_eq!(sent, [0, 1]);
    assert_eq!(tokens(&lab), ["t1"; 3]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn after_a_failure_the_old_token_is_used_for_a_while_without_another_try() -> Checked {
    let lab = Lab::new();
    lab.times(9, Reply::json(&1));
    let source = Source::new(&lab, Some(seconds(600)));
    let pipeline = builder(&lab).authenticate(source.bearer()).build()?;
    call(&pipeline, &READ).await?;
    lab.clock().sleep(seconds(545)).await;
    source.fail(1);
    let mut begun = Vec::new();
    for wait in [0, 4, 5, 1] {
        lab.clock().sleep(seconds(wait)).await;
        call(&pipeline, &READ).await?;
        begun.push(source.begun());
    }
    assert_eq!(begun, [2, 2, 2, 3]);
    assert_eq!(tokens(&lab), ["t1", "t1", "t1", "t1", "t3"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_call_that_has_a_token_waits_shortly_for_the_next() -> Checked {
    // Five seconds at most, and no more than half of what is left.
    for (left, waited) in [(50, 5), (4, 2)] {
        let lab = Lab::new();
        lab.times(2, Reply::json(&1));
        let token = Token::new("old").with_expiry(lab.clock().wall() + seconds(left));
        let never = |_: Option<Token>| std::future::pending::<Result<Token, mlhub::Error>>();
        let bearer = mlhub::pipeline::Bearer::from_source(never).starting_with(token)?;
        let pipeline = builder(&lab).authenticate(bearer).build()?;
        call(&pipeline, &READ).await?;
        call(&pipeline, &READ).await?;
        let sent: Vec<_> = lab.seen().iter().map(|seen| seen.at.as_secs()).collect();
        // The second call does not try, and so does not wait.
        assert_eq!(sent, [waited, waited]);
        assert_eq!(tokens(&lab), ["old", "old"]);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_token_that_lives_shortly_is_used_for_most_of_its_life() -> Checked {
    let lab = Lab::new();
    lab.times(9, Reply::json(&1));
    let source = Source::new(&lab, Some(seconds(20)));
    let pipeline = builder(&lab).authenticate(source.bearer()).build()?;
    for wait in [0, 8, 7, 2] {
        lab.clock().sleep(seconds(wait)).await;
        call(&pipeline, &READ).await?;
    }
    // A fifth of twenty seconds is kept as the margin.
    assert_eq!(tokens(&lab), ["t1", "t1", "t1", "t2"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_source_gets_the_last_token_for_its_refresh_token() -> Checked {
    let lab = Lab::new();
    lab.times(2, Reply::json(&1));
    let clock = lab.clock();
    let bearer = mlhub::pipeline::Bearer::from_source(move |last: Option<Token>| {
        let end = clock.wall() + seconds(100);
        async move {
            let refresh = last.as_ref().and_then(Token::refresh).map_or("none", |refresh| refresh.expose());
            Ok(Token::new(format!("after-{refresh}")).with_refresh("r1").with_expiry(end))
        }
    });
    let pipeline = builder(&lab).authenticate(bearer).build()?;
    call(&pipeline, &READ).await?;
    lab.clock().sleep(seconds(99)).await;
    call(&pipeline, &READ).await?;
    assert_eq!(tokens(&lab), ["after-none", "after-r1"]);
    Ok(())
}
