//! The one endpoint: reads a request, finds the service, and writes the answer and the event.

mod answer;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::{Request, Response};

use crate::aws::Aws;

impl Aws {
    /// The one endpoint for all services. Which service a request is for follows from its host
    /// (`sts.eu-west-1.amazonaws.com`), else from the scope of its signature, else from its `Version`.
    ///
    /// A listener may say where a request comes from by putting a [`crate::Peer`] into its extensions.
    pub fn router(self: &Arc<Self>) -> axum::Router {
        let aws = Arc::clone(self);
        let answer = |State(aws): State<Arc<Aws>>, request| async move { aws.answer(request).await };
        axum::Router::new().fallback(answer).with_state(aws)
    }

    /// The same without a router around it.
    pub async fn answer(&self, request: Request<Body>) -> Response<Body> {
        answer::answer(self, request).await
    }
}
