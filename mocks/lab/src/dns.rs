//! DNS messages (RFC 1035): one question in, one answer out.

use std::net::Ipv4Addr;

/// The types of record that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// An IPv4 address.
    A,
    /// An IPv6 address.
    Aaaa,
    /// Any other.
    Other(u16),
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    /// The name, in lower case, without a dot at its end.
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// A query that was understood.
#[derive(Debug)]
pub(crate) struct Query<'a> {
    pub(crate) question: Question,
    header: &'a [u8],
    /// The question as it was asked, which the answer repeats.
    asked: &'a [u8],
}

/// What there is to a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It has this address, and no other record.
    Address(Ipv4Addr),
    /// It does not exist.
    NoSuchName,
}

/// Where the parts of a header are.
const HEADER: usize = 12;

/// The longest name (RFC 1035 §2.3.4).
const LONGEST_NAME: usize = 255;

const NO_ERROR: u8 = 0;
const FORMAT_ERROR: u8 = 1;
const NAME_ERROR: u8 = 3;
const NOT_IMPLEMENTED: u8 = 4;

/// How long an answer may be kept, in seconds.
const TIME_TO_LIVE: u32 = 60;

/// The class of the Internet, and the wildcard class.
const CLASSES: [u16; 2] = [1, 255];

/// Reads a query.
///
/// # Errors
/// The answer that says what is wrong with it; nothing where it is no query at all, which gets no answer.
pub(crate) fn read(message: &[u8]) -> Result<Query<'_>, Option<Vec<u8>>> {
    let header = message.get(..HEADER).ok_or(None)?;
    let is_response = header[2] & 0x80 != 0;
    if is_response {
        return Err(None);
    }
    let refuse = |code| Err(Some(reply(header, code, &[], &[])));
    if header[2] >> 3 & 0x0f != 0 {
        return refuse(NOT_IMPLEMENTED);
    }
    if header[4..6] != [0, 1] {
        return refuse(FORMAT_ERROR);
    }
    let Some((question, length)) = question(&message[HEADER..]) else {
        return refuse(FORMAT_ERROR);
    };
    Ok(Query {
        question,
        header,
        asked: &message[HEADER..HEADER + length],
    })
}

/// The question at the start of `bytes`, and its length.
fn question(bytes: &[u8]) -> Option<(Question, usize)> {
    let mut labels = Vec::new();
    let mut at = 0;
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        // A length of 64 and more is a pointer, and there is nothing before a question to point to.
        if length > 63 || at + length > LONGEST_NAME {
            return None;
        }
        let label = bytes.get(at..at + length)?;
        labels.push(String::from_utf8_lossy(label).to_ascii_lowercase());
        at += length;
    }
    let rest = bytes.get(at..at + 4)?;
    let word = |at: usize| u16::from_be_bytes([rest[at], rest[at + 1]]);
    if !CLASSES.contains(&word(2)) {
        return None;
    }
    let kind = match word(0) {
        1 => Kind::A,
        28 => Kind::Aaaa,
        other => Kind::Other(other),
    };
    let name = labels.join(".");
    Some((Question { name, kind }, at + 4))
}

impl Query<'_> {
    /// The message that answers it.
    ///
    /// A name that exists and has no record of the wanted type is answered without an error and without a record: an error
    /// for its IPv6 address would make musl's resolver give up its IPv4 address too.
    pub(crate) fn answer(&self, answer: Answer) -> Vec<u8> {
        let address = match answer {
            Answer::NoSuchName => return reply(self.header, NAME_ERROR, self.asked, &[]),
            Answer::Address(address) => address,
        };
        if self.question.kind != Kind::A {
            return reply(self.header, NO_ERROR, self.asked, &[]);
        }
        // The name by a pointer to the question, type A, class IN, time to live, four bytes of address.
        let mut record = vec![0xc0, 0x0c, 0, 1, 0, 1];
        record.extend_from_slice(&TIME_TO_LIVE.to_be_bytes());
        record.extend_from_slice(&[0, 4]);
        record.extend_from_slice(&address.octets());
        reply(self.header, NO_ERROR, self.asked, &record)
    }
}

fn reply(header: &[u8], code: u8, question: &[u8], record: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(HEADER + question.len() + record.len());
    message.extend_from_slice(&header[..2]);
    // It is a response; opcode and "recursion desired" as asked; "recursion available".
    message.push(0x80 | header[2] & 0x79);
    message.push(0x80 | code);
    message.extend_from_slice(&[0, u8::from(!question.is_empty())]);
    message.extend_from_slice(&[0, u8::from(!record.is_empty())]);
    message.extend_from_slice(&[0; 4]);
    message.extend_from_slice(question);
    message.extend_from_slice(record);
    message
}

#[cfg(test)]
pub(crate) fn query(name: &str, kind: u16) -> Vec<u8> {
    let mut message = vec![0xab, 0xcd, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.').filter(|label| !label.is_empty()) {
        message.push(u8::try_from(label.len()).unwrap());
        message.extend_from_slice(label.as_bytes());
    }
    message.push(0);
    message.extend_from_slice(&kind.to_be_bytes());
    message.extend_from_slice(&[0, 1]);
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOPBACK: Answer = Answer::Address(Ipv4Addr::LOCALHOST);

    #[test]
    fn an_address_is_answered() {
        let message = query("STS.amazonaws.com", 1);
        let query = read(&message).unwrap();
        assert_eq!(query.question.name, "sts.amazonaws.com");
        let answer = query.answer(LOOPBACK);
        // As dig shows it: id, qr rd ra, NOERROR, one question, one answer.
        assert_eq!(answer[..12], [0xab, 0xcd, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
        assert_eq!(answer[12..message.len()], message[12..]);
        assert_eq!(
            answer[message.len()..],
            [0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]
        );
    }

    #[rstest::rstest]
    #[case::ipv6(28)]
    #[case::mail(15)]
    #[case::service_binding(65)]
    fn another_record_is_absent_without_an_error(#[case] kind: u16) {
        let message = query("gitlab.com", kind);
        let answer = read(&message).unwrap().answer(LOOPBACK);
        assert_eq!(answer[3] & 0x0f, NO_ERROR);
        assert_eq!(answer[6..8], [0, 0]);
    }

    #[test]
    fn an_unknown_name_is_told_so() {
        let message = query("registry-1.docker.io", 1);
        let answer = read(&message).unwrap().answer(Answer::NoSuchName);
        assert_eq!(answer[3] & 0x0f, NAME_ERROR);
        assert_eq!(answer.len(), message.len());
    }

    #[test]
    fn an_edns_record_after_the_question_is_passed_over() {
        let mut message = query("gitlab.com", 1);
        message[11] = 1;
        message.extend_from_slice(&[0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
        let answer = read(&message).unwrap().answer(LOOPBACK);
        assert_eq!(answer[10..12], [0, 0]);
        assert!(answer.ends_with(&[127, 0, 0, 1]));
    }

    #[test]
    fn nothing_makes_it_panic() {
        let whole = query("a.b", 1);
        for length in 0..whole.len() {
            let _ = read(&whole[..length]);
        }
        for position in 0..whole.len() {
            for value in 0..=255 {
                let mut message = whole.clone();
                message[position] = value;
                let _ = read(&message).map(|query| query.answer(LOOPBACK));
            }
        }
        // A response is never answered, so that two resolvers do not talk to each other for ever.
        let mut response = whole.clone();
        response[2] |= 0x80;
        assert!(matches!(read(&response), Err(None)));
    }
}
