//! Why a call was answered as it was. Ours alone: this goes to the journal and never over the wire.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use strum::{IntoStaticStr, VariantNames};

/// The reason behind an error that AWS words vaguely, or not at all.
///
/// As JSON it is an object whose `kind` is the kebab-case name of the variant, with the facts beside it. Its
/// `Display` is a sentence for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error, IntoStaticStr, VariantNames)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
#[non_exhaustive]
pub enum Cause {
    // --- the request
    /// Neither the query nor a form names an `Action`.
    #[error("the request names no `Action`: AWS redirects it to a web page{}", if *.body_ignored { " (its body was not read, because its `Content-Type` is not that of a form)" } else { "" })]
    MissingAction {
        /// There was a body, but not of a form's type.
        body_ignored: bool,
    },
    /// The service has no such operation in this version.
    #[error("there is no operation `{action}` in version `{version}` of this service")]
    UnknownAction {
        /// `Action` as given.
        action: String,
        /// `Version` as given, or `NO_VERSION_SPECIFIED`.
        version: String,
    },
    /// AWS has this service, this mock has not.
    #[error("`{service}` is not mocked; this AWS answers for {}", List(.available))]
    ServiceNotMocked {
        /// The service, by its signing name.
        service: String,
        /// The services there are.
        available: Vec<String>,
    },
    /// AWS has this operation, this mock has not.
    #[error("`{service}:{action}` is not mocked")]
    OperationNotMocked {
        /// The service.
        service: String,
        /// The operation.
        action: String,
    },
    /// The body is larger than anything AWS would read.
    #[error("the body of the request is larger than {limit} bytes")]
    BodyTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The body came too slowly.
    #[error("the body of the request took too long")]
    SlowBody,
    /// The body is not in the form that its head announced, or broke off.
    #[error("the body of the request cannot be read: {problem}")]
    UnreadableBody {
        /// What is wrong with it.
        problem: String,
    },
    /// Parameters break the constraints of the API model.
    #[error("{}", Sentences(.problems))]
    InvalidParameters {
        /// One text for each broken constraint.
        problems: Vec<String>,
    },
    /// A number is not written as an integer of 32 bits.
    #[error("`{parameter}` is `{value}`, and has to be an integer of 32 bits without blanks")]
    NotAnInteger {
        /// The parameter.
        parameter: String,
        /// Its value.
        value: String,
    },
    /// A Boolean is neither `true` nor `false`.
    #[error("`{parameter}` is `{value}`, and has to be `true` or `false`")]
    NotABoolean {
        /// The parameter.
        parameter: String,
        /// Its value.
        value: String,
    },
    /// `RoleArn` is not the ARN of a role.
    #[error("`{arn}` is {why}")]
    InvalidRoleArn {
        /// `RoleArn` as given.
        arn: String,
        /// What is wrong.
        why: String,
    },
    /// `ProviderId` was given, which is for OAuth 2.0 providers that are not OpenID Connect.
    #[error(
        "`ProviderId` is `{provider_id}`; leave the parameter out when the token is an OpenID Connect ID token"
    )]
    ProviderIdWithIdToken {
        /// `ProviderId` as given.
        provider_id: String,
    },

    // --- the token and its claims
    /// The token is not a JWT.
    #[error("the token is not a JWT: {why}")]
    NotAJwt {
        /// What is wrong.
        why: String,
    },
    /// A claim that every token needs is absent.
    #[error("the token has no claim `{claim}`")]
    MissingClaim {
        /// The claim.
        claim: String,
    },
    /// A claim is there but empty.
    #[error("the claim `{claim}` is empty")]
    EmptyClaim {
        /// The claim.
        claim: String,
    },
    /// A claim is of a type that it cannot be.
    #[error("the claim `{claim}` is {found}, and has to be {expected}")]
    ClaimOfWrongType {
        /// The claim.
        claim: String,
        /// What it is.
        found: String,
        /// What it has to be.
        expected: String,
    },
    /// `exp`, `nbf` or `iat` is not a whole number.
    #[error("the claim `{claim}` is `{value}`, and has to be a whole number of seconds since 1970")]
    InvalidTimestamp {
        /// The claim.
        claim: String,
        /// Its value, as JSON.
        value: String,
    },
    /// `aud` lists several and there is no `azp` to say which one counts.
    #[error("`aud` has {} values ({}) and there is no `azp`, so AWS cannot tell which one counts: ask for one audience", .audiences.len(), List(.audiences))]
    SeveralAudiences {
        /// `aud`.
        audiences: Vec<String>,
    },
    /// The audience is not a client id of the provider.
    #[error("the audience `{audience}` (claim `{claim}`) is not registered with the OIDC provider {provider}, which accepts {}{}", List(.client_ids), Hint(.hint))]
    AudienceNotRegistered {
        /// The audience that was compared.
        audience: String,
        /// The claim it came from, `aud` or `azp`.
        claim: String,
        /// The ARN of the provider.
        provider: String,
        /// What is registered.
        client_ids: Vec<String>,
        /// What one of them differs in, when it is little.
        hint: Option<String>,
    },
    /// `exp` has passed, by more than the leeway.
    #[error("the token expired at {expiration}, {} before the call at {now}; AWS allows five minutes", Seconds(.now.as_second() - .expiration.as_second()))]
    TokenExpired {
        /// `exp`.
        expiration: Timestamp,
        /// The world's time.
        now: Timestamp,
    },
    /// `nbf` is yet to come, by more than the leeway.
    #[error("the token is not valid before {not_before}, {} after the call at {now}; AWS allows five minutes", Seconds(.not_before.as_second() - .now.as_second()))]
    TokenNotYetValid {
        /// `nbf`.
        not_before: Timestamp,
        /// The world's time.
        now: Timestamp,
    },
    /// `iat` is yet to come, by more than the leeway.
    #[error("the token was issued at {issued}, {} after the call at {now}; AWS allows five minutes", Seconds(.issued.as_second() - .now.as_second()))]
    TokenFromTheFuture {
        /// `iat`.
        issued: Timestamp,
        /// The world's time.
        now: Timestamp,
    },

    // --- the account and its provider
    /// There is no such account.
    #[error("there is no account {account}{}; the accounts of this AWS are {}", Nearest(.nearest), List(.accounts))]
    NoSuchAccount {
        /// The account of `RoleArn`.
        account: String,
        /// Those there are.
        accounts: Vec<String>,
        /// The most similar one.
        nearest: Option<String>,
    },
    /// The account has no OIDC provider for the token's issuer.
    #[error("account {account} has no OIDC provider for the issuer `{issuer}`{}; it has {}{}", Nearest(.nearest), List(.providers), Elsewhere(.registered_in))]
    NoOidcProvider {
        /// `iss`.
        issuer: String,
        /// The account of `RoleArn`.
        account: String,
        /// The issuers of the account's providers.
        providers: Vec<String>,
        /// The most similar of them.
        nearest: Option<String>,
        /// Other accounts that have a provider for the issuer.
        registered_in: Vec<String>,
    },

    // --- the issuer's keys
    /// The issuer did not answer.
    #[error("the issuer cannot be reached: {url}: {why}")]
    IssuerUnreachable {
        /// What was asked for.
        url: String,
        /// What happened.
        why: String,
    },
    /// The issuer's certificate does not lead to a trusted authority and no thumbprint matches.
    #[error("the certificate of {url} is not trusted ({why}), and its chain ends with {}, which is not among the thumbprints of the provider: {}", Optional(.thumbprint), List(.thumbprints))]
    IssuerUntrustedCertificate {
        /// What was asked for.
        url: String,
        /// What the verification said.
        why: String,
        /// SHA-1 of the last certificate of the chain.
        thumbprint: Option<String>,
        /// Those of the provider.
        thumbprints: Vec<String>,
    },
    /// The issuer answered, but not with what was asked for.
    #[error("the issuer's answer is of no use: {url}: {why}")]
    IssuerAnswer {
        /// What was asked for.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// The discovery document is of another issuer.
    #[error("the discovery document {url} says its issuer is `{found}`, and the token says `{expected}`")]
    IssuerMismatch {
        /// The discovery document.
        url: String,
        /// Its `issuer`.
        found: String,
        /// The token's `iss`.
        expected: String,
    },
    /// The token's `kid` is not among the issuer's keys.
    #[error("the issuer has no key `{kid}` for {algorithm}; its usable keys are {}", List(.known))]
    UnknownKid {
        /// `kid` of the token.
        kid: String,
        /// `alg` of the token.
        algorithm: String,
        /// The ids of the keys there are.
        known: Vec<String>,
    },
    /// The token has no `kid` and the issuer has not exactly one key.
    #[error("the token's header has no `kid`, which AWS accepts only when the issuer has exactly one key; it has {}: {}", .known.len(), List(.known))]
    NoKid {
        /// The ids of the keys there are.
        known: Vec<String>,
    },
    /// The key is published in a form that AWS does not use.
    #[error("the issuer's key `{kid}` is not usable: {why}")]
    UnusableKey {
        /// The key.
        kid: String,
        /// What is wrong with it.
        why: String,
    },
    /// More keys of one kind than AWS reads.
    #[error("the issuer publishes {count} {key_type} keys, and AWS reads at most {limit}")]
    TooManyKeys {
        /// `RSA` or `EC`.
        key_type: String,
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// `alg` is none of the six that AWS takes.
    #[error("the token is signed with `{algorithm}`; AWS takes RS256, RS384, RS512, ES256, ES384 and ES512")]
    UnsupportedAlgorithm {
        /// `alg` of the token.
        algorithm: String,
    },
    /// The signature is not one of the key that `kid` names.
    #[error(
        "the signature is not one that the issuer's key `{kid}` made with {algorithm}: the token was altered or signed with another key"
    )]
    BadSignature {
        /// The key that was tried.
        kid: String,
        /// `alg` of the token.
        algorithm: String,
    },

    // --- claims that AWS itself defines
    /// The roles claim leaves the role out, or names none.
    #[error("the roles claim of the token allows {}, and the call is for `{role_arn}`", List(.roles))]
    RoleNotInRolesClaim {
        /// `RoleArn`.
        role_arn: String,
        /// What the claim lists.
        roles: Vec<String>,
    },
    /// Session tags, transitive keys or the source identity are not in their form.
    #[error("the claim `{claim}` is not in its form: {why}")]
    MalformedAwsClaim {
        /// The claim.
        claim: String,
        /// What is wrong.
        why: String,
    },

    // --- the role
    /// The account has no such role.
    #[error("account {account} has no role `{role}`{}; it has {}", Nearest(.nearest), List(.roles))]
    NoSuchRole {
        /// Path and name, without the first slash.
        role: String,
        /// The account of `RoleArn`.
        account: String,
        /// The account's roles.
        roles: Vec<String>,
        /// The most similar of them.
        nearest: Option<String>,
    },
    /// The trust policy does not let the token in. The decision is beside this cause in the event.
    #[error("the trust policy of {role_arn} does not allow it ({effect})")]
    TrustPolicyDenied {
        /// The role.
        role_arn: String,
        /// `implicit-deny` or `explicit-deny`.
        effect: String,
    },
    /// The session would have tags and the trust policy does not allow `sts:TagSession`.
    #[error("the session would have tags ({}), and the trust policy of {role_arn} does not allow sts:TagSession ({effect})", List(.tag_keys))]
    TagSessionDenied {
        /// The role.
        role_arn: String,
        /// `implicit-deny` or `explicit-deny`.
        effect: String,
        /// The keys of the tags.
        tag_keys: Vec<String>,
    },
    /// The session would have a source identity and the trust policy does not allow `sts:SetSourceIdentity`.
    #[error(
        "the session would have the source identity `{source_identity}`, and the trust policy of {role_arn} does not allow sts:SetSourceIdentity ({effect})"
    )]
    SourceIdentityDenied {
        /// The role.
        role_arn: String,
        /// `implicit-deny` or `explicit-deny`.
        effect: String,
        /// The identity.
        source_identity: String,
    },
    /// The session would be longer than the role allows.
    #[error(
        "a session of {requested} s was asked for, and {role_arn} allows {maximum} s (MaxSessionDuration)"
    )]
    DurationAboveRoleMaximum {
        /// The role.
        role_arn: String,
        /// `DurationSeconds`.
        requested: u32,
        /// `MaxSessionDuration`.
        maximum: u32,
    },
    /// A session assumed from another session would be longer than AWS allows for any.
    #[error(
        "a session of {requested} s was asked for, and one that is assumed with temporary credentials lasts {limit} s \
         at most, whatever the role allows"
    )]
    DurationAboveChainingLimit {
        /// `DurationSeconds`.
        requested: u32,
        /// The limit.
        limit: u32,
    },
    /// The trust policy is not the obstacle, the caller's own permission is.
    #[error("{caller} has no permission of its own for {action}: {why}")]
    CallerNotAllowed {
        /// Who signed.
        caller: String,
        /// The action.
        action: String,
        /// Why its own permission is needed, or what withholds it.
        why: String,
    },
    /// The root user asks for a role.
    #[error("{caller} is the root user of its account, which cannot assume roles")]
    RootAssumesRole {
        /// Who signed.
        caller: String,
    },
    /// The operation takes other credentials than the caller's.
    #[error("{caller} signed with temporary credentials {}", From(.operation, .origin))]
    WrongKindOfCredentials {
        /// Who signed.
        caller: String,
        /// The operation.
        operation: String,
        /// The operation that the credentials come from, where that is what matters.
        origin: Option<String>,
    },
    /// The session has a source identity, which stays, and another one is asked for.
    #[error(
        "the source identity `{asked}` is asked for, and the calling session has `{inherited}`, which goes on to all \
         sessions assumed from it"
    )]
    SourceIdentityFixed {
        /// `SourceIdentity`.
        asked: String,
        /// That of the calling session.
        inherited: String,
    },
    /// The tags in the parameters do not go together, or not with those of the calling session.
    #[error("the session tags cannot be set: {why}")]
    InvalidSessionTags {
        /// What is wrong.
        why: String,
    },
    /// A code of a device for multi-factor authentication was sent, and there is no such device.
    #[error("{why}")]
    UnusableMfaCode {
        /// What is wrong.
        why: String,
    },
    /// AWS has this parameter, this mock has not.
    #[error("the parameter `{parameter}` is not mocked")]
    ParameterNotMocked {
        /// The parameter.
        parameter: String,
    },
    /// No account is known for an access key id.
    #[error("`{access_key_id}` is no access key of this AWS: {why}")]
    UnknownKeyOwner {
        /// `AccessKeyId`.
        access_key_id: String,
        /// How that is known.
        why: String,
    },
    /// The encoded message is none of AWS's.
    #[error("the message is not one of this AWS, which encodes none")]
    InvalidAuthorizationMessage,
    /// The session policy cannot be read.
    #[error("the session policy cannot be read: {why}")]
    MalformedSessionPolicy {
        /// What is wrong.
        why: String,
    },
    /// Policies and tags do not fit into a session.
    #[error("session policies and tags take {percent} % of what fits into a session")]
    SessionTooLarge {
        /// The size, in percent of the limit.
        percent: usize,
    },

    // --- what IAM keeps
    /// IAM keeps nothing of this name.
    #[error("there is no {what} `{name}` in account {account}{}", Nearest(.nearest))]
    NoSuchEntity {
        /// What was looked for: `role`, `OIDC provider`, `managed policy` …
        what: &'static str,
        /// Its name or ARN.
        name: String,
        /// The account.
        account: String,
        /// The most similar one there is.
        nearest: Option<String>,
    },
    /// IAM keeps one of this name already.
    #[error("the account has a {what} `{name}` already")]
    EntityExists {
        /// What was to be made.
        what: &'static str,
        /// Its name or URL.
        name: String,
    },
    /// What is to be deleted is in use.
    #[error("`{name}` cannot be deleted: {why}")]
    EntityInUse {
        /// Its name or ARN.
        name: String,
        /// What uses it.
        why: String,
    },
    /// A policy document that IAM refuses to keep.
    #[error("IAM refuses the policy document: {why}{}", Hint(.help))]
    RefusedDocument {
        /// What is wrong, and where.
        why: String,
        /// What to write instead, where that is known.
        help: Option<String>,
    },
    /// A quota of IAM is reached.
    #[error("a quota is reached: {why}")]
    QuotaReached {
        /// Which one.
        why: String,
    },
    /// Values that IAM takes one by one and not as they are.
    #[error("{why}")]
    InvalidInput {
        /// What is wrong.
        why: String,
    },
    /// IAM takes no credentials of GetSessionToken and GetFederationToken, unless a device confirmed them.
    #[error("{caller} signed with temporary credentials from {origin}, which cannot call IAM")]
    CredentialsNotForIam {
        /// Who signed.
        caller: String,
        /// Where they come from.
        origin: &'static str,
    },

    // --- the signature of a request
    /// The call needs a signature and has none.
    #[error("the request is not signed{}", Scheme(.scheme))]
    Unsigned {
        /// The scheme of its `Authorization` header, if it has one.
        scheme: Option<String>,
    },
    /// A part of the signature is missing or unreadable.
    #[error("the signature is incomplete: {why}")]
    IncompleteSignature {
        /// Which part.
        why: String,
    },
    /// The request was signed for another region, service or day.
    #[error("the request is signed for the {part} `{found}`, and the endpoint takes {expected}")]
    CredentialScope {
        /// `region`, `service`, `terminator` or `date`.
        part: &'static str,
        /// What the scope says.
        found: String,
        /// What it should say.
        expected: String,
    },
    /// The clock of the client is off, or the request was kept too long.
    #[error("the request was signed at {signed}, and it is {now}")]
    RequestTime {
        /// The time the client states.
        signed: Timestamp,
        /// The host's time.
        now: Timestamp,
    },
    /// No such access key.
    #[error("there is no access key `{access_key_id}`")]
    UnknownAccessKey {
        /// The access key id.
        access_key_id: String,
    },
    /// A temporary access key without its session token.
    #[error(
        "`{access_key_id}` is a temporary access key, and the request has no session token (`AWS_SESSION_TOKEN`)"
    )]
    NoSessionToken {
        /// The access key id.
        access_key_id: String,
    },
    /// The session token does not belong here or not to this key.
    #[error("the session token that came with `{access_key_id}` is not good: {why}")]
    BadSessionToken {
        /// The access key id.
        access_key_id: String,
        /// What is wrong.
        why: String,
    },
    /// The session has ended.
    #[error("the session of `{access_key_id}` ended at {expired}, and it is {now}")]
    SessionExpired {
        /// The access key id.
        access_key_id: String,
        /// When it ended.
        expired: Timestamp,
        /// The world's time.
        now: Timestamp,
    },
    /// The role of the session was deleted, or another one has its name.
    #[error("the role behind the session {session} (`{role_id}`) is no longer there")]
    RoleOfSessionGone {
        /// The access key id.
        access_key_id: String,
        /// The session.
        session: String,
        /// The unique id of its role.
        role_id: String,
    },
    /// The signature is not the one that the secret key gives.
    #[error("the signature is not the one that the secret key of `{access_key_id}` gives for this request{}", Absent(.absent_headers))]
    WrongSignature {
        /// The access key id.
        access_key_id: String,
        /// Headers that are listed as signed and are not in the request.
        absent_headers: Vec<String>,
        /// The canonical request as the server sees it, the session token taken out.
        canonical_request: String,
        /// The string to sign as the server sees it.
        string_to_sign: String,
    },
}

