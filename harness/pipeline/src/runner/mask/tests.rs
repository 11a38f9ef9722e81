use proptest::prelude::*;
use rstest::rstest;

use super::Masker;

/// Writes the text in the parts between the bars.
fn masked(text: &str, values: &[&str]) -> String {
    let mut masker = Masker::new(values);
    let mut out = Vec::new();
    for part in text.split('|') {
        masker.write(part.as_bytes(), &mut out);
    }
    masker.finish(&mut out);
    String::from_utf8(out).expect("the parts are text")
}

#[rstest]
#[case::no_values("text", &[], "text")]
#[case::empty_value("text", &[""], "text")]
#[case::whole("secret", &["secret"], "[MASKED]")]
#[case::straddles("sec|r|et", &["secret"], "[MASKED]")]
#[case::twice("secretsecret", &["secret"], "[MASKED][MASKED]")]
#[case::false_start("ssecret", &["secret"], "s[MASKED]")]
#[case::false_start_straddles("s|secret", &["secret"], "s[MASKED]")]
#[case::self_overlap("aaab", &["aab"], "a[MASKED]")]
#[case::self_overlap_straddles("aa|ab", &["aab"], "a[MASKED]")]
#[case::incomplete("secre", &["secret"], "secre")]
#[case::longest_first("abcd ab", &["ab", "abcd"], "[MASKED] [MASKED]")]
#[case::a_longer_one_wins_even_if_it_starts_later("xabcd", &["xab", "abcd"], "x[MASKED]")]
#[case::masks_are_not_masked("abc MASKED", &["abc", "MASKED"], "[MASKED] [MASKED]")]
#[case::no_match_across_a_mask("axxxb", &["xxx", "ab"], "a[MASKED]b")]
#[case::part_of_a_token_stays("eyJ.payload.sig payload", &["eyJ.payload.sig"], "[MASKED] payload")]
#[case::gitlab_token("token glpat-Ab_1.x= end", &[], "token glpat-[MASKED] end")]
#[case::gitlab_token_straddles("glp|at-a|b|c", &[], "glpat-[MASKED]")]
#[case::gitlab_prefix_alone("glpat- x", &[], "glpat- x")]
#[case::presigned_url("https://b/k?X-Amz-Credential=AK/x&X-Amz-Date=1&X-Amz-Signature=ab end", &[], "https://b/k?X-Amz-Credential=[MASKED]&X-Amz-Date=1&X-Amz-Signature=[MASKED] end")]
#[case::parameter_straddles("?x-amz-secur|ity-token=a|b\nc", &[], "?x-amz-security-token=[MASKED]\nc")]
#[case::parameter_at_the_end("?private_token=", &[], "?private_token=[MASKED]")]
#[case::parameter_with_masked_value("?rss_token=xsecretx y", &["secret"], "?rss_token=[MASKED] y")]
#[case::no_parameter("rss_token=a x?rss_tokens=b", &[], "rss_token=a x?rss_tokens=b")]
#[case::long_name("?this-is-a-really-long-name-private_token=a", &[], "?this-is-a-really-long-name-private_token=a")]
#[case::spaces_around_a_value("x secret y", &[" secret\n"], "x [MASKED] y")]
#[case::value_before_prefix("glpat-abc", &["glpat-abc"], "[MASKED]")]
fn masks(#[case] text: &str, #[case] values: &[&str], #[case] expected: &str) {
    assert_eq!(masked(text, values), expected);
}

/// The definition: value by value, the longest first, in what is not masked yet.
fn naive(text: &[u8], values: &[Vec<u8>]) -> Vec<u8> {
    let mut values: Vec<_> = values.iter().filter(|value| !value.is_empty()).collect();
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    let mut parts: Vec<Option<Vec<u8>>> = vec![Some(text.to_vec())];
    for value in values {
        let mut next = Vec::new();
        for part in parts {
            let Some(mut rest) = part else {
                next.push(None);
                continue;
            };
            while let Some(at) = rest
                .windows(value.len())
                .position(|window| window == value.as_slice())
            {
                next.push(Some(rest[..at].to_vec()));
                next.push(None);
                rest = rest[at + value.len()..].to_vec();
            }
            next.push(Some(rest));
        }
        parts = next;
    }
    parts
        .into_iter()
        .flat_map(|part| part.unwrap_or_else(|| b"[MASKED]".to_vec()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn equals_the_definition(
        parts in prop::collection::vec("[ab]{0,6}", 0..8),
        values in prop::collection::vec("[ab]{1,4}", 0..4),
    ) {
        // Values of one length may stand in either order, so each length appears once.
        let mut values: Vec<Vec<u8>> = values.into_iter().map(String::into_bytes).collect();
        values.sort_by_key(Vec::len);
        values.dedup_by_key(|value| value.len());
        let mut masker = Masker::new(&values);
        let mut out = Vec::new();
        for part in &parts {
            masker.write(part.as_bytes(), &mut out);
        }
        masker.finish(&mut out);
        prop_assert_eq!(out, naive(parts.concat().as_bytes(), &values));
    }

    #[test]
    fn the_parts_do_not_matter(
        bytes in prop::collection::vec(prop::sample::select(b"glpat-xy \n?rss_token=".to_vec()), 0..80),
        cuts in prop::collection::vec(0..80_usize, 0..5),
    ) {
        let masker = Masker::new(["xy", "x y", "pat"]);
        let whole = masker.mask(&bytes);
        let mut streaming = masker.clone();
        let mut out = Vec::new();
        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.sort_unstable();
        let mut start = 0;
        for cut in cuts.into_iter().chain([bytes.len()]) {
            streaming.write(&bytes[start..cut], &mut out);
            start = cut;
        }
        streaming.finish(&mut out);
        prop_assert_eq!(out, whole);
    }

    #[test]
    fn holds_back_no_more_than_the_values(parts in prop::collection::vec("[abc]{0,6}", 0..12)) {
        let mut masker = Masker::new(["abca", "bb"]);
        let (mut written, mut out) = (0, Vec::new());
        for part in &parts {
            masker.write(part.as_bytes(), &mut out);
            written += part.len();
            // A mask is longer than either value, so the output can only be short by what is held back.
            prop_assert!(out.len() + 4 + 2 + 6 > written);
        }
    }
}
