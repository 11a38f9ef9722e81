//! The expanders of variables. GitLab has two and the runner a third, and they differ in what they do with `$$`,
//! with undefined names and with references to references.
//!
//! | | [`audience`] | [`collection`] | [`environment`] |
//! |---|---|---|---|
//! | who | GitLab, for `aud` | GitLab, for the payload of the runner | the runner, for the job's environment |
//! | forms | `$A`, `${A}`, `%A%` | `$A`, `${A}`, `%A%` | `$A`, `${A}` |
//! | undefined | nothing | stays as written | nothing |
//! | `$$` | an ordinary `$`, then what follows | stays as written | `$` |
//! | references in the values | stay | expand | stay |
//!
//! Source: GitLab docs, "Where variables can be used"; the code of both.

pub mod audience;
pub mod collection;
pub mod environment;
mod reference;
mod variable;

pub use variable::Variable;
