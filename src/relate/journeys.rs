//! Drafts => drafts: what happens on a journey happens where it goes and while it lasts
//!
//! "She will travel to Algiers from March 9 to 10. She will meet President Tebboune …": the meeting has the place and the
//! date of the stop told last, and a stop without dates those of the journey.

use super::drafts::Draft;
use crate::document::{EncounterKind, Status};
use crate::signals::Resolved;

/// Sentences from a stop to what happens there, at most; a journey's dates reach as far as its article.
const STOP: u32 = 3;

/// Fills in missing dates and places, from the nearest earlier visit of one of the participants with the same status.
/// `drafts` are in order of position.
pub fn accompany(resolved: &Resolved, drafts: &mut [Draft]) {
    let document = &resolved.tagged.document;
    let paragraph = |d: &Draft| {
        document
            .sentences
            .get(d.sentence.index())
            .map(|s| s.paragraph)
    };
    for i in 0..drafts.len() {
        let (before, rest) = drafts.split_at_mut(i);
        let Some(draft) = rest.first_mut() else {
            continue;
        };
        if !matches!(draft.status, Status::Planned | Status::Occurred) {
            continue;
        }
        let visits = || {
            before.iter().rev().filter(|v| {
                v.kind == EncounterKind::Visit
                    && v.status == draft.status
                    && v.participants.iter().any(|p| draft.has(p.entity))
            })
        };
        let stop = visits().next().filter(|v| {
            draft.sentence.0 - v.sentence.0 <= STOP && paragraph(v) == paragraph(draft)
        });
        let place = stop
            .filter(|_| draft.place.is_none() && draft.kind == EncounterKind::Meeting)
            .and_then(|v| v.place);
        let when = visits()
            .find(|v| v.when.is_some())
            .filter(|_| draft.when.is_none() && draft.kind != EncounterKind::Call)
            .and_then(|v| v.when.clone());
        draft.place = draft.place.or(place);
        draft.when = draft.when.take().or(when);
    }
}
