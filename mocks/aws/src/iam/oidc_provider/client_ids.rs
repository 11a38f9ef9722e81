//! AddClientIDToOpenIDConnectProvider and RemoveClientIDFromOpenIDConnectProvider. Adding one that is there and removing one
//! that is not changes nothing and succeeds (recorded AWS behaviour).

use super::create::check_client_ids;
use super::{find_mut, provider_arn};
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::constraint::CLIENT_ID;
use crate::query::{Failure, Violations};

pub(in crate::iam) fn add(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let (arn, client_id) = read(asked, call)?;
    asked.change(|account| {
        let provider = find_mut(account, arn)?;
        if !provider.client_ids.iter().any(|known| known == client_id) {
            provider.client_ids.push(client_id.to_owned());
        }
        check_client_ids(provider.client_ids.len())
    })?;
    Ok(asked.done())
}

pub(in crate::iam) fn remove(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let (arn, client_id) = read(asked, call)?;
    asked.change(|account| {
        let provider = find_mut(account, arn)?;
        provider.client_ids.retain(|known| known != client_id);
        Ok(())
    })?;
    Ok(asked.done())
}

fn read<'a>(asked: &Asked<'a>, call: &mut Call) -> Result<(&'a str, &'a str), Failure> {
    let client_id = asked.text("ClientID");
    let mut violations = Violations::without_values();
    violations.required("clientID", client_id, CLIENT_ID);
    let arn = provider_arn(asked, violations, call)?;
    Ok((arn, client_id.unwrap_or_default()))
}
