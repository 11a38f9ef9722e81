//! Patterns of paths, as Ruby's `File.fnmatch?` takes them with `FNM_PATHNAME`, `FNM_DOTMATCH` and `FNM_EXTGLOB`: what
//! GitLab matches `rules:changes` and `rules:exists` with.
//!
//! `*` and `?` stop at `/`, `**/` crosses any number of directories, `{a,b}` are alternatives, `[a-z]` is a set.

/// Alternatives that braces may make of one pattern.
const MAX_ALTERNATIVES: usize = 1_000;

/// Whether a pattern covers a path.
pub(crate) fn matches(pattern: &str, path: &str) -> bool {
    alternatives(pattern).iter().any(|pattern| {
        let pattern: Vec<char> = pattern.chars().collect();
        let path: Vec<char> = path.chars().collect();
        covers(&pattern, &path)
    })
}

/// Whether a pattern of an `include:local` covers a path: here `**` crosses directories wherever it stands, and `*`
/// stops at them.
///
/// Source: GitLab docs, "Use `include:local` with wildcard file paths": `dir/**.yml` finds files in `dir` and below,
/// `dir/**/*.yml` only those below.
pub(crate) fn matches_include(pattern: &str, path: &str) -> bool {
    let mut expression = String::from("^");
    let mut rest = pattern;
    while let Some(at) = rest.find('*') {
        expression.push_str(&regex::escape(&rest[..at]));
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('*') {
            expression.push_str(".*");
            rest = after;
        } else {
            expression.push_str("[^/]*");
        }
    }
    expression.push_str(&regex::escape(rest));
    expression.push('$');
    regex::Regex::new(&expression).is_ok_and(|expression| expression.is_match(path))
}

fn covers(pattern: &[char], path: &[char]) -> bool {
    // A table instead of recursion: a pattern may have many stars.
    let (rows, columns) = (pattern.len(), path.len());
    let mut next = vec![false; columns + 1];
    let mut table: Vec<Vec<bool>> = vec![Vec::new(); rows + 1];
    next[columns] = true;
    table[rows] = next;
    for at in (0..rows).rev() {
        let mut row = vec![false; columns + 1];
        let starts_segment = |from: usize| from == 0 || path[from - 1] == '/';
        let nested = pattern[at..].starts_with(&['*', '*', '/']) && (at == 0 || pattern[at - 1] == '/');
        for from in (0..=columns).rev() {
            row[from] = if nested {
                // `**/`: nothing, or a directory and then the same again.
                let here = table[at + 3][from];
                let below = || {
                    path[from..]
                        .iter()
                        .position(|c| *c == '/')
                        .is_some_and(|slash| row[from + slash + 1])
                };
                starts_segment(from) && (here || below())
            } else {
                match pattern[at] {
                    '*' => table[at + 1][from] || (from < columns && path[from] != '/' && row[from + 1]),
                    '?' => from < columns && path[from] != '/' && table[at + 1][from + 1],
                    '[' => match set(&pattern[at..]) {
                        Some((members, length)) => {
                            from < columns
                                && path[from] != '/'
                                && members.contains(path[from])
                                && table[at + length][from + 1]
                        }
                        None => from < columns && path[from] == '[' && table[at + 1][from + 1],
                    },
                    '\\' if at + 1 < rows => {
                        from < columns && path[from] == pattern[at + 1] && table[at + 2][from + 1]
                    }
                    plain => from < columns && path[from] == plain && table[at + 1][from + 1],
                }
            };
        }
        table[at] = row;
    }
    table[0][0]
}

struct Set {
    negated: bool,
    ranges: Vec<(char, char)>,
}

impl Set {
    fn contains(&self, c: char) -> bool {
        self.ranges
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&c))
            != self.negated
    }
}

