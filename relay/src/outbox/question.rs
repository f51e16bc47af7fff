//! What an intake asks for: the query of `GET /v1/outbox`.

use std::time::Duration;

use envelope::Refusal;

/// Most submissions in one answer, whatever the intake asks for.
const MAX: i64 = 100;

/// Longest wait for something to come, in seconds.
const WAIT_S_MAX: u64 = 60;

/// `?after=SEQ&max=N&wait=S`, each at most once and each of them optional.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) after: i64,
    pub(super) max: i64,
    pub(super) wait: Duration,
}

impl Question {
    pub(super) fn read(query: Option<&str>) -> Result<Question, Refusal> {
        let (mut after, mut max, mut wait) = (None, None, None);
        for pair in query.iter().flat_map(|query| query.split('&')) {
            let (name, value) = pair.split_once('=').ok_or(Refusal::Malformed)?;
            let place = match name {
                "after" => &mut after,
                "max" => &mut max,
                "wait" => &mut wait,
                _ => return Err(Refusal::Malformed),
            };
            let is_plain = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
            let value: i64 = value.parse().map_err(|_| Refusal::Malformed)?;
            if !is_plain || place.replace(value).is_some() {
                return Err(Refusal::Malformed);
            }
        }
        Ok(Question {
            after: after.unwrap_or(0),
            max: max.unwrap_or(MAX).clamp(1, MAX),
            wait: Duration::from_secs(wait.unwrap_or(0).unsigned_abs().min(WAIT_S_MAX)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_has_bounds_and_no_second_spelling() {
        let read = |query: &str| Question::read(Some(query));
        let question = |after, max, wait| {
            Ok(Question {
                after,
                max,
                wait: Duration::from_secs(wait),
            })
        };
        assert_eq!(Question::read(None), question(0, MAX, 0));
        assert_eq!(read("after=7&max=3&wait=20"), question(7, 3, 20));
        assert_eq!(read("wait=3600&max=100000"), question(0, MAX, WAIT_S_MAX));
        for bad in [
            "",
            "after",
            "after=",
            "after=-1",
            "after=+1",
            "after=1&after=2",
            "Max=1",
            "max=1&",
            "wait=1.5",
        ] {
            assert_eq!(read(bad), Err(Refusal::Malformed), "{bad}");
        }
        assert_eq!(read("after=9223372036854775808"), Err(Refusal::Malformed));
    }
}
