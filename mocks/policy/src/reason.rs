//! Why something matched or did not.
//!
//! Each reason is machine-readable ([`Reason::code`] and its fields), has one sentence for a person (`Display`), and where a
//! fix is known the edit ([`Reason::suggestion`]).

mod suggestion;
mod words;

use serde::Serialize;
use strum::{IntoStaticStr, VariantNames};

use crate::edit::Edit;

/// Why a decision, an element or a condition came out as it did.
///
/// Serialised as an object whose `code` is the variant's name in kebab case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, IntoStaticStr, VariantNames)]
#[serde(tag = "code", rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Reason {
    // ---- the decision
    /// An Allow statement matched, and no Deny.
    AllowedBy {
        /// The statement.
        statement: usize,
        /// Its `Sid`.
        sid: Option<String>,
    },
    /// A Deny statement matched.
    DeniedBy {
        /// The statement.
        statement: usize,
        /// Its `Sid`.
        sid: Option<String>,
    },
    /// No Allow statement matched.
    NothingAllows {
        /// The action asked for.
        action: String,
    },

    // ---- principals
    /// The element names the caller.
    PrincipalNamed {
        /// The entry.
        value: String,
    },
    /// `NotPrincipal` does not name the caller.
    PrincipalNotExcepted {
        /// The caller.
        request: String,
    },
    /// `NotPrincipal` names the caller.
    PrincipalExcepted {
        /// The caller.
        request: String,
    },
    /// The provider of another issuer.
    OtherProvider {
        /// The issuer trusted.
        trusted: String,
        /// The caller's issuer.
        issuer: String,
        /// Name the caller's provider instead.
        edit: Option<Edit>,
    },
    /// The right provider in another account.
    OtherAccount {
        /// The account named.
        named: String,
        /// The account of the caller or its provider.
        account: String,
        /// Name that account instead.
        edit: Option<Edit>,
    },
    /// The right name under the wrong type of principal.
    OtherPrincipalType {
        /// The type it stands under.
        written: String,
        /// The caller's type.
        wanted: String,
        /// Move it.
        edit: Option<Edit>,
    },
    /// `*` or `{"AWS": "*"}` where a web identity asks.
    EveryoneIsNoWebIdentity {
        /// The caller's provider.
        provider: String,
        /// Name the provider.
        edit: Option<Edit>,
    },
    /// The provider's URL or host where its ARN belongs.
    ProviderWithoutArn {
        /// As written.
        value: String,
        /// The provider's ARN.
        provider: String,
        /// Write the ARN.
        edit: Option<Edit>,
    },
    /// Equal but for letter case.
    PrincipalCaseDiffers {
        /// As written.
        value: String,
        /// The caller.
        request: String,
        /// Write the caller's.
        edit: Option<Edit>,
    },
    /// Equal but for a trailing slash.
    PrincipalTrailingSlash {
        /// As written.
        value: String,
        /// The caller.
        request: String,
        /// Write the caller's.
        edit: Option<Edit>,
    },
    /// A wildcard in part of a principal.
    PrincipalWildcard {
        /// As written.
        value: String,
        /// The caller.
        request: String,
        /// Write the caller's.
        edit: Option<Edit>,
    },
    /// Some other caller is named.
    OtherPrincipal {
        /// Those named.
        named: Vec<String>,
        /// The caller.
        request: String,
        /// Write the caller's.
        edit: Option<Edit>,
    },

    // ---- actions and resources
    /// A pattern covers the action.
    ActionCovered {
        /// The pattern.
        pattern: String,
    },
    /// `NotAction` does not cover the action.
    ActionNotExcepted {
        /// The action asked for.
        action: String,
    },
    /// `NotAction` covers the action.
    ActionExcepted {
        /// The action asked for.
        action: String,
    },
    /// Another action of the family: `sts:AssumeRole` where a job calls `sts:AssumeRoleWithWebIdentity`.
    OtherAssumeAction {
        /// The actions listed.
        listed: Vec<String>,
        /// The action asked for.
        action: String,
        /// Write the action asked for, or add it.
        edit: Option<Edit>,
    },
    /// Some other action.
    OtherAction {
        /// The actions listed.
        listed: Vec<String>,
        /// The action asked for.
        action: String,
    },
    /// A pattern covers the resource.
    ResourceCovered {
        /// The pattern.
        pattern: String,
    },
    /// `NotResource` does not cover the resource.
    ResourceNotExcepted {
        /// The resource asked for.
        resource: String,
    },
    /// `NotResource` covers the resource.
    ResourceExcepted {
        /// The resource asked for.
        resource: String,
    },
    /// A bucket where its objects are meant.
    BucketWithoutObjects {
        /// The bucket's ARN as written.
        bucket: String,
        /// The object asked for.
        resource: String,
        /// Write the objects' ARN.
        edit: Option<Edit>,
    },
    /// A bucket's objects where the bucket is meant.
    ObjectsWithoutBucket {
        /// The objects' ARN as written.
        objects: String,
        /// The bucket asked for.
        resource: String,
        /// Write the bucket's ARN.
        edit: Option<Edit>,
    },
    /// Equal but for letter case.
    ResourceCaseDiffers {
        /// As written.
        value: String,
        /// The resource asked for.
        resource: String,
        /// Write the request's.
        edit: Option<Edit>,
    },
    /// Some other resource.
    OtherResource {
        /// The resources listed.
        listed: Vec<String>,
        /// The resource asked for; `None` if the request has none.
        resource: Option<String>,
    },

    // ---- conditions that hold
    /// A value matched as the operator wants.
    ValueMatches {
        /// The key.
        key: String,
        /// The request's value.
        request: String,
        /// The policy's value.
        value: String,
    },
    /// A negated operator, and none of the values matched.
    NoneMatches {
        /// The key.
        key: String,
        /// The request's value.
        request: String,
    },
    /// `Null` got the absence or presence it asks for.
    NullHolds {
        /// The key.
        key: String,
        /// Whether the key is absent.
        absent: bool,
    },
    /// A negated operator on an absent key is true: the condition restricts nothing.
    NegatedOnAbsentKey {
        /// The key.
        key: String,
        /// The operator.
        operator: String,
        /// Why the key is absent, if it can be told.
        absence: Option<Box<Reason>>,
    },
    /// `IfExists` on an absent key is true.
    IfExistsOnAbsentKey {
        /// The key.
        key: String,
        /// The operator.
        operator: String,
        /// Why the key is absent, if it can be told.
        absence: Option<Box<Reason>>,
    },
    /// `ForAllValues` on an absent or empty key is true.
    ForAllValuesOnAbsentKey {
        /// The key.
        key: String,
        /// The operator.
        operator: String,
        /// Why the key is absent, if it can be told.
        absence: Option<Box<Reason>>,
    },
    /// It holds, but the operator's set prefix is meant for keys with several values.
    SetOperatorOnSingleValue {
        /// The key.
        key: String,
        /// The operator.
        operator: String,
        /// The request's value.
        request: String,
        /// Drop the prefix.
        edit: Option<Edit>,
    },

    // ---- conditions whose key is absent
    /// The request has no such key.
    KeyAbsent {
        /// The key.
        key: String,
        /// The claim it stands for, if it is a key of the token's issuer: the token does not carry it.
        claim: Option<String>,
    },
    /// The key belongs to another issuer's tokens.
    OtherIssuersKey {
        /// The key.
        key: String,
        /// The issuer it belongs to.
        keys_issuer: String,
        /// The caller's issuer.
        issuer: String,
        /// Name the caller's issuer.
        edit: Option<Edit>,
    },
    /// AWS has no condition key for this claim of this provider.
    KeyNotOffered {
        /// The key.
        key: String,
        /// The claim.
        claim: String,
        /// The caller's issuer.
        issuer: String,
        /// The claims it has keys for.
        offered: Vec<String>,
        /// A claim that serves the purpose, in words.
        instead: Option<String>,
        /// Compare that one.
        edit: Option<Edit>,
    },
    /// The key begins with `https://`.
    KeyWithScheme {
        /// The key.
        key: String,
        /// The key it should be.
        wanted: String,
        /// Write it.
        edit: Option<Edit>,
    },
    /// The issuer in the key has a slash at its end, or lacks the one its provider has.
    KeyTrailingSlash {
        /// The key.
        key: String,
        /// The key it should be.
        wanted: String,
        /// Write it.
        edit: Option<Edit>,
    },
    /// The key begins with the provider's ARN.
    KeyWithArn {
        /// The key.
        key: String,
        /// The key it should be.
        wanted: String,
        /// Write it.
        edit: Option<Edit>,
    },
    /// The key is near one that is there.
    KeyMisspelt {
        /// The key.
        key: String,
        /// The key it should be.
        wanted: String,
        /// Write it.
        edit: Option<Edit>,
    },

    // ---- conditions whose values differ
    /// `*` or `?` under an operator that compares literally.
    WildcardUnderLiteral {
        /// The key.
        key: String,
        /// The operator.
        operator: String,
        /// The value with the wildcard.
        value: String,
        /// The request's value.
        request: String,
        /// The operator that knows wildcards.
        wanted: String,
        /// Whether the value would match under that operator.
        would_match: bool,
        /// Use it.
        edit: Option<Edit>,
    },
    /// Equal but for letter case.
    CaseDiffers {
        /// The key.
        key: String,
        /// The policy's value.
        value: String,
        /// The request's value.
        request: String,
        /// Write the request's.
        edit: Option<Edit>,
    },
    /// Equal but for a trailing slash.
    TrailingSlashDiffers {
        /// The key.
        key: String,
        /// The policy's value.
        value: String,
        /// The request's value.
        request: String,
        /// Write the request's.
        edit: Option<Edit>,
    },
    /// Equal but for `https://`.
    SchemeDiffers {
        /// The key.
        key: String,
        /// The policy's value.
        value: String,
        /// The request's value.
        request: String,
        /// Write the request's.
        edit: Option<Edit>,
    },
    /// Equal but for white space at the ends.
    BlankDiffers {
        /// The key.
        key: String,
        /// The policy's value.
        value: String,
        /// The request's value.
        request: String,
        /// Write the request's.
        edit: Option<Edit>,
    },
    /// The audience passed the provider's client list and is not in the condition.
    AudienceNotInCondition {
        /// The key.
        key: String,
        /// The token's audience.
        request: String,
        /// Those the condition lists.
        values: Vec<String>,
        /// Write the token's.
        edit: Option<Edit>,
    },
    /// A GitHub subject where a GitLab token is compared.
    GithubSubject {
        /// The policy's value.
        value: String,
        /// The token's subject.
        request: String,
        /// What would match.
        edit: Option<Edit>,
    },
    /// `ref:refs/heads/main`: GitLab's subject has the short name.
    FullRefInSubject {
        /// The policy's value.
        value: String,
        /// The token's subject.
        request: String,
        /// What would match.
        edit: Option<Edit>,
    },
    /// `ref_type:mr` and the like: merge request pipelines have the type `branch`.
    UnknownRefType {
        /// The policy's value.
        value: String,
        /// The type it asks for.
        ref_type: String,
        /// The token's subject.
        request: String,
        /// What would match.
        edit: Option<Edit>,
    },
    /// A URL where the project's path belongs.
    ProjectUrlInSubject {
        /// The policy's value.
        value: String,
        /// The token's subject.
        request: String,
        /// What would match.
        edit: Option<Edit>,
    },
    /// The subject has other components than the pattern.
    SubjectFormDiffers {
        /// The policy's value.
        value: String,
        /// The token's subject.
        request: String,
        /// The components of the token's subject.
        components: Vec<String>,
        /// What would match.
        edit: Option<Edit>,
    },
    /// One component of the subject differs, the first if there are more.
    SubjectDiffers {
        /// The component: `project_path`, `ref_type`, `ref` …
        component: String,
        /// What the pattern asks for there.
        wanted: String,
        /// What the token has there.
        given: String,
        /// The policy's value: the nearest one.
        value: String,
        /// The token's subject.
        request: String,
        /// The nearest pattern that would match.
        edit: Option<Edit>,
    },
    /// None of the policy's values is met, and nothing better is known.
    ValuesDiffer {
        /// The key.
        key: String,
        /// The operator.
        operator: String,
        /// The policy's values.
        values: Vec<String>,
        /// The request's values.
        request: Vec<String>,
        /// Write the request's value for the nearest of the policy's.
        edit: Option<Edit>,
    },
    /// A negated operator met one of its values.
    ForbiddenValue {
        /// The key.
        key: String,
        /// The operator.
        operator: String,
        /// The request's value.
        request: String,
        /// The policy's value that it meets.
        value: String,
    },
    /// An ordering does not hold.
    ComparisonFails {
        /// The key.
        key: String,
        /// The request's value.
        request: String,
        /// The relation in words: `less than` …
        relation: String,
        /// The policy's values.
        values: Vec<String>,
    },
    /// An address outside the ranges.
    AddressOutside {
        /// The key.
        key: String,
        /// The request's address.
        request: String,
        /// The ranges.
        values: Vec<String>,
    },
    /// One part of an ARN differs.
    ArnPartDiffers {
        /// The key.
        key: String,
        /// The part: `partition`, `service`, `region`, `account`, `resource`.
        part: String,
        /// The policy's value.
        value: String,
        /// The request's value.
        request: String,
    },
    /// The condition has an empty list of values.
    NoValues {
        /// The key.
        key: String,
    },
    /// An operator without set prefix on a key with several values.
    PlainOperatorOnManyValues {
        /// The key.
        key: String,
        /// The operator.
        operator: String,
        /// The request's values.
        request: Vec<String>,
        /// Add `ForAnyValue:`.
        edit: Option<Edit>,
    },
    /// Under `ForAllValues` these request values are covered by no policy value.
    NotAllCovered {
        /// The key.
        key: String,
        /// Those left over.
        left_over: Vec<String>,
    },
    /// The policy's value is not of the operator's type.
    ValueOfWrongType {
        /// The key.
        key: String,
        /// The operator.
        operator: String,
        /// The policy's value.
        value: String,
        /// What it has to be.
        wanted: String,
    },
    /// The request's value is not of the operator's type.
    RequestOfWrongType {
        /// The key.
        key: String,
        /// The operator.
        operator: String,
        /// The request's value.
        request: String,
        /// What it has to be.
        wanted: String,
    },
    /// The policy's value has to be an ARN and is none: an Allow does not match then, and a Deny does.
    MalformedArn {
        /// The key.
        key: String,
        /// The policy's value.
        value: String,
        /// Whether the statement is a Deny.
        denies: bool,
    },
    /// A policy variable has no value in this request and no default.
    VariableWithoutValue {
        /// The policy's value.
        value: String,
        /// The variable's key.
        variable: String,
    },
    /// `${…}` is only text because the policy's version does not know variables.
    VariableInOldVersion {
        /// The policy's value.
        value: String,
        /// Set the version.
        edit: Option<Edit>,
    },
    /// `Null` asks for the key to be there, and it is not, or the other way round.
    NullFails {
        /// The key.
        key: String,
        /// Whether the key is absent.
        absent: bool,
        /// Why the key is absent, if it is and it can be told.
        absence: Option<Box<Reason>>,
    },
}

impl Reason {
    /// The stable names of all reasons.
    pub const CODES: &'static [&'static str] = Reason::VARIANTS;

    /// The stable name of the reason: what its JSON has as `code`.
    pub fn code(&self) -> &'static str {
        self.into()
    }
}
