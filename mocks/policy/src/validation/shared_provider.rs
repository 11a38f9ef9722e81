//! The control for OIDC providers that many customers share.
//!
//! Source: IAM user guide, "Identity-provider controls for shared OIDC providers"; how far it goes is recorded AWS behaviour:
//! each Allow statement that lets such a provider assume the role must compare the provider's key, under an operator that is
//! not negated and has no `IfExists`, and none of the values under that operator may be the whole `*`.

use super::malformed;
use crate::document::{Condition, PrincipalType, Statement, StatementEffect};
use crate::error::ParseError;
use crate::letter_case::lower;
use crate::operator::Comparison;
use crate::provider_keys::issuer_of;

/// A shared provider and the keys of which one has to be compared. The first one is a claim of the issuer unless it has a
/// colon.
struct Shared {
    issuer: &'static str,
    claims: &'static [&'static str],
}

const fn shared(issuer: &'static str, claims: &'static [&'static str]) -> Shared {
    Shared { issuer, claims }
}

const SHARED: [Shared; 21] = [
    shared("gitlab.com", &["sub"]),
    shared("oidc-configuration.audit-log.githubusercontent.com", &["sub"]),
    shared("vstoken.actions.githubusercontent.com", &["sub"]),
    shared("agent.buildkite.com", &["sub"]),
    shared("oidc.codefresh.io", &["sub"]),
    shared("studio.datachain.ai/api", &["sub"]),
    shared("scalr.io", &["sub"]),
    shared("tokens.cloud.shisho.dev", &["sub"]),
    shared("app.terraform.io", &["sub"]),
    shared("proidc.upbound.io", &["sub"]),
    shared(
        "rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7",
        &["sub"],
    ),
    shared(
        "rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr",
        &["sub"],
    ),
    shared(
        "rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg",
        &["sub"],
    ),
    shared(
        "rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26",
        &["sub"],
    ),
    shared(
        "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb",
        &["sub"],
    ),
    shared(
        "oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu",
        &["sub"],
    ),
    shared("cognito-identity.amazonaws.com", &["aud"]),
    shared("api.pulumi.com/oidc", &["aud"]),
    shared("sandboxes.cloud", &["aud"]),
    shared("oidc.vercel.com", &["aud"]),
    shared(
        "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d",
        &["sts:RoleSessionName"],
    ),
];

/// The providers from before OIDC, with the claims of which one has to be compared. Their check is older and of its own
/// kind: only equality counts, `*` is as good as any other value, and the key's case matters.
const APPLICATIONS: [Shared; 3] = [
    shared("accounts.google.com", &["aud", "oaud", "sub"]),
    shared("www.amazon.com", &["app_id", "sub"]),
    shared("graph.facebook.com", &["app_id", "sub"]),
];

/// GitHub's issuer is recognised by this prefix, whatever follows it.
const GITHUB: &str = "token.actions.githubusercontent.com";

/// Checks one statement. Only statements that let a web identity assume the role count: `sts:TagSession` alone does not.
pub(super) fn check(statement: &Statement) -> Result<(), ParseError> {
    let assumes =
        |text: &str| crate::pattern::Pattern::parse(&lower(text)).matches("sts:assumerolewithwebidentity");
    let allows = statement.effect.value == StatementEffect::Allow;
    let action = statement.action.as_ref();
    if !allows || !action.is_some_and(|action| action.values.iter().any(|value| assumes(&value.text))) {
        return Ok(());
    }
    let entries = statement.principal.iter().flat_map(|element| &element.entries);
    for entry in entries.filter(|entry| entry.kind == Some(PrincipalType::Federated)) {
        let Some(issuer) = issuer_of(&entry.value) else {
            continue;
        };
        check_issuer(statement, &entry.value, issuer).map_err(|(message, detail, help)| {
            let span = statement
                .condition
                .as_ref()
                .map_or(entry.span.clone(), |condition| condition.span.clone());
            ParseError::new(malformed(message), span, detail).with_help(help)
        })?;
    }
    Ok(())
}

type Refusal = (String, String, String);

fn check_issuer(statement: &Statement, principal: &str, issuer: &str) -> Result<(), Refusal> {
    if let Some(application) = APPLICATIONS
        .iter()
        .find(|application| application.issuer == issuer)
    {
        return check_application(statement, application);
    }
    let github = issuer.starts_with(GITHUB);
    let claims = if github {
        &["sub", "job_workflow_ref"][..]
    } else if let Some(shared) = SHARED.iter().find(|shared| shared.issuer == issuer) {
        shared.claims
    } else {
        return Ok(());
    };
    let keys: Vec<String> = claims
        .iter()
        .map(|claim| {
            if claim.contains(':') {
                (*claim).to_owned()
            } else {
                format!("{issuer}:{claim}")
            }
        })
        .collect();
    if is_scoped(statement, &keys, github) {
        return Ok(());
    }
    let keys = keys.join(" or ");
    let detail = format!("`{issuer}` serves many customers, so trust in it has to be narrowed by `{keys}`");
    let help = format!(
        "compare `{keys}` under `StringEquals` or `StringLike` with your own project or organisation"
    );
    let message = match issuer {
        "cognito-identity.amazonaws.com" if statement.condition.is_none() => {
            "A condition block must be present for the Cognito provider".to_owned()
        }

        _ => {
            // GitHub's message has the principal as written, the others' the issuer alone
            let principal = if github { principal } else { issuer };
            format!(
                "Trust policy with trusted principal {principal} must evaluate, using StringEquals, StringLike or \
                 StringEqualsIgnoreCase, {keys} which is not scoped to all."
            )
        }
    };
    Err((message, detail, help))
}

fn check_application(statement: &Statement, application: &Shared) -> Result<(), Refusal> {
    use Comparison as C;
    let issuer = application.issuer;
    let keys: Vec<String> = application
        .claims
        .iter()
        .map(|claim| format!("{issuer}:{claim}"))
        .collect();
    let is_compared = statement.conditions().any(|condition| {
        let operator = condition.operator;
        let equality = matches!(operator.comparison, C::StringEquals | C::StringEqualsIgnoreCase);
        equality && !operator.if_exists && keys.contains(&condition.key)
    });
    if is_compared {
        return Ok(());
    }
    let message = format!("Policy trusting {issuer} requires a StringEquals condition on an application id");
    let detail = format!("trust in `{issuer}` has to be narrowed to an application");
    Err((
        message,
        detail,
        format!("compare `{}` under `StringEquals`", keys.join("` or `")),
    ))
}

/// Under one operator at least, one of the keys is compared and none with everything.
fn is_scoped(statement: &Statement, keys: &[String], github: bool) -> bool {
    let blocks = statement.condition.iter().flat_map(|element| &element.blocks);
    blocks.into_iter().any(|block| {
        let mut compared = block
            .conditions
            .iter()
            .filter(|condition| {
                keys.iter().any(|key| key.eq_ignore_ascii_case(&condition.key)) && is_positive(condition)
            })
            .peekable();
        compared.peek().is_some() && !compared.any(|condition| is_scoped_to_all(condition, github))
    })
}

fn is_positive(condition: &Condition) -> bool {
    use Comparison as C;
    let operator = condition.operator;
    matches!(
        operator.comparison,
        C::StringEquals | C::StringLike | C::StringEqualsIgnoreCase
    ) && !operator.if_exists
}

/// GitHub's check also refuses what begins with a star or is blank.
fn is_scoped_to_all(condition: &Condition, github: bool) -> bool {
    condition.values.iter().any(|value| {
        value.text == "*" || (github && (value.text.starts_with('*') || value.text.trim().is_empty()))
    })
}
