//! A server that writes the head and the body of each reply one after the
//! other, as gevent's does, and holds the body back until the head is
//! acknowledged.

use std::time::Duration;

use mlhub::Builder;
use mlhub::clock::{Clock, SystemClock};
use mlhub::pipeline::Pipeline;
use tokio::io::AsyncWriteExt;

use super::server::{head, plain, serve};
use crate::support::{Checked, READ, call};

const CALLS: usize = 41;

/// The median of calls one after the other, over a connection that is kept.
async fn median(url: String) -> Result<Duration, Box<dyn std::error::Error>> {
    let (pipeline, clock) = (Builder::new(url, |pipeline: Pipeline| pipeline).build()?, SystemClock::new());
    let mut times = Vec::new();
    for _ in 0..CALLS {
        let before = clock.now();
        assert_eq!(call(&pipeline, &READ).await?, 1);
        times.push(clock.now() - before);
    }
    times.sort();
    Ok(times[CALLS / 2])
}

#[tokio::test]
async fn a_reply_in_two_writes_takes_no_longer_than_in_one() -> Checked {
    let (whole, _) = plain().await?;
    let (split, tally) = serve(|mut socket, tally| async move {
        let _held = tally.opened(&socket);
        // Holds small writes back while something is not acknowledged, which is what a socket does unless told.
        socket.set_nodelay(false)?;
        while let Some(_head) = head(&mut socket).await? {
            socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n").await?;
            socket.write_all(b"1").await?;
        }
        Ok(())
    })
    .await?;
    let (whole, split) = (median(format!("http://{whole}")).await?, median(format!("http://{split}")).await?);
    assert_eq!(tally.accepted(), 1, "the connection is kept");
    println!("{whole:?} in one write, {split:?} in two");
    // Linux puts an acknowledgement off for 40 ms, a hundred times as long as a call takes here. Others are not told.
    assert!(!cfg!(target_os = "linux") || split < whole * 10, "{split:?} in two writes, {whole:?} in one");
    Ok(())
}
