//! Why an action element did or did not cover the action.

use super::{Situation, replace};
use crate::document::ActionElement;
use crate::edit::{Edit, json_string};
use crate::reason::Reason;

/// The actions a role's trust policy speaks of.
const FAMILY: [&str; 5] = [
    "sts:assumerole",
    "sts:assumerolewithwebidentity",
    "sts:assumerolewithsaml",
    "sts:tagsession",
    "sts:setsourceidentity",
];

impl Situation<'_> {
    /// The reason for an action element's outcome.
    pub(crate) fn action(&self, element: &ActionElement, matched: bool) -> Reason {
        let action = self.request.request.action.to_owned();
        match (element.negated, matched) {
            (true, true) => Reason::ActionNotExcepted { action },
            (true, false) => Reason::ActionExcepted { action },
            (false, true) => {
                let pattern = element.values.iter().find(|value| value.matches(self.request));
                Reason::ActionCovered {
                    pattern: pattern.map_or(action, |value| value.text.clone()),
                }
            }
            (false, false) => {
                let listed: Vec<String> = element.values.iter().map(|value| value.text.clone()).collect();
                let is_sts = listed
                    .iter()
                    .any(|text| text.to_ascii_lowercase().starts_with("sts:"));
                if is_sts && FAMILY.contains(&self.request.action.as_str()) {
                    let edit = self.action_edit(element, &action);
                    return Reason::OtherAssumeAction { listed, action, edit };
                }
                Reason::OtherAction { listed, action }
            }
        }
    }

    /// An `AssumeRole…` action takes the place of another; `TagSession` and `SetSourceIdentity` come beside it.
    fn action_edit(&self, element: &ActionElement, action: &str) -> Option<Edit> {
        let assumes = |text: &str| text.to_ascii_lowercase().starts_with("sts:assumerole");
        if assumes(action)
            && let [only] = element.values.as_slice()
            && assumes(&only.text)
        {
            return replace(&only.span, &only.text, action);
        }
        let list: Vec<String> = element
            .values
            .iter()
            .map(|value| value.text.as_str())
            .chain([action])
            .map(json_string)
            .collect();
        Some(Edit {
            span: element.span.clone(),
            replacement: format!("[{}]", list.join(", ")),
            words: format!("add `{action}` to the actions"),
        })
    }
}
