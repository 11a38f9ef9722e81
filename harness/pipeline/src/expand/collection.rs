//! GitLab's expansion of a job's variables among themselves, before the runner gets them.
//!
//! Values expand recursively and in any order; undefined names, `$$` and `%%`, and references to raw and file
//! variables stay as written for the runner. Variables that refer to each other in a circle are an error when the
//! pipeline is created; one that refers to itself is not, and sees an earlier variable of the same name or nothing.

use std::collections::HashMap;

use crate::expand::Variable;
use crate::expand::reference::{Piece, pieces};

/// Bytes that all values together may grow to.
const MAX_BYTES: usize = 16 << 20;

/// Why variables do not expand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Variables refer to each other in circles. GitLab's words.
    #[error("circular variable reference detected: {}", circles(.0))]
    Circular(Vec<Vec<String>>),
    /// The values grow beyond any use.
    #[error("variable `{0}` expands to too much")]
    TooLarge(String),
}

fn circles(circles: &[Vec<String>]) -> String {
    circles
        .iter()
        .map(|circle| format!("{circle:?}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Expands variables among themselves. They come back in the order in which they depend on each other; of one name
/// the last counts.
///
/// # Errors
/// A circle, or values that grow too large.
pub fn expand(variables: &[Variable]) -> Result<Vec<Variable>, Error> {
    let mut by_key: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, variable) in variables.iter().enumerate() {
        by_key.entry(&variable.key).or_default().push(place);
    }
    let graph: Vec<Vec<usize>> = variables
        .iter()
        .map(|variable| {
            let names = references(variable).filter_map(|name| by_key.get(name));
            names.flatten().copied().collect()
        })
        .collect();
    let components = components(&graph);
    let circular: Vec<Vec<String>> = components
        .iter()
        .filter(|component| component.len() > 1)
        .map(|component| {
            component
                .iter()
                .map(|place| variables[*place].key.clone())
                .collect()
        })
        .collect();
    if !circular.is_empty() {
        return Err(Error::Circular(circular));
    }
    let mut expanded: Vec<Variable> = Vec::with_capacity(variables.len());
    let mut latest: HashMap<&str, usize> = HashMap::new();
    let mut left = MAX_BYTES;
    for place in components.into_iter().flatten() {
        let variable = &variables[place];
        let value = value(
            variable,
            |key| latest.get(key).map(|place| &expanded[*place]),
            left,
        );
        let value = value.ok_or_else(|| Error::TooLarge(variable.key.clone()))?;
        left = left.saturating_sub(value.len());
        latest.insert(&variable.key, expanded.len());
        expanded.push(Variable {
            value,
            ..variable.clone()
        });
    }
    Ok(expanded)
}

fn references(variable: &Variable) -> impl Iterator<Item = &str> {
    let text = if variable.raw { "" } else { variable.value.as_str() };
    pieces(text, true).into_iter().filter_map(|piece| match piece {
        Piece::Reference { name, .. } => Some(name),
        Piece::Text(_) | Piece::Escape(_) => None,
    })
}

/// A variable's value with the variables before it filled in, if it does not exceed the limit.
fn value<'v>(
    variable: &Variable,
    lookup: impl Fn(&str) -> Option<&'v Variable>,
    limit: usize,
) -> Option<String> {
    if variable.raw {
        return (variable.value.len() <= limit).then(|| variable.value.clone());
    }
    let mut text = String::new();
    for piece in pieces(&variable.value, true) {
        text.push_str(match piece {
            Piece::Text(plain) | Piece::Escape(plain) => plain,
            Piece::Reference { name, written } => match lookup(name) {
                Some(referenced) if !referenced.raw && !referenced.file => &referenced.value,
                // The runner fills in paths, raw values and nothing for undefined names.
                _ => written,
            },
        });
        if text.len() > limit {
            return None;
        }
    }
    Some(text)
}

/// The strongly connected components of a graph, each after those that it depends on (Tarjan's algorithm).
fn components(graph: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let mut search = Search {
        index: vec![NEW; graph.len()],
        low: vec![0; graph.len()],
        ..Search::default()
    };
    for root in 0..graph.len() {
        if search.index[root] == NEW {
            search.visit(graph, root, NEW);
        }
    }
    search.components
}

#[derive(Default)]
struct Search {
    index: Vec<usize>,
    low: Vec<usize>,
    count: usize,
    stack: Vec<usize>,
    on_stack: std::collections::HashSet<usize>,
    components: Vec<Vec<usize>>,
}

impl Search {
    /// Visits everything below a node. The frames are kept on the heap, for chains may be long.
    fn visit(&mut self, graph: &[Vec<usize>], root: usize, new: usize) {
        let mut frames = vec![(root, 0)];
        while let Some((node, next)) = frames.pop() {
            if next == 0 {
                self.index[node] = self.count;
                self.low[node] = self.count;
                self.count += 1;
                self.stack.push(node);
                self.on_stack.insert(node);
            }
            let mut descended = false;
            for (at, child) in graph[node].iter().copied().enumerate().skip(next) {
                if self.index[child] == new {
                    frames.push((node, at + 1));
                    frames.push((child, 0));
                    descended = true;
                    break;
                } else if self.on_stack.contains(&child) {
                    self.low[node] = self.low[node].min(self.index[child]);
                }
            }
            if descended {
                continue;
            }
            if let Some((parent, _)) = frames.last() {
                self.low[*parent] = self.low[*parent].min(self.low[node]);
            }
            if self.low[node] == self.index[node] {
                self.pop_component(node);
            }
        }
    }

    fn pop_component(&mut self, root: usize) {
        let mut component = Vec::new();
        while let Some(node) = self.stack.pop() {
            self.on_stack.remove(&node);
            component.push(node);
            if node == root {
                break;
            }
        }
        component.reverse();
        self.components.push(component);
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, expand};
    use crate::expand::Variable;
    use rstest::rstest;

    fn list(written: &[(&str, &str)]) -> Vec<Variable> {
        written
            .iter()
            .map(|(key, value)| Variable::new(*key, *value))
            .collect()
    }

    fn last<'v>(variables: &'v [Variable], key: &str) -> &'v str {
        variables
            .iter()
            .rev()
            .find(|variable| variable.key == key)
            .map_or("", |variable| &variable.value)
    }

    #[rstest]
    #[case::plain(&[("X", "1")], "1")]
    #[case::reference(&[("A", "1"), ("X", "$A")], "1")]
    #[case::forward(&[("X", "$A"), ("A", "1")], "1")]
    #[case::chain(&[("X", "$B"), ("B", "${C}!"), ("C", "%D%"), ("D", "4")], "4!")]
    #[case::undefined_stays(&[("X", "$MISSING-${GONE}-%NO%")], "$MISSING-${GONE}-%NO%")]
    #[case::dollars_stay(&[("A", "1"), ("X", "$$A")], "$$A")]
    #[case::percents_stay(&[("A", "1"), ("X", "%%A%%")], "%%A%%")]
    #[case::empty_braces_stay(&[("X", "${}")], "${}")]
    #[case::of_itself_stays(&[("X", "$X:/bin")], "$X:/bin")]
    #[case::the_last_counts(&[("A", "1"), ("A", "2"), ("X", "$A")], "2")]
    #[case::empty(&[("A", ""), ("X", "[$A]")], "[]")]
    fn expands(#[case] variables: &[(&str, &str)], #[case] expected: &str) {
        let expanded = expand(&list(variables)).expect("no circle");
        assert_eq!(last(&expanded, "X"), expected);
    }

    #[test]
    fn references_to_raw_and_file_variables_are_left_to_the_runner() {
        let raw = Variable {
            raw: true,
            ..Variable::new("RAW", "$A")
        };
        let file = Variable {
            file: true,
            ..Variable::new("FILE", "content")
        };
        let variables = [
            raw,
            file,
            Variable::new("A", "1"),
            Variable::new("X", "$RAW $FILE $A"),
        ];
        let expanded = expand(&variables).expect("no circle");
        assert_eq!(last(&expanded, "X"), "$RAW $FILE 1");
        assert_eq!(last(&expanded, "RAW"), "$A");
    }

    #[test]
    fn the_content_of_a_file_expands_too() {
        let file = Variable {
            file: true,
            ..Variable::new("X", "$A")
        };
        let expanded = expand(&[file, Variable::new("A", "1")]).expect("no circle");
        assert_eq!(last(&expanded, "X"), "1");
    }

    #[rstest]
    #[case::two(&[("A", "$B"), ("B", "$A")], "circular variable reference detected: [\"A\", \"B\"]")]
    #[case::three(&[("A", "$B"), ("B", "$C"), ("C", "$A"), ("D", "1")], "circular variable reference detected: [\"A\", \"B\", \"C\"]")]
    #[case::two_circles(&[("A", "$B"), ("B", "$A"), ("C", "$D"), ("D", "$C")], "circular variable reference detected: [\"A\", \"B\"], [\"C\", \"D\"]")]
    #[case::one_name_twice(&[("A", "$A"), ("A", "$A")], "circular variable reference detected: [\"A\", \"A\"]")]
    fn circles_are_errors(#[case] variables: &[(&str, &str)], #[case] expected: &str) {
        assert_eq!(
            expand(&list(variables)).expect_err("a circle").to_string(),
            expected
        );
    }

    #[test]
    fn long_chains_do_not_overflow() {
        let variables: Vec<_> = (0..50_000)
            .map(|n| Variable::new(format!("A{n}"), format!("$A{}", n + 1)))
            .collect();
        let expanded = expand(&variables).expect("no circle");
        assert_eq!(last(&expanded, "A0"), "$A50000");
    }

    #[test]
    fn doubling_ends_in_an_error() {
        let variables: Vec<_> = (0..64)
            .map(|n| Variable::new(format!("A{n}"), format!("${{A{0}}}x${{A{0}}}", n + 1)))
            .collect();
        assert!(matches!(expand(&variables), Err(Error::TooLarge(_))));
    }
}