impl Cause {
    /// The names of all causes, as `kind` has them.
    pub const NAMES: &'static [&'static str] = Cause::VARIANTS;

    /// The cause's name, as `kind` has it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }
}

/// "`a`, `b` and 3 more", or "none".
struct List<'a>(&'a [String]);

impl fmt::Display for List<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        if self.0.is_empty() {
            return out.write_str("none");
        }
        for (index, item) in self.0.iter().take(SHOWN).enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(out, "{comma}`{item}`")?;
        }
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(out, " and {more} more"),
        }
    }
}

/// Texts joined by "; ".
struct Sentences<'a>(&'a [String]);

impl fmt::Display for Sentences<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.join("; "))
    }
}

/// A number of seconds in the unit a person would use.
struct Seconds(i64);

impl fmt::Display for Seconds {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            seconds @ ..600 => write!(out, "{seconds} s"),
            seconds @ 600..7200 => write!(out, "{} min", seconds / 60),
            seconds @ 7200..172_800 => write!(out, "{} h", seconds / 3600),
            seconds => write!(out, "{} days", seconds / 86_400),
        }
    }
}

macro_rules! tail {
    ($(#[$doc:meta])* $name:ident($type:ty), $value:ident, $out:ident => $body:expr) => {
        $(#[$doc])*
        struct $name<'a>(&'a $type);

        impl fmt::Display for $name<'_> {
            fn fmt(&self, $out: &mut fmt::Formatter<'_>) -> fmt::Result {
                let $value = self.0;
                $body
            }
        }
    };
}

