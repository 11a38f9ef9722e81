//! The parameters of a call.

use std::collections::BTreeMap;

use form_urlencoded::parse;

/// Names and values in the order sent: those of the query string, then those of the form. Where a name comes
/// twice, the first counts (recorded AWS behaviour for `Action` and `Version`). Bytes that are not UTF-8 become
/// U+FFFD, and a `%` that begins no escape stands for itself, as lenient form decoders have it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads a query string and the body of a form.
    pub(crate) fn read(query: &str, form: &[u8]) -> Self {
        let mut parameters = Vec::new();
        for pair in [query.as_bytes(), form]
            .into_iter()
            .flat_map(|pairs| pairs.split(|byte| *byte == b'&'))
        {
            match plain(pair) {
                Some((name, value)) => parameters.push((name.to_owned(), value.to_owned())),
                None => parameters.extend(parse(pair).into_owned()),
            }
        }
        Parameters(parameters)
    }

    /// The value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether there is a parameter of this name, or a part of one.
    pub(crate) fn has(&self, name: &str) -> bool {
        let mut names = self.0.iter().filter_map(|(found, _)| found.strip_prefix(name));
        names.any(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// The members of a list of structures, by `N`: of each the values of `<list>.member.<N>.<field>`. Numbers may have
    /// gaps; fields that the structure has not are ignored.
    pub(crate) fn structures<const FIELDS: usize>(
        &self,
        list: &str,
        fields: [&str; FIELDS],
    ) -> Vec<[Option<&str>; FIELDS]> {
        let mut members: BTreeMap<u32, [Option<&str>; FIELDS]> = BTreeMap::new();
        for (name, value) in &self.0 {
            let Some((number, field)) = name
                .strip_prefix(list)
                .and_then(|rest| rest.strip_prefix(".member."))
                .and_then(|rest| rest.split_once('.'))
            else {
                continue;
            };
            let (Ok(number), Some(place)) = (number.parse(), fields.iter().position(|it| *it == field))
            else {
                continue;
            };
            members.entry(number).or_insert([None; FIELDS])[place].get_or_insert(value);
        }
        members.into_values().collect()
    }

    /// The values of `<list>.member.<N>.<field>`, or of `<list>.member.<N>` if there is no field, by `N`.
    /// Numbers may have gaps. Members that are not numbers are ignored, as unknown parameters are.
    pub(crate) fn list(&self, list: &str, field: Option<&str>) -> Vec<&str> {
        let mut members: Vec<(u32, &str)> = self
            .0
            .iter()
            .filter_map(|(name, value)| {
                let rest = name.strip_prefix(list)?.strip_prefix(".member.")?;
                let number = match field {
                    Some(field) => rest.strip_suffix(field)?.strip_suffix('.')?,
                    None => rest,
                };
                Some((number.parse().ok()?, value.as_str()))
            })
            .collect();
        members.sort_by_key(|(number, _)| *number);
        members.dedup_by_key(|(number, _)| *number);
        members.into_iter().map(|(_, value)| value).collect()
    }
}

/// A name and a value in which nothing is escaped, as tokens are.
fn plain(pair: &[u8]) -> Option<(&str, &str)> {
    if pair.is_empty() || pair.contains(&b'%') || pair.contains(&b'+') {
        return None;
    }
    let pair = std::str::from_utf8(pair).ok()?;
    Some(pair.split_once('=').unwrap_or((pair, "")))
}
