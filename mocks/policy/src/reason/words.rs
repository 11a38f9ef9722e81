//! Each reason as one sentence for a person.

use std::fmt;

use super::Reason;

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Reason as R;
        match self {
            R::AllowedBy { statement, sid } => write!(out, "{} allows it", name(*statement, sid.as_deref())),
            R::DeniedBy { statement, sid } => {
                write!(
                    out,
                    "{} denies it, and a Deny outweighs every Allow",
                    name(*statement, sid.as_deref())
                )
            }
            R::NothingAllows { action } => write!(
                out,
                "no statement allows `{action}`, and what nothing allows is denied"
            ),

            R::PrincipalNamed { value } => write!(out, "`{value}` is the caller"),
            R::PrincipalNotExcepted { request } => write!(out, "`NotPrincipal` does not name `{request}`"),
            R::PrincipalExcepted { request } => write!(
                out,
                "`NotPrincipal` names `{request}`, so the statement is not about it"
            ),
            R::OtherProvider { trusted, issuer, .. } => {
                write!(
                    out,
                    "the statement trusts the provider `{trusted}`, but the token was issued by `{issuer}`"
                )
            }
            R::OtherAccount { named, account, .. } => {
                write!(
                    out,
                    "the statement names account `{named}`, but the caller belongs to account `{account}`"
                )
            }
            R::OtherPrincipalType { written, wanted, .. } => write!(
                out,
                "the caller's name stands under `{written}`, but the caller is a `{wanted}` principal, and only that type is compared"
            ),
            R::EveryoneIsNoWebIdentity { provider, .. } => write!(
                out,
                "`*` stands for everybody with AWS credentials, not for web identities: the provider `{provider}` has to be named under `Federated`"
            ),
            R::ProviderWithoutArn { value, provider, .. } => {
                write!(out, "`{value}` is not the provider's ARN, which is `{provider}`")
            }
            R::PrincipalCaseDiffers { value, request, .. } => {
                write!(
                    out,
                    "`{value}` differs from the caller `{request}` in letter case, which counts"
                )
            }
            R::PrincipalTrailingSlash { value, request, .. } => write!(
                out,
                "`{value}` and the caller `{request}` differ by a slash at the end, and to AWS those are two providers"
            ),
            R::PrincipalWildcard { value, .. } => {
                write!(
                    out,
                    "a wildcard in part of a principal, as in `{value}`, matches nothing: each has to be named in full"
                )
            }
            R::OtherPrincipal { named, request, .. } if named.is_empty() => {
                write!(out, "the statement names no principal, so not `{request}` either")
            }
            R::OtherPrincipal { named, request, .. } => {
                write!(
                    out,
                    "the statement is for {}, the caller is `{request}`",
                    listed(named)
                )
            }

            R::ActionCovered { pattern } => write!(out, "`{pattern}` covers the action"),
            R::ActionNotExcepted { action } => write!(out, "`NotAction` does not except `{action}`"),
            R::ActionExcepted { action } => write!(out, "`NotAction` excepts `{action}`"),
            R::OtherAssumeAction {
                listed: actions,
                action,
                ..
            } => write!(
                out,
                "the statement is about {}, but the call needs `{action}`, which is another action",
                listed(actions)
            ),
            R::OtherAction {
                listed: actions,
                action,
            } if actions.is_empty() => {
                write!(out, "the statement lists no action, so not `{action}` either")
            }
            R::OtherAction {
                listed: actions,
                action,
            } => {
                write!(
                    out,
                    "the statement is about {}, not about `{action}`",
                    listed(actions)
                )
            }
            R::ResourceCovered { pattern } => write!(out, "`{pattern}` covers the resource"),
            R::ResourceNotExcepted { resource } => write!(out, "`NotResource` does not except `{resource}`"),
            R::ResourceExcepted { resource } => write!(out, "`NotResource` excepts `{resource}`"),
            R::BucketWithoutObjects { bucket, resource, .. } => {
                write!(
                    out,
                    "`{bucket}` is the bucket alone; an object such as `{resource}` needs `{bucket}/*`"
                )
            }
            R::ObjectsWithoutBucket {
                objects, resource, ..
            } => {
                write!(
                    out,
                    "`{objects}` are the objects alone; the call is on the bucket itself, `{resource}`"
                )
            }
            R::ResourceCaseDiffers { value, resource, .. } => {
                write!(
                    out,
                    "`{value}` differs from `{resource}` in letter case, which counts"
                )
            }
            R::OtherResource {
                listed: resources,
                resource: Some(resource),
            } => {
                write!(
                    out,
                    "the statement is about {}, not about `{resource}`",
                    listed(resources)
                )
            }
            R::OtherResource {
                listed: resources,
                resource: None,
            } => write!(
                out,
                "the statement is about {}, but the action is on no resource in particular, which only `*` covers",
                listed(resources)
            ),

            R::ValueMatches { key, request, value } if request == value => {
                write!(out, "`{key}` is `{value}`, as asked")
            }
            R::ValueMatches { key, request, value } => {
                write!(out, "`{key}` is `{request}`, which `{value}` covers")
            }
            R::NoneMatches { key, request } => write!(
                out,
                "`{key}` is `{request}`, which is none of the values ruled out"
            ),
            R::NullHolds { key, absent: true } => write!(out, "the request has no `{key}`, as asked"),
            R::NullHolds { key, absent: false } => write!(out, "the request has a `{key}`, as asked"),
            R::NegatedOnAbsentKey {
                key,
                operator,
                absence,
            } => {
                write!(
                    out,
                    "a negated operator is true when its key is absent: there is no `{key}`, so `{operator}` restricts nothing"
                )?;
                because(out, absence.as_deref())
            }
            R::IfExistsOnAbsentKey {
                key,
                operator,
                absence,
            } => {
                write!(
                    out,
                    "`{operator}` is true when its key is absent, and there is no `{key}`"
                )?;
                because(out, absence.as_deref())
            }
            R::ForAllValuesOnAbsentKey {
                key,
                operator,
                absence,
            } => {
                write!(
                    out,
                    "`ForAllValues` is true when there is no value at all: there is no `{key}`, so `{operator}` restricts nothing"
                )?;
                because(out, absence.as_deref())
            }
            R::SetOperatorOnSingleValue {
                key,
                operator,
                request,
                ..
            } if operator.starts_with("ForAll") => write!(
                out,
                "`{key}` is `{request}`, which is covered; but the key has a single value, for which `{operator}` is not meant, and it would also be true without the key"
            ),
            R::SetOperatorOnSingleValue {
                key,
                operator,
                request,
                ..
            } => write!(
                out,
                "`{key}` is `{request}`, which is covered; the key has a single value, so `{operator}` does not need its prefix"
            ),

            R::KeyAbsent { key, claim: None } => write!(out, "the request has no `{key}`"),
            R::KeyAbsent {
                key,
                claim: Some(claim),
            } => {
                write!(
                    out,
                    "the request has no `{key}`: the token does not carry the claim `{claim}`"
                )
            }
            R::OtherIssuersKey {
                key,
                keys_issuer,
                issuer,
                ..
            } => write!(
                out,
                "`{key}` is a key of tokens from `{keys_issuer}`; this token is from `{issuer}`, so the key is absent"
            ),
            R::KeyNotOffered {
                claim,
                issuer,
                offered,
                instead,
                ..
            } => {
                write!(
                    out,
                    "AWS has no condition key for the claim `{claim}` of `{issuer}`, only for {}",
                    listed(offered)
                )?;
                instead
                    .as_ref()
                    .map_or(Ok(()), |instead| write!(out, "; {instead}"))
            }
            R::KeyWithScheme { key, wanted, .. } => {
                write!(
                    out,
                    "condition keys have no `https://`: `{key}` never exists, it is `{wanted}`"
                )
            }
            R::KeyTrailingSlash { key, wanted, .. } => {
                write!(
                    out,
                    "the issuer in `{key}` differs from the provider by a slash at the end: the key is `{wanted}`"
                )
            }
            R::KeyWithArn { key, wanted, .. } => {
                write!(
                    out,
                    "condition keys begin with the issuer, not with an ARN: `{key}` never exists, it is `{wanted}`"
                )
            }
            R::KeyMisspelt { key, wanted, .. } => {
                write!(out, "the request has no `{key}`, but it has `{wanted}`")
            }

            R::WildcardUnderLiteral {
                operator,
                value,
                request,
                wanted,
                would_match: true,
                ..
            } => write!(
                out,
                "`{operator}` compares literally, so `*` and `?` in `{value}` are ordinary characters; under `{wanted}` it would match `{request}`"
            ),
            R::WildcardUnderLiteral {
                operator,
                value,
                request,
                wanted,
                would_match: false,
                ..
            } => write!(
                out,
                "`{operator}` compares literally, so `*` and `?` in `{value}` are ordinary characters; and even under `{wanted}` it would not match `{request}`"
            ),
            R::CaseDiffers {
                key, value, request, ..
            } => {
                write!(
                    out,
                    "`{key}` is `{request}`; the policy's `{value}` differs in letter case, which counts"
                )
            }
            R::TrailingSlashDiffers {
                key, value, request, ..
            } => {
                write!(
                    out,
                    "`{key}` is `{request}`; the policy's `{value}` differs by a slash at the end"
                )
            }
            R::SchemeDiffers {
                key, value, request, ..
            } => {
                write!(
                    out,
                    "`{key}` is `{request}`; the policy's `{value}` differs by `https://`"
                )
            }
            R::BlankDiffers {
                key, value, request, ..
            } => {
                write!(
                    out,
                    "`{key}` is `{request}`; the policy's `{value}` differs by white space at its ends"
                )
            }
            R::AudienceNotInCondition {
                key, request, values, ..
            } => write!(
                out,
                "the token's audience `{request}` is in the provider's client list, but the condition on `{key}` asks for {}",
                listed(values)
            ),
            R::GithubSubject { value, request, .. } => write!(
                out,
                "`{value}` has the form of a GitHub subject; GitLab's begins with `project_path:`, and this token's is `{request}`"
            ),
            R::FullRefInSubject { value, request, .. } => write!(
                out,
                "`{value}` has the full name of a ref; the subject has the short one (`main`, not `refs/heads/main`): `{request}`"
            ),
            R::UnknownRefType {
                ref_type, request, ..
            } => write!(
                out,
                "there is no `ref_type:{ref_type}`: a GitLab subject has `branch` or `tag`, and `branch` for merge requests too; this token's is `{request}`"
            ),
            R::ProjectUrlInSubject { value, request, .. } => write!(
                out,
                "`{value}` has a URL for the project; the subject has its path alone: `{request}`"
            ),
            R::SubjectFormDiffers {
                value,
                request,
                components,
                ..
            } => write!(
                out,
                "`{value}` is not built like the token's subject `{request}`, whose components are {}",
                listed(components)
            ),
            R::SubjectDiffers {
                component,
                wanted,
                given,
                ..
            } => match component.as_str() {
                "project_path" => write!(
                    out,
                    "the job runs in project `{given}`, the policy lets in `{wanted}`"
                ),
                "ref" => write!(
                    out,
                    "the job runs for the ref `{given}`, the policy lets in `{wanted}`"
                ),
                "ref_type" => write!(
                    out,
                    "the job runs for a {given}, the policy lets in the ref type `{wanted}`"
                ),
                _ => write!(
                    out,
                    "the subject's `{component}` is `{given}`, the policy lets in `{wanted}`"
                ),
            },
            R::ValuesDiffer {
                key, values, request, ..
            } => {
                write!(
                    out,
                    "`{key}` is {}, the policy asks for {}",
                    listed(request),
                    one_of(values)
                )
            }
            R::ForbiddenValue {
                key,
                operator,
                request,
                value,
            } if request == value => {
                write!(out, "`{key}` is `{request}`, which `{operator}` rules out")
            }
            R::ForbiddenValue {
                key,
                operator,
                request,
                value,
            } => {
                write!(
                    out,
                    "`{key}` is `{request}`, which `{operator}` rules out with `{value}`"
                )
            }
            R::ComparisonFails {
                key,
                request,
                relation,
                values,
            } => {
                write!(
                    out,
                    "`{key}` is `{request}`, which is not {relation} {}",
                    one_of(values)
                )
            }
            R::AddressOutside { key, request, values } => {
                write!(out, "`{key}` is `{request}`, which is outside {}", listed(values))
            }
            R::ArnPartDiffers {
                key,
                part,
                value,
                request,
            } => write!(
                out,
                "`{key}` is `{request}`, whose {part} the policy's `{value}` does not cover (the six parts of an ARN are compared one by one)"
            ),
            R::NoValues { key } => write!(out, "the condition on `{key}` lists no value, so none can match"),
            R::PlainOperatorOnManyValues { key, operator, .. } => write!(
                out,
                "`{key}` takes several values, and `{operator}` without `ForAnyValue:` or `ForAllValues:` never matches such a key"
            ),
            R::NotAllCovered { key, left_over } => write!(
                out,
                "`ForAllValues` wants every value of `{key}` to be covered, and {} is not",
                listed(left_over)
            ),
            R::ValueOfWrongType {
                key,
                operator,
                value,
                wanted,
            } => {
                write!(
                    out,
                    "`{operator}` needs {wanted}, and the policy's value `{value}` for `{key}` is none, so it never matches"
                )
            }
            R::RequestOfWrongType {
                key,
                operator,
                request,
                wanted,
            } => {
                write!(out, "`{operator}` needs {wanted}, and `{key}` is `{request}`")
            }
            R::MalformedArn {
                key,
                value,
                denies: false,
            } => {
                write!(
                    out,
                    "`{value}` for `{key}` is not an ARN, and with such a value an Allow does not apply"
                )
            }
            R::MalformedArn {
                key,
                value,
                denies: true,
            } => {
                write!(
                    out,
                    "`{value}` for `{key}` is not an ARN, and with such a value a Deny applies"
                )
            }
            R::VariableWithoutValue { value, variable } => {
                write!(
                    out,
                    "the request has no `{variable}`, so `{value}` cannot be filled in and matches nothing"
                )
            }
            R::VariableInOldVersion { value, .. } => write!(
                out,
                "variables exist in version 2012-10-17 only; in this policy `{value}` is text like any other"
            ),
            R::NullFails {
                key,
                absent: true,
                absence,
            } => {
                write!(
                    out,
                    "the request has no `{key}`, and the condition wants it to be there"
                )?;
                because(out, absence.as_deref())
            }
            R::NullFails {
                key, absent: false, ..
            } => {
                write!(
                    out,
                    "the request has a `{key}`, and the condition wants it to be absent"
                )
            }
        }
    }
}

