//! Why a resource element did or did not cover the resource.

use super::{Situation, replace};
use crate::document::{ResourceElement, ResourcePattern};
use crate::pattern::Pattern;
use crate::reason::Reason;

impl Situation<'_> {
    /// The reason for a resource element's outcome.
    pub(crate) fn resource(&self, element: &ResourceElement, matched: bool) -> Reason {
        let resource = self.request.resource().to_owned();
        let unresolved = element.values.iter().find_map(|value| {
            let variable = value.template.resolve(self.request.request.context).err()?;
            Some(Reason::VariableWithoutValue {
                value: value.text.clone(),
                variable: variable.0.to_owned(),
            })
        });
        match (element.negated, matched) {
            (true, true) => Reason::ResourceNotExcepted { resource },
            (true, false) => Reason::ResourceExcepted { resource },
            (false, true) => {
                let pattern = element.values.iter().find(|value| value.matches(self.request));
                Reason::ResourceCovered {
                    pattern: pattern.map_or(resource, |value| value.text.clone()),
                }
            }
            (false, false) => {
                let near = element
                    .values
                    .iter()
                    .find_map(|value| near_miss(value, &resource));
                let other = || Reason::OtherResource {
                    listed: element.values.iter().map(|value| value.text.clone()).collect(),
                    resource: self.request.request.resource.map(str::to_owned),
                };
                near.or(unresolved).unwrap_or_else(other)
            }
        }
    }
}

fn near_miss(value: &ResourcePattern, resource: &str) -> Option<Reason> {
    let text = &value.text;
    let resource = resource.to_owned();
    let is_s3 = text.split(':').nth(2) == Some("s3");
    if is_s3 && Pattern::parse(&format!("{text}/*")).matches(&resource) {
        let edit = replace(&value.span, text, &format!("{text}/*"));
        return Some(Reason::BucketWithoutObjects {
            bucket: text.clone(),
            resource,
            edit,
        });
    }
    if is_s3
        && let Some(bucket) = text.strip_suffix("/*")
        && Pattern::parse(bucket).matches(&resource)
    {
        let edit = replace(&value.span, text, bucket);
        return Some(Reason::ObjectsWithoutBucket {
            objects: text.clone(),
            resource,
            edit,
        });
    }
    if Pattern::parse(&text.to_lowercase()).matches(&resource.to_lowercase()) {
        let edit = replace(&value.span, text, &resource);
        return Some(Reason::ResourceCaseDiffers {
            value: text.clone(),
            resource,
            edit,
        });
    }
    None
}
