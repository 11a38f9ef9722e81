//! Sharing out the cases of a run among several machines.

use std::fmt;
use std::str::FromStr;

use crate::context::Context;

/// One of several parts of a run.
///
/// The cases are dealt out in the order of their names, so that a part is the same whatever order files were found or named
/// in, and parts differ in size by one at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partition {
    /// Which part, from 1.
    part: usize,
    /// How many there are.
    parts: usize,
    /// Whether GitLab's variables say so.
    of_gitlab: bool,
}

impl Partition {
    fn new(part: usize, parts: usize) -> Option<Partition> {
        (1..=parts).contains(&part).then_some(Partition {
            part,
            parts,
            of_gitlab: false,
        })
    }

    /// The part that a job of GitLab with `parallel:` is to run: `CI_NODE_INDEX` of `CI_NODE_TOTAL` (GitLab docs,
    /// "Predefined CI/CD variables"). A job without `parallel:` has no `CI_NODE_INDEX`, and runs everything.
    ///
    /// # Errors
    /// Where the variables make no sense.
    pub fn of_gitlab(context: &Context) -> Result<Option<Partition>, String> {
        let (Some(index), Some(total)) = (
            context.variable("CI_NODE_INDEX"),
            context.variable("CI_NODE_TOTAL"),
        ) else {
            return Ok(None);
        };
        let numbers = index.parse().ok().zip(total.parse().ok());
        match numbers.and_then(|(part, parts)| Partition::new(part, parts)) {
            Some(partition) => Ok(Some(Partition {
                of_gitlab: true,
                ..partition
            })),
            None => Err(format!(
                "CI_NODE_INDEX `{index}` is no part of CI_NODE_TOTAL `{total}`; say which with --partition K/N, or 1/1 for all"
            )),
        }
    }

    /// Those of `all` that belong to this part, in the order they have.
    #[must_use]
    pub fn of<T>(&self, all: Vec<T>, name: impl Fn(&T) -> &str) -> Vec<T> {
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by_key(|&index| name(&all[index]));
        let mut mine = vec![false; all.len()];
        for &index in order.iter().skip(self.part - 1).step_by(self.parts) {
            mine[index] = true;
        }
        all.into_iter()
            .zip(mine)
            .filter_map(|(item, mine)| mine.then_some(item))
            .collect()
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "part {} of {}", self.part, self.parts)?;
        if self.of_gitlab {
            f.write_str(" (by CI_NODE_INDEX and CI_NODE_TOTAL; --partition 1/1 runs all)")?;
        }
        Ok(())
    }
}

impl FromStr for Partition {
    type Err = &'static str;

    /// Reads `K/N`.
    fn from_str(text: &str) -> Result<Partition, Self::Err> {
        let numbers = text
            .split_once('/')
            .and_then(|(part, parts)| part.parse().ok().zip(parts.parse().ok()));
        numbers
            .and_then(|(part, parts)| Partition::new(part, parts))
            .ok_or("write K/N, such as 2/4, with K between 1 and N")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[rstest::rstest]
    #[case("1/1", true)]
    #[case("4/4", true)]
    #[case("0/4", false)]
    #[case("5/4", false)]
    #[case("1/0", false)]
    #[case("2", false)]
    #[case("-1/4", false)]
    #[case("a/b", false)]
    fn parts_are_written_as_fractions(#[case] text: &str, #[case] is_one: bool) {
        assert_eq!(text.parse::<Partition>().is_ok(), is_one);
    }

    proptest! {
        #[test]
        fn parts_are_all_there_is_evenly_and_whatever_the_order(
            names in proptest::collection::hash_set("[a-c]{1,4}", 0..40).prop_map(Vec::from_iter).prop_shuffle(),
            parts in 1_usize..9,
        ) {
            let mut sorted = names.clone();
            sorted.sort();
            let mut sizes = Vec::new();
            let mut together = Vec::new();
            for part in 1..=parts {
                let partition = Partition::new(part, parts).unwrap();
                let mut mine = partition.of(names.clone(), String::as_str);
                prop_assert!(mine.is_sorted_by_key(|it| names.iter().position(|name| name == it)));
                mine.sort();
                prop_assert_eq!(&mine, &partition.of(sorted.clone(), String::as_str));
                sizes.push(mine.len());
                together.extend(mine);
            }
            together.sort();
            prop_assert_eq!(together, sorted);
            prop_assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1);
        }
    }
}
