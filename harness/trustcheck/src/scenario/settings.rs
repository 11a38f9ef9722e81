//! `--set NAME=VALUE`: values that take the place of those in a scenario's `variables:`.

use super::Variable;

/// The settings of a run, and which of them were of use.
#[derive(Debug)]
pub struct Settings {
    values: Vec<(String, String, bool)>,
}

impl Settings {
    /// Settings of these names and values. Of one name given twice, the last value counts.
    #[must_use]
    pub fn new(values: &[(String, String)]) -> Settings {
        let mut kept: Vec<(String, String, bool)> = Vec::new();
        for (name, value) in values {
            kept.retain(|(known, _, _)| known != name);
            kept.push((name.clone(), value.clone(), false));
        }
        Settings { values: kept }
    }

    /// Puts the settings in place of the variables of the same names.
    pub(super) fn apply(&mut self, variables: &mut [Variable]) {
        for (name, value, used) in &mut self.values {
            for variable in variables.iter_mut().filter(|variable| variable.name == *name) {
                variable.value.clone_from(value);
                *used = true;
            }
        }
    }

    /// A setting that no variable took: most likely a slip.
    #[must_use]
    pub fn unused(&self) -> Option<&str> {
        self.values
            .iter()
            .find(|(_, _, used)| !used)
            .map(|(name, _, _)| name.as_str())
    }
}
