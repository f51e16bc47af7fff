//! The lock of a bucket: only one publishes at a time.

use envelope::UnixTime;
use formdef::{Bilingual, both};
use object_store::Error;
use serde::{Deserialize, Serialize};

use super::objects::Objects;
use super::{Run, refused};
use crate::report::plural;

const LOCK: &str = ".motcua/publishing";

/// Who publishes, as the lock says it.
#[derive(Serialize, Deserialize)]
struct Holder {
    who: String,
    since: UnixTime,
    token: String,
}

/// The lock while it is held.
pub(super) struct Lock<'a> {
    objects: &'a Objects,
    token: &'a str,
}

impl<'a> Lock<'a> {
    /// Takes the lock, unless somebody else has it.
    pub(super) fn take(objects: &'a Objects, run: &'a Run) -> Result<Lock<'a>, Bilingual> {
        if run.break_lock {
            asked(objects, objects.delete(LOCK))?;
        }
        let holder = Holder {
            who: run.who.clone(),
            since: run.now,
            token: run.token.clone(),
        };
        let text = serde_json::to_vec(&holder).unwrap_or_default();
        // Ours is there already when the answer to the first try was lost.
        let is_new = asked(objects, objects.put_new(LOCK, text))?;
        let there = match is_new {
            true => Some(holder),
            false => Holder::found(objects)?,
        };
        match there {
            Some(there) if there.token == run.token => Ok(Lock {
                objects,
                token: &run.token,
            }),
            other => Err(is_held_by(&objects.name, other.as_ref(), run.now)),
        }
    }

    /// Whoever broke the lock is the one who publishes now.
    pub(super) fn is_still_held(&self) -> Result<(), Bilingual> {
        match Holder::found(self.objects)? {
            Some(holder) if holder.token == self.token => Ok(()),
            other => {
                let bucket = &self.objects.name;
                let who = other.map_or_else(|| "?".to_owned(), |holder| holder.who);
                Err(both!(
                    "{bucket}: {who} took the lock away while this run was publishing; it stops\n  = what is public is whole; publish again when they are done",
                    "{bucket}: {who} đã gỡ khóa trong lúc lần chạy này đang công bố; nó dừng lại\n  = những gì đang công bố vẫn nguyên vẹn; công bố lại khi họ xong"
                ))
            }
        }
    }
}

impl Drop for Lock<'_> {
    /// When the link is broken it stays, and the next run is told how to break it.
    fn drop(&mut self) {
        if self.is_still_held().is_ok() {
            let _ = self.objects.delete(LOCK);
        }
    }
}

impl Holder {
    fn found(objects: &Objects) -> Result<Option<Holder>, Bilingual> {
        let bytes = asked(objects, objects.get(LOCK))?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }
}

fn is_held_by(bucket: &str, holder: Option<&Holder>, now: UnixTime) -> Bilingual {
    let who = holder.map_or("?", |holder| &holder.who);
    let minutes = holder.map_or(0, |holder| (now.0 - holder.since.0).max(0) / 60);
    let s = plural(usize::try_from(minutes).unwrap_or_default());
    both!(
        "{bucket}: {who} is publishing there, since {minutes} minute{s}; nothing was published\n  = wait until they are done; if that run is dead: --break-lock",
        "{bucket}: {who} đang công bố vào đó, từ {minutes} phút trước; chưa công bố gì cả\n  = hãy đợi họ xong; nếu lần chạy ấy đã chết: --break-lock"
    )
}

fn asked<T>(objects: &Objects, answer: Result<T, Error>) -> Result<T, Bilingual> {
    answer.map_err(|error| refused::told(&objects.name, &error.to_string()))
}
