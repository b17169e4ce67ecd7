//! Trigger scores => drafts of encounters
//!
//! An actor's probability of taking part is a noisy-or over everything in the window that stands for it: its names
//! (joined by log-sum-exp, as in training) and the pronouns and descriptions that may refer to it, each weighted by how
//! likely it refers to it.

use std::collections::{BTreeMap, BTreeSet};

use super::patterns::Plain;
use super::when::{Calendar, Dated};
use super::{attendance, lists, officials, patterns, phrases, places, press, status};
use crate::dates::DateExpression;
use crate::document::{EncounterKind, NameType, Status};
use crate::encode::Thresholds;
use crate::logits::{log_sum_exp, logistic};
use crate::signals::{Candidate, CandidateKind, Filler, Resolved, Trigger};
use crate::span::{EntityId, MentionId, SentenceId, Span, TokenId};

/// An encounter as one trigger states it.
#[derive(Debug, Clone)]
pub struct Draft {
    pub kind: EncounterKind,
    pub status: Status,
    /// Sorted by entity.
    pub participants: Vec<Actor>,
    /// The words for people without a name, where these are whom the only participant met.
    pub unnamed: Option<Span>,
    /// Those named in a list behind the encounter word.
    pub list: Vec<EntityId>,
    /// True for "the last time they met", "our previous meeting".
    pub earlier: bool,
    /// The place and its probability.
    pub place: Option<(EntityId, f32)>,
    pub when: Option<Dated>,
    pub trigger: TokenId,
    pub sentence: SentenceId,
    pub evidence: Span,
    /// Evidence of the drafts merged into this one.
    pub also: Vec<Span>,
    pub confidence: f32,
}

/// A participant of a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Actor {
    pub entity: EntityId,
    pub probability: f32,
    /// "officials", where only these took part.
    pub words: Option<String>,
}

impl Draft {
    /// True where `entity` takes part.
    pub fn has(&self, entity: EntityId) -> bool {
        self.participants.iter().any(|p| p.entity == entity)
    }
}

/// Who of an article takes part in other encounters than the one looked at, or in none.
struct Others {
    /// Whom the encounter words of a sentence plainly have as the ones met, with these words.
    met: BTreeMap<(SentenceId, EntityId), Vec<TokenId>>,
    spokespeople: BTreeSet<EntityId>,
    outlets: BTreeSet<EntityId>,
}

/// Statuses in the order of the model's labels.
const STATUSES: [Status; 4] = [
    Status::Occurred,
    Status::Planned,
    Status::Possible,
    Status::Not,
];
/// The probability given to what grammar or a cue word decides: above every threshold, short of certain.
const PLAIN: f32 = 0.9;
/// What is left of a bare country's probability beside a person.
const BARE_COUNTRY: f32 = 0.4;
/// From this score on a description is taken to speak of an actor, from the lower one it may.
const LIKELY: f32 = 0.4;
const POSSIBLE: f32 = 0.1;
/// Grammar speaks for an encounter from this part of the trigger threshold on.
const DOUBTED: f32 = 0.25;
/// How likely those whom a traveller met without a name stand for the country there.
const UNNAMED: f32 = 0.6;
/// The share of a person's probability that those named in one breath with it get.
const ONE_BREATH: f32 = 0.9;

/// Everything a trigger is read against.
pub struct Reader<'a> {
    /// Entities and the model's scores.
    pub resolved: &'a Resolved,
    /// The list that was tagged, in order of position.
    pub candidates: &'a [Candidate],
    /// The body's date expressions, in order.
    pub dates: &'a [DateExpression],
    /// Where probabilities become decisions.
    pub thresholds: &'a Thresholds,
    /// Names that take part in nothing, see [`super::asides`].
    pub asides: BTreeSet<MentionId>,
}

