//! What plain scalars stand for: one module a schema.

pub mod core;
pub mod psych;
