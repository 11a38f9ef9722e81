//! The variables that lead the usual clients to a bundle of certificate authorities.

/// Of OpenSSL, Go and Ruby; curl; git; Python's requests; the AWS CLI and SDKs; Node.js.
pub const BUNDLE_VARIABLES: [&str; 6] = [
    "SSL_CERT_FILE",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "REQUESTS_CA_BUNDLE",
    "AWS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
];