impl Reader<'_> {
    /// The drafts of all triggers that pass, in order of position.
    pub fn read(&self) -> Vec<Draft> {
        let lists = attendance::lists(self.resolved, self.thresholds.trigger);
        let triggers = &self.resolved.tagged.triggers;
        let plain: Vec<Plain> = triggers.iter().map(|t| self.plain(t)).collect();
        let others = Others {
            met: self.met(&plain),
            spokespeople: press::spokespeople(self.resolved),
            outlets: press::outlets(&self.resolved.entities),
        };
        let mut out = Vec::new();
        for (trigger, plain) in triggers.iter().zip(plain) {
            if self.only_leads(trigger) {
                continue;
            }
            let attendees = lists.get(&trigger.token).map_or(&[][..], Vec::as_slice);
            let apart = plain.apart.clone();
            let Some(draft) = self.draft(trigger, plain, &others, attendees) else {
                continue;
            };
            // "travelled to Kenya and Mali" is two visits.
            let stops = match (draft.kind, draft.place) {
                (EncounterKind::Visit, Some(place)) => {
                    places::joined_places(self.resolved, place.0, trigger.sentence)
                }
                _ => Vec::new(),
            };
            if let Some(several) = each_apart(&draft, &apart) {
                out.extend(several);
                continue;
            }
            let more = stops.into_iter().map(|stop| Draft {
                place: draft.place.map(|p| (stop, p.1)),
                ..draft.clone()
            });
            let more: Vec<Draft> = more.collect();
            out.push(draft);
            out.extend(more);
        }
        out
    }

    /// True for a verb that only leads to the encounter's own word: "participated in a phone *call*".
    fn only_leads(&self, trigger: &Trigger) -> bool {
        let tagged = &self.resolved.tagged;
        let at = tagged
            .triggers
            .partition_point(|t| t.token <= trigger.token);
        let likely = |t: &&Trigger| 1.0 - t.kind[0] >= self.thresholds.trigger;
        let Some(next) = tagged.triggers[at..].iter().find(likely) else {
            return false;
        };
        next.sentence == trigger.sentence
            && kind_of(next) != EncounterKind::Visit
            && patterns::only_leads(&tagged.document, trigger.token, next.token)
    }

    /// What grammar says of `trigger`; nothing where that is too unlikely an encounter word.
    fn plain(&self, trigger: &Trigger) -> Plain {
        if 1.0 - trigger.kind[0] < self.thresholds.trigger * DOUBTED {
            return Plain::default();
        }
        patterns::read(
            self.resolved,
            self.candidates,
            trigger.token,
            trigger.sentence,
        )
    }

    /// Whom likely words for meetings and calls plainly have as the ones met, by sentence, with those words: in "spoke with A
    /// and met with B" B did not take part in the call.
    fn met(&self, plain: &[Plain]) -> BTreeMap<(SentenceId, EntityId), Vec<TokenId>> {
        let mut out: BTreeMap<_, Vec<TokenId>> = BTreeMap::new();
        for (t, plain) in self.resolved.tagged.triggers.iter().zip(plain) {
            let likely = 1.0 - t.kind[0] >= self.thresholds.trigger;
            // "met with Kenyans, including talks with Ann Ray": one encounter.
            let including = t.token.index().checked_sub(1).is_some_and(|i| {
                let word = self.resolved.tagged.document.word(TokenId::new(i));
                matches!(word, "including" | "included" | "include")
            });
            if likely && !including && kind_of(t) != EncounterKind::Visit {
                for object in &plain.objects {
                    out.entry((t.sentence, *object)).or_default().push(t.token);
                }
            }
        }
        out
    }

    fn draft(
        &self,
        trigger: &Trigger,
        plain: Plain,
        others: &Others,
        attendees: &[EntityId],
    ) -> Option<Draft> {
        let mut stated = 1.0 - trigger.kind[0];
        // "a call between A and B": grammar speaks for an encounter too.
        if plain.complete && stated >= self.thresholds.trigger * DOUBTED {
            stated = stated.max(self.thresholds.trigger);
        }
        if stated < self.thresholds.trigger {
            return None;
        }
        let kind = kind_of(trigger);
        let remote = attendance::remote(self.resolved, trigger, kind, self.thresholds.trigger);
        let document = &self.resolved.tagged.document;
        // Who speak to each other in a picture are in one place.
        let pictured =
            kind == EncounterKind::Call && attendance::pictured(document, trigger.sentence);
        let ringing = patterns::is_ringing(document, trigger.token, &plain);
        let receiving = patterns::is_receiving(document, trigger.token, &plain);
        let calling_on = patterns::is_calling_on(self.resolved, trigger.token, trigger.sentence);
        let kind = match kind {
            _ if remote => EncounterKind::Call,
            _ if pictured => EncounterKind::Meeting,
            EncounterKind::Meeting if ringing => EncounterKind::Call,
            EncounterKind::Visit if receiving => EncounterKind::Meeting,
            EncounterKind::Call if calling_on => EncounterKind::Meeting,
            kind => kind,
        };
        if kind != EncounterKind::Visit
            && (press::hears(self.resolved, &others.outlets, trigger, &plain)
                || patterns::is_own_session(self.resolved, trigger.token, &plain))
        {
            return None;
        }
        let at = argmax(&trigger.status);
        let decided = status::decided(&self.resolved.tagged, trigger.token, trigger.sentence);
        let (status, status_probability) = match decided {
            Some(status) => (status, PLAIN),
            None => (STATUSES[at], trigger.status[at]),
        };

        let visit = kind == EncounterKind::Visit;
        let places = self.probabilities(trigger, Role::Place);
        // What the sentence says plainly beats the scores.
        let named =
            places::place(self.resolved, trigger.token, trigger.sentence, visit).or_else(|| {
                (kind == EncounterKind::Meeting)
                    .then(|| places::scene(self.resolved, trigger.token, trigger.sentence))?
            });
        let named = named
            .or_else(|| pictured.then(|| places::place_at_end(self.resolved, trigger.sentence))?);
        let mut place = named
            .map(|e| (e, PLAIN))
            .or_else(|| best(&places).filter(|p| p.1 >= self.thresholds.place));
        // A call is nowhere, unless a building is named (5 of 227 calls in gold have a place): "discussed the war in Gaza".
        if kind == EncounterKind::Call {
            let building =
                |p: &(EntityId, f32)| self.resolved.entities[p.0.index()].kind == NameType::Fac;
            place = place.filter(building);
        }
        let mut who = self.probabilities(trigger, Role::Participant);
        who.retain(|e, _| !others.spokespeople.contains(e));
        if visit {
            // Without a place there is no visit, so half the evidence for one will do.
            place = place.or(best(&places).filter(|p| p.1 >= self.thresholds.place * 0.5));
            let visited = self.resolved.actor_of[place?.0.index()];
            who.retain(|e, _| *e != visited);
            let visitors = patterns::visitors(
                self.resolved,
                self.candidates,
                trigger.token,
                trigger.sentence,
            );
            if !visitors.is_empty() {
                who.retain(|e, _| visitors.contains(e));
                for visitor in visitors {
                    who.insert(visitor, PLAIN);
                }
            }
        } else {
            // "spoke with A, who had met B": A took part in both.
            let goes_on = |t: TokenId| {
                let mut between = t.index()..trigger.token.index();
                between.any(|t| document.word(TokenId::new(t)) == "who")
            };
            let elsewhere = |e: &EntityId| {
                let words = others.met.get(&(trigger.sentence, *e));
                words.is_some_and(|w| w.iter().any(|t| *t != trigger.token && !goes_on(*t)))
            };
            who.retain(|e, _| {
                !others.outlets.contains(e) && (plain.actors.contains(e) || !elsewhere(e))
            });
            if plain.complete {
                who.retain(|e, _| plain.actors.contains(e));
            } else if !plain.actors.is_empty() {
                self.keep_one_side(trigger, &plain.actors, &mut who);
            }
            if !plain.apart.is_empty() {
                self.someone_met(&plain.objects, &mut who);
            }
            for actor in &plain.actors {
                let p = who.entry(*actor).or_default();
                *p = p.max(PLAIN);
            }
        }
        for person in attendees {
            let p = who.entry(*person).or_default();
            *p = p.max(PLAIN);
        }
        self.one_for_each_pronoun(trigger, &mut who);
        self.share_in_one_breath(trigger, &mut who);
        // "the king of Kenya met Ann Ray": Kenya's part is plain.
        let exempt = if plain.complete {
            &plain.actors[..]
        } else {
            &[]
        };
        self.prefer_like_with_like(trigger, kind, exempt, &mut who);
        let unnamed = (kind == EncounterKind::Meeting)
            .then(|| lists::unnamed_behind(self.resolved, trigger.token, trigger.sentence))
            .flatten();
        if unnamed.is_some() {
            let near = self.inside(trigger, LIKELY);
            who.retain(|e, _| near.contains(e) || attendees.contains(e));
        }
        let alone = unnamed.and_then(|_| self.traveller(&who));
        let (participants, weakest) = match self.choose(trigger, kind, who) {
            Some(chosen) => chosen,
            None => (vec![alone.clone()?], UNNAMED),
        };
        let unnamed = unnamed.filter(|_| participants.len() == 1);
        Some(Draft {
            kind,
            status,
            unnamed,
            list: lists::list_behind(self.resolved, trigger.token, trigger.sentence),
            // "the last stop of her trip" is part of it.
            earlier: !visit && patterns::is_earlier(document, trigger.token, trigger.sentence),
            place,
            when: Calendar {
                resolved: self.resolved,
                candidates: self.candidates,
                dates: self.dates,
                threshold: self.thresholds.date,
            }
            .of(trigger, status),
            trigger: trigger.token,
            sentence: trigger.sentence,
            evidence: evidence(self.resolved, trigger, &participants),
            participants,
            also: Vec::new(),
            // As sure as the trigger, its status and the least sure indispensable participant together.
            confidence: stated * status_probability * weakest,
        })
    }

    /// Where grammar tells whom someone met, that someone is named in the sentence, or may be meant by a word of it; else
    /// it is the likeliest of the others alone. The scores know many a person from further up.
    fn keep_one_side(
        &self,
        trigger: &Trigger,
        other_side: &[EntityId],
        who: &mut BTreeMap<EntityId, f32>,
    ) {
        let near = self.inside(trigger, POSSIBLE);
        let rest = || who.iter().filter(|(e, _)| !other_side.contains(e));
        let here = |(e, p): (&EntityId, &f32)| near.contains(e) && *p >= self.thresholds.second;
        if rest().any(here) {
            who.retain(|e, _| near.contains(e) || other_side.contains(e));
        } else if let Some(subject) = lists::subject_before(self.resolved, trigger.sentence)
            .filter(|s| !other_side.contains(s))
        {
            let p = who.entry(subject).or_default();
            *p = p.max(self.thresholds.participant);
            who.retain(|e, _| *e == subject || other_side.contains(e));
        } else if let Some((&subject, _)) =
            rest().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0)))
        {
            who.retain(|e, _| *e == subject || other_side.contains(e));
        }
    }

    /// Who met `met` each apart is somebody else: the likeliest one, if there may be one at all.
    fn someone_met(&self, met: &[EntityId], who: &mut BTreeMap<EntityId, f32>) {
        let rest = who.iter_mut().filter(|(e, _)| !met.contains(e));
        if let Some((_, p)) = rest.max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0)))
            && *p >= POSSIBLE
        {
            *p = p.max(self.thresholds.participant);
        }
    }

    /// "He" stands for one person: of those who are not named in the sentence and may only be meant by such pronouns, as
    /// many stay as there are pronouns that likely take part.
    fn one_for_each_pronoun(&self, trigger: &Trigger, who: &mut BTreeMap<EntityId, f32>) {
        let mut named: BTreeSet<EntityId> = BTreeSet::new();
        let mut meant: BTreeSet<EntityId> = BTreeSet::new();
        let mut words = 0;
        for s in trigger
            .fillers
            .iter()
            .filter(|s| self.is_inside(trigger, s.filler))
        {
            let actors = self.actors_of(s.filler);
            let singular = match s.filler {
                Filler::Candidate(c) => self.candidates[c as usize].kind == CandidateKind::Singular,
                Filler::Mention(_) => false,
            };
            if singular {
                meant.extend(actors.map(|a| a.0));
                words += usize::from(logistic(s.participant) >= POSSIBLE);
            } else {
                named.extend(actors.filter(|a| a.1 >= LIKELY).map(|a| a.0));
            }
        }
        // "Before the talks he went to Bucha": the pronoun need not belong to the encounter.
        let sure = |e: &EntityId| {
            who.get(e)
                .is_some_and(|p| *p >= self.thresholds.participant)
        };
        if !named.iter().any(sure) {
            return;
        }
        let mut rivals: Vec<(EntityId, f32)> = meant
            .difference(&named)
            .filter_map(|e| who.get(e).map(|p| (*e, *p)))
            .collect();
        rivals.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        for (entity, _) in rivals.iter().skip(words.max(1)) {
            who.remove(entity);
        }
    }

    /// Of people named in one breath ("Ann Ray, Bo Li and Cy Orr") all take part or none.
    fn share_in_one_breath(&self, trigger: &Trigger, who: &mut BTreeMap<EntityId, f32>) {
        for people in lists::people_in_one_breath(self.resolved, trigger.sentence) {
            let best = people.iter().filter_map(|e| who.get(e)).copied();
            let best = best.fold(0.0, f32::max);
            if best >= self.thresholds.participant {
                for person in people {
                    let p = who.entry(person).or_default();
                    *p = p.max(best * ONE_BREATH);
                }
            }
        }
    }

    /// Where a person takes part, countries without officials hardly ever do (in 27 of 1,176 such meetings and calls of
    /// gold/train, briefs and sentences): they count for less. `exempt` are those whose officials grammar has.
    fn prefer_like_with_like(
        &self,
        trigger: &Trigger,
        kind: EncounterKind,
        exempt: &[EntityId],
        who: &mut BTreeMap<EntityId, f32>,
    ) {
        let type_of = |e: &EntityId| self.resolved.entities[e.index()].kind;
        let sure = |(e, p): (&EntityId, &f32)| {
            type_of(e) == NameType::Per && *p >= self.thresholds.participant
        };
        if kind == EncounterKind::Visit || !who.iter().any(sure) {
            return;
        }
        for (e, p) in who.iter_mut() {
            let officials = || match exempt.contains(e) {
                true => phrases::officials_of(self.resolved, *e, trigger.sentence),
                false => officials::words(self.resolved, *e, trigger.sentence),
            };
            if matches!(type_of(e), NameType::Gpe | NameType::Norp) && officials().is_none() {
                *p *= BARE_COUNTRY;
            }
        }
    }

    /// The participants, sorted by entity, and the probability of the last indispensable one.
    fn choose(
        &self,
        trigger: &Trigger,
        kind: EncounterKind,
        who: BTreeMap<EntityId, f32>,
    ) -> Option<(Vec<Actor>, f32)> {
        let mut ranked: Vec<(EntityId, f32)> = who.into_iter().collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let needed = if kind == EncounterKind::Visit { 1 } else { 2 };
        // Where the trigger's own sentence names enough actors, others must be surer.
        let inside = self.inside(trigger, LIKELY);
        let sure_inside =
            |p: &(EntityId, f32)| inside.contains(&p.0) && p.1 >= self.thresholds.participant;
        if ranked.iter().filter(|p| sure_inside(p)).count() >= needed {
            ranked.retain(|p| inside.contains(&p.0) || p.1 >= self.thresholds.outside);
        }
        let sure = ranked
            .iter()
            .take_while(|p| p.1 >= self.thresholds.participant)
            .count();
        let weakest = ranked.get(needed - 1)?.1;
        if sure + 1 < needed || sure < needed && weakest < self.thresholds.second {
            return None;
        }
        ranked.truncate(sure.max(needed));
        let mut participants: Vec<Actor> = ranked
            .into_iter()
            .map(|(entity, probability)| Actor {
                entity,
                probability,
                words: phrases::officials_of(self.resolved, entity, trigger.sentence),
            })
            .collect();
        participants.sort_by_key(|p| p.entity);
        Some((participants, weakest))
    }

    /// The one person who surely takes part.
    fn traveller(&self, who: &BTreeMap<EntityId, f32>) -> Option<Actor> {
        let sure = who.iter().filter(|(e, p)| {
            let person = self.resolved.entities[e.index()].kind == NameType::Per;
            person && **p >= self.thresholds.participant
        });
        let best = sure.max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0)))?;
        Some(Actor {
            entity: *best.0,
            probability: *best.1,
            words: None,
        })
    }

    /// The probability of each possible filler entity. Participants are actors, places are entities.
    fn probabilities(&self, trigger: &Trigger, role: Role) -> BTreeMap<EntityId, f32> {
        let resolved = self.resolved;
        let mut names: BTreeMap<EntityId, Vec<f32>> = BTreeMap::new();
        for s in &trigger.fillers {
            let Filler::Mention(m) = s.filler else {
                continue;
            };
            let entity = resolved.entity_of[m.index()];
            if !role.admits(resolved.entities[entity.index()].kind) {
                continue;
            }
            match role {
                // "accredited in Kenya" says nothing of Kenya's taking part.
                Role::Participant if self.is_scenery(m) || self.asides.contains(&m) => {}
                Role::Participant => {
                    let actor = resolved.actor_of[entity.index()];
                    names.entry(actor).or_default().push(s.participant);
                }
                Role::Place => names.entry(entity).or_default().push(s.place),
            }
        }
        let mut absent: BTreeMap<EntityId, f32> = names
            .into_iter()
            .map(|(e, logits)| (e, 1.0 - logistic(log_sum_exp(&logits))))
            .collect();
        if role == Role::Participant {
            for s in &trigger.fillers {
                let Filler::Candidate(c) = s.filler else {
                    continue;
                };
                // Date expressions refer to nothing: their lists are empty.
                for (entity, link) in resolved.antecedents.get(c as usize).into_iter().flatten() {
                    let actor = resolved.actor_of[entity.index()];
                    *absent.entry(actor).or_insert(1.0) *= 1.0 - logistic(s.participant) * link;
                }
            }
        }
        absent.into_iter().map(|(e, p)| (e, 1.0 - p)).collect()
    }

    fn is_scenery(&self, mention: MentionId) -> bool {
        let tagged = &self.resolved.tagged;
        let m = &tagged.mentions[mention.index()];
        m.kind == NameType::Gpe
            && phrases::is_scenery(
                &tagged.document,
                tagged.document.token_at(m.span.start).index(),
            )
    }

    /// The actors that the trigger's sentence names, or speaks of by a pronoun or description with a score from `floor` on.
    fn inside(&self, trigger: &Trigger, floor: f32) -> BTreeSet<EntityId> {
        let fillers = trigger.fillers.iter().map(|s| s.filler);
        fillers
            .filter(|f| self.is_inside(trigger, *f))
            .flat_map(|f| self.actors_of(f))
            .filter(|a| a.1 >= floor)
            .map(|a| a.0)
            .collect()
    }

    /// True where `filler` stands in the trigger's sentence.
    fn is_inside(&self, trigger: &Trigger, filler: Filler) -> bool {
        let tagged = &self.resolved.tagged;
        match filler {
            Filler::Mention(m) => tagged.mentions[m.index()].sentence == trigger.sentence,
            Filler::Candidate(c) => self.candidates.get(c as usize).is_some_and(|c| {
                let at = tagged.document.tokens[c.token.index()].span.start;
                tagged.document.sentence_at(at) == trigger.sentence
            }),
        }
    }

    /// The actors that `filler` names, or may mean, with how likely it means them.
    fn actors_of(&self, filler: Filler) -> impl Iterator<Item = (EntityId, f32)> {
        let resolved = self.resolved;
        let (named, meant) = match filler {
            Filler::Mention(m) => (Some((resolved.entity_of[m.index()], 1.0)), None),
            Filler::Candidate(c) => (None, resolved.antecedents.get(c as usize)),
        };
        let all = named
            .into_iter()
            .chain(meant.into_iter().flatten().copied());
        all.map(|(e, p)| (resolved.actor_of[e.index()], p))
    }
}

