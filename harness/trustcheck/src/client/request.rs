//! A request, from its parameters to the answer.

use std::net::SocketAddr;

use http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use http::{Method, Request};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use mock_aws::{SigningKeys, sign_request};
use tokio::net::TcpStream;

use super::answer::{Answer, AnswerError};

/// The largest answer that is read.
const LARGEST: usize = 4 * 1024 * 1024;

/// What to ask, and whom.
#[derive(Debug)]
pub struct Order<'a> {
    /// Where the world answers.
    pub edge: SocketAddr,
    /// The name of the endpoint, `sts.eu-west-1.amazonaws.com`.
    pub host: &'a str,
    /// `GET` or `POST`.
    pub method: Method,
    /// The parameters, `Action` and `Version` among them.
    pub parameters: &'a [(String, String)],
    /// What to sign with, for which service and region, and when by the client's clock; nothing for an unsigned call.
    pub signed: Option<(SigningKeys<'a>, (&'a str, &'a str), Timestamp)>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// Something in the request that HTTP has no place for.
    #[error("the request cannot be written: {0}")]
    Request(String),
    /// The connection broke.
    #[error("no answer from {host}: {why}")]
    Connection {
        /// The endpoint.
        host: String,
        /// What happened.
        why: String,
    },
    /// The answer is not one of this protocol.
    #[error("the answer of {host} cannot be read: {source}")]
    Answer {
        /// The endpoint.
        host: String,
        /// What is wrong with it.
        source: AnswerError,
    },
}

/// Sends the request and reads the answer.
///
/// # Errors
/// Where there is none, or none that could be read. An error that AWS answers with is an answer.
pub async fn send(order: &Order<'_>) -> Result<Answer, ClientError> {
    let broken = |why: String| ClientError::Connection {
        host: order.host.to_owned(),
        why,
    };
    let request = request(order)?.map(|body| Full::new(Bytes::from(body)));
    let stream = TcpStream::connect(order.edge)
        .await
        .map_err(|error| broken(error.to_string()))?;
    let _ = stream.set_nodelay(true);
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| broken(error.to_string()))?;
    let exchange = async {
        let response = sender
            .send_request(request)
            .await
            .map_err(|error| error.to_string())?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, LARGEST)
            .collect()
            .await
            .map_err(|error| error.to_string())?;
        Ok::<_, String>((head, body.to_bytes()))
    };
    tokio::pin!(connection);
    tokio::pin!(exchange);
    // The connection is driven here and not in a task of its own, which would outlive an interrupted call.
    let (head, body) = tokio::select! {
        exchanged = &mut exchange => exchanged,
        ended = &mut connection => match ended {
            Ok(()) => exchange.await,
            Err(error) => Err(error.to_string()),
        },
    }
    .map_err(broken)?;
    Answer::read(head.status, &body).map_err(|source| ClientError::Answer {
        host: order.host.to_owned(),
        source,
    })
}

fn request(order: &Order<'_>) -> Result<Request<Vec<u8>>, ClientError> {
    let refused = |error: &dyn std::fmt::Display| ClientError::Request(error.to_string());
    let form = form(order.parameters);
    let builder = Request::builder()
        .method(&order.method)
        .header(HOST, order.host)
        .header(USER_AGENT, concat!("trustcheck/", env!("CARGO_PKG_VERSION")));
    let mut request = if order.method == Method::GET {
        builder.uri(format!("/?{form}")).body(Vec::new())
    } else {
        builder
            .uri("/")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")
            .body(form.into_bytes())
    }
    .map_err(|error| refused(&error))?;
    if let Some((keys, scope, at)) = order.signed {
        sign_request(&mut request, keys, scope, at).map_err(|error| refused(&error))?;
    }
    Ok(request)
}

/// Parameters as a form or query string, everything escaped but the unreserved characters of RFC 3986 §2.3.
fn form(parameters: &[(String, String)]) -> String {
    let mut text = String::with_capacity(2048);
    for (name, value) in parameters {
        if !text.is_empty() {
            text.push('&');
        }
        escape(name, &mut text);
        text.push('=');
        escape(value, &mut text);
    }
    text
}

fn escape(from: &str, into: &mut String) {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    for byte in from.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            let digit = |value: u8| DIGITS[usize::from(value & 15)];
            into.extend(['%', digit(byte >> 4), digit(byte)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_escaped() {
        let pairs =
            [("A", "a b&c=é+"), ("B.member.1", "-._~")].map(|(name, value)| (name.into(), value.into()));
        assert_eq!(form(&pairs), "A=a%20b%26c%3D%C3%A9%2B&B.member.1=-._~");
    }
}
