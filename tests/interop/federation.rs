//! A collaboration with organizations and their nodes, made by plain requests.

use serde_json::{Value, json};

use crate::hq::Hq;
use crate::platform;

/// One organization in it.
pub(crate) struct Member {
    pub(crate) organization: u64,
    pub(crate) node: String,
    pub(crate) secret: String,
    /// The private key, where the collaboration is encrypted.
    pub(crate) key: Option<String>,
}

pub(crate) struct Federation {
    hq: &'static Hq,
    pub(crate) collaboration: u64,
    pub(crate) session: u64,
    pub(crate) members: Vec<Member>,
    /// A user of the first member, who may do everything.
    pub(crate) user: String,
}

/// The password of every user that is made here.
pub(crate) const PASSWORD: &str = "Interop-0";

impl Federation {
    /// So many organizations with a node each, and a user and a session of the first.
    pub(crate) fn new(hq: &'static Hq, name: &str, members: usize, encrypted: bool) -> Federation {
        let members: Vec<Member> = (0..members)
            .map(|number| {
                let (key, public) = if encrypted { platform::key() } else { Default::default() };
                let body = json!({"name": format!("{name}-{number}"), "public_key": public});
                let organization = id(&hq.ask("POST", "/organization", body));
                let node = format!("{name}-{number}");
                Member { organization, node, secret: String::new(), key: encrypted.then_some(key) }
            })
            .collect();
        let organizations: Vec<_> = members.iter().map(|member| member.organization).collect();
        let body = json!({"name": name, "organization_ids": organizations, "encrypted": encrypted});
        let collaboration = id(&hq.ask("POST", "/collaboration", body));
        let members = members
            .into_iter()
            .map(|member| {
                let body = json!({
                    "collaboration_id": collaboration, "organization_id": member.organization, "name": member.node,
                });
                let made = hq.ask("POST", "/node", body);
                Member { secret: made["api_key"].as_str().expect("a secret").to_owned(), ..member }
            })
            .collect::<Vec<_>>();
        let user = user(hq, name, &members[0]);
        let federation = Federation { hq, collaboration, session: 0, members, user };
        let body = json!({"scope": "collaboration", "collaboration_id": collaboration, "name": name});
        let session = id(&federation.ask("POST", "/session", body));
        Federation { session, ..federation }
    }

    /// A request by its user, without the client that is tested. The body of a success.
    pub(crate) fn ask(&self, method: &str, path: &str, body: Value) -> Value {
        let reply = self.hq.reply(&self.hq.token(&self.user, PASSWORD), method, path, body);
        assert!(reply["status"].as_u64().is_some_and(|status| status < 300), "{method} {path}: {reply}");
        reply["body"].clone()
    }

    /// What a peer is told to finish so many runs of these nodes; more can be said in `how`.
    pub(crate) fn work(&self, members: &[Member], runs: usize, how: Value) -> Value {
        let nodes: Vec<_> = members
            .iter()
            .map(|member| json!({"name": member.node, "secret": member.secret, "key": member.key}))
            .collect();
        let mut order = json!({"do": "work", "api": self.hq.url, "auth": self.hq.auth, "nodes": nodes, "runs": runs});
        if let (Some(order), Value::Object(how)) = (order.as_object_mut(), how) {
            order.extend(how);
        }
        order
    }
}

/// Makes a user of that member, who may do everything: the name.
pub(crate) fn user(hq: &Hq, name: &str, of: &Member) -> String {
    let user = format!("{name}-user");
    let root = hq.ask("GET", "/role?name=Root", Value::Null);
    let body = json!({
        "username": user, "password": PASSWORD, "organization_id": of.organization, "roles": [root["data"][0]["id"]],
    });
    hq.ask("POST", "/user", body);
    user
}

/// The id of what was made.
pub(crate) fn id(made: &Value) -> u64 {
    made["id"].as_u64().unwrap_or_else(|| panic!("no id: {made}"))
}