/// The encounters that `draft` tells of in one word, where those met belong to several: "calls with A and B"; none of
/// them where nobody else took part. None where it tells of one.
fn each_apart(draft: &Draft, apart: &[Vec<EntityId>]) -> Option<Vec<Draft>> {
    let met: BTreeSet<EntityId> = apart.iter().flatten().copied().collect();
    let is_met = |p: &&Actor| met.contains(&p.entity);
    if draft.kind == EncounterKind::Visit || apart.is_empty() {
        return None;
    }
    if draft.participants.iter().all(|p| is_met(&p)) {
        return Some(Vec::new());
    }
    let with = |group: &Vec<EntityId>| {
        let mut one = draft.clone();
        one.participants
            .retain(|p| !is_met(&p) || group.contains(&p.entity));
        one
    };
    let held = |group: &&Vec<EntityId>| group.iter().any(|e| draft.has(*e));
    let out: Vec<Draft> = apart.iter().filter(held).map(with).collect();
    (out.len() > 1).then_some(out)
}

/// Which role is asked for: it decides what can fill it.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Participant,
    Place,
}

impl Role {
    fn admits(self, kind: NameType) -> bool {
        match self {
            Role::Participant => {
                matches!(
                    kind,
                    NameType::Per | NameType::Org | NameType::Gpe | NameType::Norp
                )
            }
            Role::Place => kind.is_place(),
        }
    }
}