/// A statement as people count: from 1, with its `Sid`.
fn name(statement: usize, sid: Option<&str>) -> String {
    match sid {
        Some(sid) => format!("statement {} (`{sid}`)", statement + 1),
        None => format!("statement {}", statement + 1),
    }
}

fn because(out: &mut fmt::Formatter<'_>, absence: Option<&Reason>) -> fmt::Result {
    match absence {
        // what was just said need not be said again
        None | Some(Reason::KeyAbsent { claim: None, .. }) => Ok(()),
        Some(Reason::KeyAbsent {
            claim: Some(claim), ..
        }) => {
            write!(out, "; the token does not carry the claim `{claim}`")
        }
        Some(absence) => write!(out, "; {absence}"),
    }
}

/// A list in words. Long ones are cut: a policy may hold a thousand values, and this is one sentence.
fn listed(values: &[String]) -> String {
    const SHOWN: usize = 16;
    let quoted = values
        .iter()
        .take(SHOWN)
        .map(|value| format!("`{value}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match values.len() {
        0 => "nothing".to_owned(),
        count if count > SHOWN => format!("{quoted} and {} more", count - SHOWN),
        _ => quoted,
    }
}

fn one_of(values: &[String]) -> String {
    if values.len() > 1 {
        format!("one of {}", listed(values))
    } else {
        listed(values)
    }
}
