//! DeleteOpenIDConnectProvider. Roles that name the provider stay as they are (IAM API Reference). That a provider has to be
//! there to be deleted is recorded, though the reference says otherwise.

use super::{no_provider, provider_arn};
use crate::event::Call;
use crate::iam::asked::Asked;
use crate::iam::error;
use crate::query::{Failure, Violations};

pub(in crate::iam) fn serve(asked: &Asked<'_>, call: &mut Call) -> Result<String, Failure> {
    let arn = provider_arn(asked, Violations::without_values(), call)?;
    asked.change(|account| {
        let id = account.id.clone();
        match account.oidc_providers.iter().position(|it| it.arn(&id) == arn) {
            Some(at) => {
                account.oidc_providers.remove(at);
                Ok(())
            }
            None => Err(no_provider(account, arn, error::no_provider_to_delete(arn))),
        }
    })?;
    Ok(asked.done())
}
