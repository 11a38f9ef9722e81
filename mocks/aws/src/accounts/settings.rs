//! How an IAM differs from today's.

use jiff::SignedDuration;

/// What a world may choose of its IAM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct IamSettings {
    /// Whether trust in an OIDC provider that many customers share has to be scoped, whenever a trust policy is written
    /// ("Identity-provider controls for shared OIDC providers", IAM User Guide). An AWS from before June 2025 does not ask
    /// for it.
    pub shared_provider_control: bool,
    /// How long a change takes to be seen by reading operations, by STS and by whatever asks for permissions, by the world's
    /// clock. At AWS it takes some seconds; here it is seen at once unless a world wants it otherwise.
    pub propagation: SignedDuration,
}

impl Default for IamSettings {
    fn default() -> Self {
        IamSettings {
            shared_provider_control: true,
            propagation: SignedDuration::ZERO,
        }
    }
}

impl IamSettings {
    /// The same without the control of shared providers.
    #[must_use]
    pub fn without_shared_provider_control(self) -> Self {
        IamSettings {
            shared_provider_control: false,
            ..self
        }
    }

    /// The same with changes that take this long to be seen.
    #[must_use]
    pub fn with_propagation(self, propagation: SignedDuration) -> Self {
        IamSettings { propagation, ..self }
    }
}