/// The set at the start of a pattern, and its length.
fn set(pattern: &[char]) -> Option<(Set, usize)> {
    let mut at = 1;
    let negated = matches!(pattern.get(at), Some('!' | '^'));
    at += usize::from(negated);
    let mut ranges = Vec::new();
    let first = at;
    loop {
        let c = *pattern.get(at)?;
        if c == ']' && at > first {
            return Some((Set { negated, ranges }, at + 1));
        }
        match (pattern.get(at + 1), pattern.get(at + 2)) {
            (Some('-'), Some(last)) if *last != ']' => {
                ranges.push((c, *last));
                at += 3;
            }
            _ => {
                ranges.push((c, c));
                at += 1;
            }
        }
    }
}

/// What the braces of a pattern stand for.
fn alternatives(pattern: &str) -> Vec<String> {
    let mut done = Vec::new();
    let mut open = vec![pattern.to_owned()];
    while let Some(pattern) = open.pop() {
        if done.len() + open.len() > MAX_ALTERNATIVES {
            done.push(pattern);
            break;
        }
        match braces(&pattern) {
            Some((start, end, parts)) => {
                let made = parts
                    .iter()
                    .rev()
                    .map(|part| format!("{}{part}{}", &pattern[..start], &pattern[end..]));
                open.extend(made);
            }
            None => done.push(pattern),
        }
    }
    done
}

/// The first pair of braces: where it starts and ends, and its parts.
fn braces(pattern: &str) -> Option<(usize, usize, Vec<String>)> {
    let start = pattern.find('{')?;
    let mut depth = 0;
    let mut parts = vec![String::new()];
    for (offset, c) in pattern[start..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        let last = parts.last_mut()?;
        match (c, depth) {
            ('{', 1) => {}
            ('}', 0) => return Some((start, start + offset + 1, parts)),
            (',', 1) => parts.push(String::new()),
            _ => last.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case::literal("a/b.txt", "a/b.txt", true)]
    #[case::star("*.md", "README.md", true)]
    #[case::star_stops("*.md", "docs/README.md", false)]
    #[case::nested("**/*.md", "docs/deep/x.md", true)]
    #[case::nested_at_the_top("**/*.md", "x.md", true)]
    #[case::nested_below("docs/**/*", "docs/a/b", true)]
    #[case::nested_directly("docs/**/*", "docs/a", true)]
    #[case::nested_elsewhere("docs/**/*", "src/docs/a", false)]
    #[case::two_stars_in_a_name("docs/**", "docs/a", true)]
    #[case::two_stars_in_a_name_stop("docs/**", "docs/a/b", false)]
    #[case::dots("**/*", ".gitlab/x", true)]
    #[case::question("?.rs", "a.rs", true)]
    #[case::question_stops("a?b", "a/b", false)]
    #[case::set("[a-c].rs", "b.rs", true)]
    #[case::set_negated("[!a-c].rs", "b.rs", false)]
    #[case::braces("*.{rb,py}", "x.py", true)]
    #[case::braces_nested("{a,b{c,d}}", "bd", true)]
    #[case::braces_not("*.{rb,py}", "x.rs", false)]
    #[case::escape("\\*.rs", "*.rs", true)]
    #[case::directory_is_not_its_files("docs/", "docs/a", false)]
    fn matches_as_ruby(#[case] pattern: &str, #[case] path: &str, #[case] expected: bool) {
        assert_eq!(super::matches(pattern, path), expected);
    }

    #[rstest]
    #[case::one_level("ci/*.yml", "ci/a.yml", true)]
    #[case::one_level_stops("ci/*.yml", "ci/x/a.yml", false)]
    #[case::every_level("ci/**.yml", "ci/x/a.yml", true)]
    #[case::every_level_here("ci/**.yml", "ci/a.yml", true)]
    #[case::only_below("ci/**/*.yml", "ci/a.yml", false)]
    #[case::below("ci/**/*.yml", "ci/x/a.yml", true)]
    fn includes(#[case] pattern: &str, #[case] path: &str, #[case] expected: bool) {
        assert_eq!(super::matches_include(pattern, path), expected);
    }

    #[test]
    fn many_stars_take_no_time() {
        let pattern = "*a".repeat(200);
        assert!(!super::matches(&pattern, &"a".repeat(199)));
    }

    #[test]
    fn many_braces_are_cut_off() {
        assert!(!super::matches(&"{a,b,c}".repeat(50), "x"));
    }
}