/// The most probable entity; the earlier one of equals.
fn best(probabilities: &BTreeMap<EntityId, f32>) -> Option<(EntityId, f32)> {
    let mut best: Option<(EntityId, f32)> = None;
    for (e, p) in probabilities {
        if best.is_none_or(|b| *p > b.1) {
            best = Some((*e, *p));
        }
    }
    best
}

/// The words around the trigger up to the participants named nearest to it, at most [`EVIDENCE`] to each side.
fn evidence(resolved: &Resolved, trigger: &Trigger, participants: &[Actor]) -> Span {
    const EVIDENCE: usize = 8;
    let document = &resolved.tagged.document;
    let t = trigger.token.index();
    let sentence = document.sentences[trigger.sentence.index()].tokens();
    let reach =
        t.saturating_sub(EVIDENCE).max(sentence.start)..(t + EVIDENCE + 1).min(sentence.end);
    let window = document.tokens[reach.start]
        .span
        .cover(document.tokens[reach.end - 1].span);
    let mut span = document.tokens[t].span;
    for (i, m) in resolved.tagged.mentions_in(window) {
        let actor = resolved.actor_of[resolved.entity_of[i].index()];
        if participants.iter().any(|p| p.entity == actor) {
            span = span.cover(m.span);
        }
    }
    span
}

fn kind_of(trigger: &Trigger) -> EncounterKind {
    match argmax(&trigger.kind[1..]) {
        0 => EncounterKind::Meeting,
        1 => EncounterKind::Call,
        _ => EncounterKind::Visit,
    }
}

fn argmax(values: &[f32]) -> usize {
    let mut best = 0;
    for (i, v) in values.iter().enumerate() {
        if *v > values[best] {
            best = i;
        }
    }
    best
}
