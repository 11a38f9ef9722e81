//! Which service and region a request is for.

use crate::query::Parameters;
use crate::sigv4::HttpRequest;

/// The versions of the query APIs, by which an unsigned request to an address without a name is recognised.
const VERSIONS: [(&str, &str); 2] = [("2011-06-15", "sts"), ("2010-05-08", "iam")];

/// The region of endpoints that have none in their name, and of requests that say nothing else.
pub(crate) const GLOBAL_REGION: &str = "us-east-1";

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    /// The service by its signing name, `sts`.
    pub(crate) service: String,
    /// The region that the endpoint's name says, if it is one of AWS's names.
    pub(crate) endpoint_region: Option<String>,
    /// The region of the endpoint, else of the signature, else [`GLOBAL_REGION`].
    pub(crate) region: String,
}

/// Finds the service: by the host, else by the scope of the signature, else by `X-Amz-Target` of the JSON
/// protocols, else by `Version`, and else it is STS.
pub(crate) fn route(request: &HttpRequest<'_>, parameters: &Parameters) -> Route {
    let scope = scope(request, parameters);
    let of_host = request.host.and_then(by_host);
    let endpoint_region = of_host.as_ref().map(|(_, region)| region.clone());
    let scope_region = scope.as_ref().map(|(_, region)| region.clone());
    let service = of_host
        .map(|(service, _)| service)
        .or_else(|| scope.map(|(service, _)| service))
        .or_else(|| by_target(request))
        .or_else(|| by_version(parameters))
        .unwrap_or_else(|| "sts".to_owned());
    let region = endpoint_region
        .clone()
        .or(scope_region)
        .unwrap_or_else(|| GLOBAL_REGION.to_owned());
    Route {
        service,
        endpoint_region,
        region,
    }
}

/// Service and region of a name such as `sts.eu-west-1.amazonaws.com`.
fn by_host(host: &str) -> Option<(String, String)> {
    let host = host
        .rsplit_once(':')
        .map_or(host, |(name, _)| name)
        .to_ascii_lowercase();
    let name = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"]
        .into_iter()
        .find_map(|suffix| host.strip_suffix(suffix))?;
    let labels: Vec<&str> = name.split('.').collect();
    // the buckets of S3 come before the service: bucket.s3.eu-west-1
    let at = labels.iter().position(|label| *label == "s3").unwrap_or(0);
    let service = labels.get(at)?;
    let region = labels.get(at + 1).copied().unwrap_or(GLOBAL_REGION);
    Some((
        service.strip_suffix("-fips").unwrap_or(service).to_owned(),
        region.to_owned(),
    ))
}

/// Service and region of the signature's scope, which need not be good.
fn scope(request: &HttpRequest<'_>, parameters: &Parameters) -> Option<(String, String)> {
    let header = request.canonical_header("authorization");
    let credential = match &header {
        Some(header) => header.split_once("Credential=")?.1.split([',', ' ']).next()?,
        None => parameters.get("X-Amz-Credential")?,
    };
    let parts: Vec<&str> = credential.split('/').collect();
    match parts.as_slice() {
        [_, _, region, service, _] if !service.is_empty() => {
            Some(((*service).to_owned(), (*region).to_owned()))
        }
        _ => None,
    }
}

fn by_target(request: &HttpRequest<'_>) -> Option<String> {
    let target = request.canonical_header("x-amz-target")?;
    let (service, _) = target.split_once('.')?;
    Some(service.to_ascii_lowercase())
}

fn by_version(parameters: &Parameters) -> Option<String> {
    let version = parameters.get("Version")?;
    VERSIONS
        .iter()
        .find(|(known, _)| *known == version)
        .map(|(_, service)| (*service).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;
    use rstest::rstest;

    fn routed(host: &str, authorization: Option<&str>, query: &str) -> (String, String) {
        let mut headers = HeaderMap::new();
        if let Some(value) = authorization {
            headers.insert("authorization", value.parse().unwrap());
        }
        let request = HttpRequest {
            method: "GET",
            path: "/",
            query,
            headers: &headers,
            host: Some(host),
            body: b"",
        };
        let route = route(&request, &Parameters::read(query, b""));
        (route.service, route.region)
    }

    #[rstest]
    #[case::global("sts.amazonaws.com", "sts", "us-east-1")]
    #[case::regional("sts.eu-west-1.amazonaws.com", "sts", "eu-west-1")]
    #[case::port("STS.eu-west-1.amazonaws.com:443", "sts", "eu-west-1")]
    #[case::fips("sts-fips.us-west-2.amazonaws.com", "sts", "us-west-2")]
    #[case::dual_stack("sts.us-west-2.api.aws", "sts", "us-west-2")]
    #[case::iam("iam.amazonaws.com", "iam", "us-east-1")]
    #[case::bucket("my.bucket.s3.eu-west-1.amazonaws.com", "s3", "eu-west-1")]
    fn by_the_host(#[case] host: &str, #[case] service: &str, #[case] region: &str) {
        assert_eq!(
            routed(host, None, "Version=2010-05-08"),
            (service.into(), region.into())
        );
    }

    #[rstest]
    #[case::scope(
        Some("AWS4-HMAC-SHA256 Credential=A/20260912/eu-west-1/s3/aws4_request, x"),
        "",
        "s3",
        "eu-west-1"
    )]
    #[case::presigned(
        None,
        "X-Amz-Credential=A%2F20260912%2Feu-west-1%2Fsts%2Faws4_request",
        "sts",
        "eu-west-1"
    )]
    #[case::version(None, "Version=2010-05-08", "iam", "us-east-1")]
    #[case::nothing(None, "", "sts", "us-east-1")]
    #[case::rubbish(Some("Bearer x"), "Version=1", "sts", "us-east-1")]
    fn without_a_name(
        #[case] authorization: Option<&str>,
        #[case] query: &str,
        #[case] service: &str,
        #[case] region: &str,
    ) {
        assert_eq!(
            routed("127.0.0.1:4566", authorization, query),
            (service.into(), region.into())
        );
    }
}
