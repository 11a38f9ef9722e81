//! GetOpenIDConnectProvider.

use serde::Serialize;

use super::{find, provider_arn};
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::shape::{Members, TagShape, precise_date, tags};
use crate::query::{Failure, Violations};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetOpenIDConnectProviderResult<'a> {
    url: &'a str,
    #[serde(rename = "ClientIDList")]
    client_ids: Members<&'a str>,
    thumbprint_list: Members<&'a str>,
    create_date: String,
    tags: Members<TagShape<'a>>,
}

pub(in crate::iam) fn serve(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let arn = provider_arn(asked, Violations::without_values(), call)?;
    let account = asked.account();
    let provider = find(&account, arn)?;
    Ok(asked.answer(&GetOpenIDConnectProviderResult {
        url: &provider.url,
        client_ids: provider.client_ids.iter().map(String::as_str).collect(),
        thumbprint_list: provider.thumbprints.iter().map(String::as_str).collect(),
        create_date: precise_date(asked.date(provider.created)),
        tags: tags(&provider.tags),
    }))
}