tail!(
    /// " (did you mean `x`?)"
    Nearest(Option<String>), value, out => match value {
        Some(name) => write!(out, " (did you mean `{name}`?)"),
        None => Ok(()),
    }
);
tail!(
    /// ": what to look at"
    Hint(Option<String>), value, out => match value {
        Some(hint) => write!(out, ": {hint}"),
        None => Ok(()),
    }
);
tail!(
    /// "; account `x` has one"
    Elsewhere(Vec<String>), value, out => match value.as_slice() {
        [] => Ok(()),
        accounts => write!(out, "; a provider for it is in {}", List(accounts)),
    }
);
/// "from GetFederationToken, which cannot call AssumeRole".
struct From<'a>(&'a str, &'a Option<String>);

impl fmt::Display for From<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(origin) => write!(out, "from {origin}, which cannot call {}", self.0),
            None => write!(out, "and {} takes long-term access keys only", self.0),
        }
    }
}

tail!(
    /// A value or "nothing".
    Optional(Option<String>), value, out => out.write_str(value.as_deref().unwrap_or("nothing"))
);
tail!(
    /// " (its `Authorization` is of the scheme `x`)"
    Scheme(Option<String>), value, out => match value {
        Some(scheme) => write!(out, " (its `Authorization` is of the scheme `{scheme}`)"),
        None => Ok(()),
    }
);
tail!(
    /// "; headers listed as signed are absent"
    Absent(Vec<String>), value, out => match value.as_slice() {
        [] => Ok(()),
        headers => write!(out, "; signed headers are missing from it: {}", List(headers)),
    }
);
