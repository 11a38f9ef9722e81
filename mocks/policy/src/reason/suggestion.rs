//! The edit that goes with a reason.

use super::Reason;
use crate::edit::Edit;

impl Reason {
    /// The change to the policy's text that would help, where one is known.
    pub fn suggestion(&self) -> Option<Edit> {
        self.edit().cloned()
    }

    fn edit(&self) -> Option<&Edit> {
        match self {
            Self::OtherProvider { edit, .. }
            | Self::OtherAccount { edit, .. }
            | Self::OtherPrincipalType { edit, .. }
            | Self::EveryoneIsNoWebIdentity { edit, .. }
            | Self::ProviderWithoutArn { edit, .. }
            | Self::PrincipalCaseDiffers { edit, .. }
            | Self::PrincipalTrailingSlash { edit, .. }
            | Self::PrincipalWildcard { edit, .. }
            | Self::OtherPrincipal { edit, .. }
            | Self::OtherAssumeAction { edit, .. }
            | Self::BucketWithoutObjects { edit, .. }
            | Self::ObjectsWithoutBucket { edit, .. }
            | Self::ResourceCaseDiffers { edit, .. }
            | Self::SetOperatorOnSingleValue { edit, .. }
            | Self::OtherIssuersKey { edit, .. }
            | Self::KeyNotOffered { edit, .. }
            | Self::KeyWithScheme { edit, .. }
            | Self::KeyTrailingSlash { edit, .. }
            | Self::KeyWithArn { edit, .. }
            | Self::KeyMisspelt { edit, .. }
            | Self::WildcardUnderLiteral { edit, .. }
            | Self::CaseDiffers { edit, .. }
            | Self::TrailingSlashDiffers { edit, .. }
            | Self::SchemeDiffers { edit, .. }
            | Self::BlankDiffers { edit, .. }
            | Self::AudienceNotInCondition { edit, .. }
            | Self::GithubSubject { edit, .. }
            | Self::FullRefInSubject { edit, .. }
            | Self::UnknownRefType { edit, .. }
            | Self::ProjectUrlInSubject { edit, .. }
            | Self::SubjectFormDiffers { edit, .. }
            | Self::SubjectDiffers { edit, .. }
            | Self::ValuesDiffer { edit, .. }
            | Self::PlainOperatorOnManyValues { edit, .. }
            | Self::VariableInOldVersion { edit, .. } => edit.as_ref(),
            Self::NegatedOnAbsentKey { absence, .. }
            | Self::IfExistsOnAbsentKey { absence, .. }
            | Self::ForAllValuesOnAbsentKey { absence, .. }
            | Self::NullFails { absence, .. } => absence.as_deref().and_then(Self::edit),
            _ => None,
        }
    }
}
