//! Resolved => Extracted
//!
//! Reads encounters and affiliations out of the model's scores: each trigger word that is likely enough becomes a draft
//! with its likely participants and place (`drafts`) and date (`when`), where plain grammar beats the scores (`patterns`,
//! `places`, `lists`, all over the noun phrases of `phrases` and the words of `words`); drafts are filled in from the journey they
//! are part of (`journeys`); those that report one encounter become one record (`merge`); heads of delegations take the
//! place of their countries (`delegations`); office titles with a holder become affiliations (`affiliations`).

mod affiliations;
mod asides;
mod attendance;
mod delegations;
mod drafts;
mod journeys;
mod lists;
mod merge;
mod officials;
mod patterns;
mod phrases;
mod places;
mod press;
mod status;
#[cfg(test)]
mod testing;
mod when;
mod words;

use crate::dates::DateExpression;
use crate::document::{Encounter, Extracted, Participant};
use crate::encode::Thresholds;
use crate::signals::{Candidate, Resolved};

use drafts::{Draft, Reader};

/// Extracts encounters and affiliations.
///
/// `candidates` is the list that was tagged; `dates` are the body's date expressions, in order.
pub fn relate(
    resolved: Resolved,
    candidates: &[Candidate],
    dates: &[DateExpression],
    thresholds: &Thresholds,
) -> Extracted {
    let mut drafts = Reader {
        resolved: &resolved,
        candidates,
        dates,
        thresholds,
        asides: asides::find(&resolved),
    }
    .read();
    journeys::accompany(&resolved, &mut drafts);
    journeys::name_officials(&resolved, &mut drafts);
    let affiliations = affiliations::read(&resolved, thresholds);
    journeys::leave_hosts_at_home(&resolved.entities, &affiliations, &mut drafts);
    let mut records = merge::merge(&resolved, journeys::part_ways(drafts));
    delegations::name_heads(&resolved, &mut records);
    records.sort_by_key(|r| (r.evidence, r.kind, r.trigger));
    let encounters = records
        .into_iter()
        .filter(|r| r.confidence >= thresholds.encounter)
        .map(Draft::into_encounter)
        .collect();
    Extracted {
        document: resolved.tagged.document,
        mentions: resolved.tagged.mentions,
        entity_of: resolved.entity_of,
        entities: resolved.entities,
        affiliations,
        encounters,
    }
}

impl Draft {
    fn into_encounter(self) -> Encounter {
        let mut participants: Vec<Participant> = self
            .participants
            .into_iter()
            .map(|p| Participant {
                entity: p.entity,
                words: p.words,
            })
            .collect();
        participants.sort_by_key(|p| p.entity);
        let mut also = self.also;
        also.sort();
        also.dedup();
        Encounter {
            kind: self.kind,
            status: self.status,
            participants,
            place: self.place.map(|p| p.0),
            when: self.when.map(|w| w.when),
            evidence: self.evidence,
            sentence: self.sentence,
            also,
            confidence: self.confidence,
        }
    }
}
