//! ListOpenIDConnectProviders: all at once, without parts.

use serde::Serialize;

use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::resource::Resource;
use crate::iam::shape::Members;
use crate::query::Failure;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListOpenIDConnectProvidersResult {
    #[serde(rename = "OpenIDConnectProviderList")]
    list: Members<Entry>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    arn: String,
}

pub(in crate::iam) fn serve(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let account = asked.account();
    let all = Resource::by_arn(format!("arn:aws:iam::{}:oidc-provider/*", account.id));
    asked.allow(&all, call)?;
    let entry = |provider: &crate::accounts::OidcProvider| Entry {
        arn: provider.arn(&account.id),
    };
    Ok(asked.answer(&ListOpenIDConnectProvidersResult {
        list: account.oidc_providers.iter().map(entry).collect(),
    }))
}
