//! What a list and a read take of the client's processor, beside the platform's
//! own Python client: the same real HQ, in the same minute.

use futures::TryStreamExt;
use mlhub::vantage6::{Client, Keycloak, Login};
use serde_json::{Value, json};

use crate::hq::{self, ADMIN, Hq};
use crate::peer;

/// Items on a page: what HQ and its Python client have by default.
const PAGE: u64 = 10;
const READS: usize = 50;

/// Microseconds of a processor.
pub(crate) struct Cost {
    /// `item` of a list, or `get`.
    pub(crate) what: &'static str,
    pub(crate) theirs: f64,
    pub(crate) ours: f64,
    /// The same requests by reqwest alone, whose replies nobody looks at: what no client in Rust is likely to go below.
    pub(crate) bare: f64,
}

impl Cost {
    pub(crate) fn ratio(&self) -> f64 {
        self.ours / self.theirs
    }
}

/// Time of this thread on a processor, in microseconds. Nought where the system does not say.
fn cpu_micros() -> f64 {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    line.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or(0.0) / 1e3
}

/// Both sides in turns; the least of each counts, because others may run beside. To be called on a runtime of one thread.
pub(crate) async fn beside_python(hq: &Hq, rounds: usize) -> Result<[Cost; 2], Box<dyn std::error::Error>> {
    let root = hq.ask("GET", "/role?name=Root", Value::Null);
    let body = json!({
        "username": "cost", "is_service_account": true, "organization_id": 1, "roles": [root["data"][0]["id"]],
    });
    let made = hq.ask("POST", "/user", body);
    let secret = made["client_secret"].as_str().ok_or("a secret")?;
    let client = Client::builder(&hq.url).keycloak(Keycloak::new(&hq.auth)).no_proxy().build()?;
    client.login(Login::service_account("cost", secret)).await?;
    let list = || client.organization().list().items().page_size(PAGE);
    // The first calls connect and fill caches.
    let many: Vec<_> = list().limit(20).try_collect().await?;
    let id = many.first().ok_or("an organization")?.id;
    let least = |kept: &mut f64, found: f64| *kept = kept.min(found);
    let bearer = hq.token(ADMIN, ADMIN);
    let alone = reqwest::Client::builder().no_proxy().build()?;
    let bare_get = async |path: String| {
        let reply = alone.get(format!("{}{path}", hq.url)).bearer_auth(&bearer).send().await?.error_for_status()?;
        reply.bytes().await
    };
    let [mut theirs, mut ours, mut bare] = [[f64::INFINITY; 2]; 3];
    for _ in 0..rounds {
        let cost = peer::order(json!({
            "do": "cost", "api": hq.url, "auth": hq.auth, "username": "cost", "secret": secret, "per_page": PAGE,
            "gets": READS,
        }));
        least(&mut theirs[0], cost["item"].as_f64().ok_or("a figure")?);
        least(&mut theirs[1], cost["get"].as_f64().ok_or("a figure")?);
        let start = cpu_micros();
        let all: Vec<_> = list().try_collect().await?;
        least(&mut ours[0], (cpu_micros() - start) / all.len() as f64);
        assert!(all.len() > hq::ORGANIZATIONS, "{} are not all", all.len());
        let start = cpu_micros();
        for _ in 0..READS {
            client.organization().get(id).send().await?;
        }
        least(&mut ours[1], (cpu_micros() - start) / READS as f64);
        let start = cpu_micros();
        for page in 1..=all.len().div_ceil(PAGE as usize) {
            bare_get(format!("/organization?page={page}&per_page={PAGE}&sort=id")).await?;
        }
        least(&mut bare[0], (cpu_micros() - start) / all.len() as f64);
        let start = cpu_micros();
        for _ in 0..READS {
            bare_get(format!("/organization/{id}")).await?;
        }
        least(&mut bare[1], (cpu_micros() - start) / READS as f64);
    }
    let cost = |index: usize, what| Cost { what, theirs: theirs[index], ours: ours[index], bare: bare[index] };
    let costs = [cost(0, "item"), cost(1, "get")];
    println!("microseconds of CPU       Python     ours    ratio    reqwest alone    ratio");
    for cost in &costs {
        let Cost { what, theirs, ours, bare } = cost;
        println!("{what:<20} {theirs:>11.1} {ours:>8.1} {:>8.3} {bare:>16.1} {:>8.3}", cost.ratio(), bare / theirs);
    }
    Ok(costs)
}
