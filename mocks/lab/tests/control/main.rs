//! The control plane over the wire: what it does, who may use it, and that its description is true.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod described;
mod guard;
mod journal;
mod operations;
mod schema;

use std::path::Path;
use std::sync::Arc;

use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;
use trustcheck_lab::control::Control;
use trustcheck_lab::gitlab::{KeyPool, Project, Settings};
use trustcheck_lab::{World, WorldSpec};

/// A world with its control plane, and a client that knows the token.
pub(crate) struct Plane {
    pub(crate) world: Arc<World>,
    pub(crate) control: Control,
    pub(crate) client: Client,
}

pub(crate) const TOKEN: &str = "the-token";

pub(crate) async fn open() -> Plane {
    trustcheck_lab::install_crypto_provider();
    let gitlab = |url: &str| Settings {
        projects: vec![Project::new("group/project")],
        ..Settings::new(url.parse().unwrap())
    };
    let gitlabs = vec![gitlab("https://gitlab.com"), gitlab("https://gitlab.example.com")];
    let spec = WorldSpec::new(gitlabs, Vec::new());
    let keys = KeyPool::open(Path::new(env!("CARGO_TARGET_TMPDIR")).join("keys"));
    let world = Arc::new(World::boot(spec, &keys, 1).await.unwrap());
    let listen = "127.0.0.1:0".parse().unwrap();
    let control = Control::open(Arc::clone(&world), listen, TOKEN.to_owned())
        .await
        .unwrap();
    Plane {
        world,
        control,
        client: Client::builder().no_proxy().build().unwrap(),
    }
}

impl Plane {
    /// A request without the token.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("http://{}{path}", self.control.address()))
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).bearer_auth(TOKEN)
    }

    /// Status and JSON of the answer; `Null` where it has no body.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let mut request = self.request(method, path);
        if !body.is_null() {
            request = request.json(&body);
        }
        read(request.send().await.unwrap()).await
    }

    pub(crate) async fn close(self) {
        self.control.close().await;
        self.world.stop().await;
    }
}

pub(crate) async fn read(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or_default())
}
