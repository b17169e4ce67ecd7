//! Pronouns and descriptions that refer to people and sides: "he", "the two leaders", "his Turkish counterpart".
//!
//! In: a [`Document`] and its name mentions. Out: [`Description`]s in order. The words are in `data/descriptions.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::{country, country_of_demonym};
use crate::document::{Document, Mention, NameType};
use crate::names::lexicon::Gender;
use crate::span::Span;

const LEXICON: &str = include_str!("../../data/descriptions.toml");

/// The most words of a description before its noun.
const LONGEST: usize = 7;

/// One or several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// One.
    Singular,
    /// Several.
    Plural,
}

/// What sort of referring expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DescriptionKind {
    /// A pronoun; `speaker` for "I" and "we".
    Pronoun {
        /// Of "he" and "she".
        gender: Option<Gender>,
        /// One or several.
        number: Number,
        /// First person.
        speaker: bool,
    },
    /// One person: "the minister".
    Person,
    /// Several people or sides, with their number where it is said: "the two leaders".
    Group {
        /// How many.
        count: Option<u8>,
    },
    /// Someone of equal office on another side: "his Turkish counterpart".
    Counterpart,
    /// One side, its delegation or government: "the Russian delegation".
    Side,
}

/// A pronoun or description that may fill a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Description {
    /// The whole phrase.
    pub span: Span,
    /// Its noun, or the pronoun itself.
    pub head: Span,
    /// What sort.
    pub kind: DescriptionKind,
    /// The country named in it: "the Russian leader", "Russia's leader", "the president of Russia".
    pub nationality: Option<&'static str>,
}

#[derive(Deserialize)]
struct File {
    pronoun: Vec<PronounEntry>,
    noun: Vec<NounEntry>,
    modifiers: Words,
    complements: Words,
    determiners: Words,
}

#[derive(Deserialize)]
struct Words {
    words: BTreeSet<String>,
}

#[derive(Deserialize)]
struct PronounEntry {
    words: Vec<String>,
    gender: Option<String>,
    number: String,
    #[serde(default)]
    speaker: bool,
    #[cfg(test)]
    yes: Vec<String>,
    #[cfg(test)]
    no: Vec<String>,
}

#[derive(Deserialize)]
struct NounEntry {
    singular: Vec<String>,
    plural: Vec<String>,
    kind: NounKind,
    #[cfg(test)]
    yes: Vec<String>,
    #[cfg(test)]
    no: Vec<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
enum NounKind {
    Person,
    Side,
    Group,
    Counterpart,
}

#[derive(Default)]
struct Lexicon {
    pronouns: BTreeMap<String, DescriptionKind>,
    /// Noun -> kind and number; plurals also -> their singular.
    nouns: BTreeMap<String, (NounKind, Number)>,
    modifiers: BTreeSet<String>,
    complements: BTreeSet<String>,
    determiners: BTreeSet<String>,
}

static WORDS: LazyLock<Lexicon> = LazyLock::new(|| {
    toml::from_str::<File>(LEXICON)
        .map(Lexicon::new)
        .unwrap_or_default()
});

impl Lexicon {
    fn new(file: File) -> Self {
        let mut out = Lexicon {
            modifiers: file.modifiers.words,
            complements: file.complements.words,
            determiners: file.determiners.words,
            ..Lexicon::default()
        };
        for entry in file.pronoun {
            let gender = match entry.gender.as_deref() {
                Some("male") => Some(Gender::Male),
                Some("female") => Some(Gender::Female),
                _ => None,
            };
            let number = if entry.number == "plural" {
                Number::Plural
            } else {
                Number::Singular
            };
            for word in entry.words {
                out.pronouns.insert(
                    word,
                    DescriptionKind::Pronoun {
                        gender,
                        number,
                        speaker: entry.speaker,
                    },
                );
            }
        }
        for entry in file.noun {
            for word in entry.singular {
                out.nouns.insert(word, (entry.kind, Number::Singular));
            }
            for word in entry.plural {
                out.nouns.insert(word, (entry.kind, Number::Plural));
            }
        }
        out
    }
}

/// True for words of offices: nouns for people and what stands before them.
pub(super) fn is_office_noun(lower: &str) -> bool {
    matches!(WORDS.nouns.get(lower), Some((NounKind::Person, _)))
}

/// True for words that may stand between an office noun and what precedes it.
pub(super) fn is_modifier(lower: &str) -> bool {
    WORDS.modifiers.contains(lower)
}

/// The count a word states.
fn count(lower: &str) -> Option<u8> {
    match lower {
        "both" | "two" | "either" | "neither" => Some(2),
        "three" => Some(3),
        "four" => Some(4),
        "five" => Some(5),
        "six" => Some(6),
        "seven" => Some(7),
        _ => None,
    }
}

/// Finds pronouns and descriptions, sorted by span. None overlaps a name, but for a country or people inside a description.
///
/// A title before its bearer's name ("the Russian president, Vladimir Putin") is no description: the name is there.
pub fn find(document: &Document, mentions: &[Mention]) -> Vec<Description> {
    let body = document.article.body.as_str();
    let lower: Vec<String> = document
        .tokens
        .iter()
        .map(|t| t.span.of(body).to_lowercase())
        .collect();
    // The mention that covers each token.
    let mut covered: Vec<Option<usize>> = vec![None; lower.len()];
    for (m, mention) in mentions.iter().enumerate() {
        let mut t = document
            .tokens
            .partition_point(|t| t.span.end <= mention.span.start);
        while t < lower.len() && document.tokens[t].span.start < mention.span.end {
            covered[t] = Some(m);
            t += 1;
        }
    }
    let reader = Reader {
        document,
        mentions,
        body,
        lower: &lower,
        covered: &covered,
    };
    let mut out = Vec::new();
    for sentence in &document.sentences {
        let tokens = sentence.tokens();
        let end = tokens.end.min(lower.len());
        let mut t = tokens.start;
        while t < end {
            match reader.phrase(t, end).or_else(|| reader.pronoun(t, end)) {
                Some((description, next)) => {
                    out.push(description);
                    t = next.max(t + 1);
                }
                None => t += 1,
            }
        }
    }
    out
}

struct Reader<'a> {
    document: &'a Document,
    mentions: &'a [Mention],
    body: &'a str,
    lower: &'a [String],
    covered: &'a [Option<usize>],
}

impl Reader<'_> {
    fn span(&self, t: usize) -> Span {
        self.document.tokens[t].span
    }

    /// The country or people that a mention names.
    fn land(&self, m: usize) -> Option<&'static str> {
        let name = self.mentions[m].span.of(self.body);
        match self.mentions[m].kind {
            NameType::Gpe | NameType::Loc => country(name),
            NameType::Norp => country_of_demonym(name),
            _ => None,
        }
    }

    /// One past the last token of the mention that covers token `t`.
    fn after_mention(&self, m: usize, mut t: usize) -> usize {
        while t < self.covered.len() && self.covered[t] == Some(m) {
            t += 1;
        }
        t
    }

    fn pronoun(&self, t: usize, end: usize) -> Option<(Description, usize)> {
        if self.covered[t].is_some() {
            return None;
        }
        let word = self.span(t).of(self.body);
        if let ("each" | "one", Some(next)) = (self.lower[t].as_str(), self.lower.get(t + 1))
            && t + 1 < end
            && let Some(&kind) = WORDS.pronouns.get(&format!("{} {next}", self.lower[t]))
        {
            let span = self.span(t).cover(self.span(t + 1));
            return Some((
                Description {
                    span,
                    head: span,
                    kind,
                    nationality: None,
                },
                t + 2,
            ));
        }
        let kind = *WORDS.pronouns.get(&self.lower[t])?;
        // "US" is a country, "Napoleon I" a number, "ME" an abbreviation.
        let shouted = word.chars().all(char::is_uppercase);
        let numeral = word == "I" && t > 0 && {
            let before = self.span(t - 1).of(self.body);
            let opens = self
                .document
                .sentences
                .binary_search_by_key(&(t - 1), |s| s.first.index())
                .is_ok();
            let capital = before.chars().next().is_some_and(char::is_uppercase) && before.len() > 1;
            let dot = self
                .body
                .get(self.span(t).end as usize..)
                .is_some_and(|rest| rest.starts_with('.'));
            capital && (!opens || dot)
        };
        if shouted && word.len() > 1 || word == "i" || numeral {
            return None;
        }
        Some((
            Description {
                span: self.span(t),
                head: self.span(t),
                kind,
                nationality: None,
            },
            t + 1,
        ))
    }

    fn phrase(&self, start: usize, end: usize) -> Option<(Description, usize)> {
        let (mut t, mut number, mut nationality, mut group) = (start, None, None, false);
        if let Some(m) = self.covered[t] {
            // "Russia's president": the mention, then 's.
            nationality = self.land(m);
            nationality?;
            if t > 0 && self.covered[t - 1] == Some(m) {
                return None;
            }
            t = self.after_mention(m, t);
            if t >= end || !matches!(self.lower[t].as_str(), "'s" | "’s" | "'" | "’") {
                return None;
            }
            t += 1;
        } else {
            let word = self.lower[t].as_str();
            if !WORDS.determiners.contains(word) {
                return None;
            }
            number = count(word);
            group = word == "both" || number.is_some();
            t += 1;
        }
        let mut steps = 0;
        let mut head: Option<(usize, NounKind, Number)> = None;
        while t < end && steps < LONGEST {
            let word = self.lower[t].as_str();
            if let Some(m) = self.covered[t] {
                let inside = matches!(
                    self.mentions[m].kind,
                    NameType::Norp | NameType::Org | NameType::Gpe
                ) || self.land(m).is_some();
                if !inside || head.is_some() {
                    break;
                }
                nationality = nationality.or_else(|| self.land(m));
                t = self.after_mention(m, t);
                // "the U.S.'s envoy", "the Russian and Turkish leaders".
                if t < end && matches!(self.lower[t].as_str(), "and" | "'s" | "’s") {
                    t += 1;
                }
                steps += 1;
                continue;
            }
            if let Some(&(kind, n)) = WORDS.nouns.get(word) {
                head = Some((t, kind, n));
                t += 1;
                steps += 1;
                // "the party leader", "the government delegation": the last noun counts.
                if t < end && self.covered[t].is_none() && WORDS.nouns.contains_key(&self.lower[t])
                {
                    continue;
                }
                break;
            }
            if let Some(n) = count(word) {
                number = number.or(Some(n));
                group = true;
            } else if let Some(land) = country_of_demonym(word) {
                nationality = nationality.or(Some(land));
            } else if !WORDS.modifiers.contains(word) && word != "-" {
                return None;
            }
            t += 1;
            steps += 1;
        }
        let (h, kind, n) = head?;
        // "a senior U.S. diplomat" is named further on; "a minister" is anybody.
        if matches!(self.lower[start].as_str(), "a" | "an")
            && (nationality.is_none() || kind != NounKind::Person || n == Number::Plural)
        {
            return None;
        }
        // "the president Vladimir Putin", "the president, Vladimir Putin": the bearer is named.
        let person_at = |i: usize| {
            self.covered
                .get(i)
                .copied()
                .flatten()
                .is_some_and(|m| self.mentions[m].kind == NameType::Per && i < end)
        };
        if person_at(t)
            || (t < end && matches!(self.lower[t].as_str(), "," | "(" | ":") && person_at(t + 1))
        {
            return None;
        }
        // "the minister's office" refers to the minister; "the president-elect" is cut no further.
        if t + 1 < end && self.lower[t] == "of" {
            let mut u = t + 1;
            if self.lower[u] == "the" && u + 1 < end {
                u += 1;
            }
            if let Some(m) = self.covered[u] {
                nationality = nationality.or_else(|| self.land(m));
                let after = self.after_mention(m, u);
                if person_at(after)
                    || (after < end && self.lower[after] == "," && person_at(after + 1))
                {
                    return None;
                }
            } else if WORDS.complements.contains(&self.lower[u]) {
                t = u + 1;
            }
        }
        let kind = match (kind, n) {
            (NounKind::Counterpart, _) => DescriptionKind::Counterpart,
            (NounKind::Group, _) => DescriptionKind::Group {
                count: number.or(if self.lower[h] == "trio" {
                    Some(3)
                } else {
                    Some(2)
                }),
            },
            (_, Number::Plural) => DescriptionKind::Group { count: number },
            (NounKind::Side, Number::Singular) => DescriptionKind::Side,
            (NounKind::Person, Number::Singular) if group => return None,
            (NounKind::Person, Number::Singular) => DescriptionKind::Person,
        };
        let span = self.span(start).cover(self.span(t - 1));
        Some((
            Description {
                span,
                head: self.span(h),
                kind,
                nationality,
            },
            t,
        ))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::document::{Article, Sentence, Token};
    use crate::span::{SentenceId, TokenId};

    /// A document cut at white space, punctuation and sentence ends: enough for tests.
    pub(in super::super) fn document(body: &str) -> Document {
        let mut tokens: Vec<Token> = Vec::new();
        let mut sentences = Vec::new();
        let (mut first, mut open) = (0, None);
        let push = |tokens: &mut Vec<Token>, s: usize, e: usize| {
            tokens.push(Token {
                span: Span::new(s, e),
            })
        };
        for (i, c) in body.char_indices() {
            let next = body[i + c.len_utf8()..].chars().next();
            let joins = c.is_alphanumeric()
                || c == '-'
                || (c == '.' && next.is_some_and(|n| n.is_alphanumeric()))
                || (c == '.' && open.is_some_and(|o: usize| body[o..i].contains('.')));
            if joins {
                open.get_or_insert(i);
                continue;
            }
            if let Some(s) = open.take() {
                push(&mut tokens, s, i);
            }
            if matches!(c, '\'' | '’') && next == Some('s') {
                open = Some(i);
            } else if !c.is_whitespace() {
                push(&mut tokens, i, i + c.len_utf8());
            }
            if (matches!(c, '.' | '?' | '!') || c == '\n') && tokens.len() > first {
                sentences.push((first, tokens.len()));
                first = tokens.len();
            }
        }
        if let Some(s) = open {
            push(&mut tokens, s, body.len());
        }
        if tokens.len() > first {
            sentences.push((first, tokens.len()));
        }
        let sentences = sentences
            .into_iter()
            .map(|(a, b)| Sentence {
                span: tokens[a].span.cover(tokens[b - 1].span),
                first: TokenId::new(a),
                end: TokenId::new(b),
                paragraph: 0,
                boilerplate: false,
            })
            .collect();
        Document {
            article: Article {
                body: body.to_owned(),
                ..Article::default()
            },
            tokens,
            sentences,
        }
    }

    /// [`document`] of a text with name marks, with the sentence of each mention set.
    pub(in super::super) fn marked_document(text: &str) -> (Document, Vec<Mention>) {
        let (body, mut mentions) = super::super::tests::marked(text);
        let document = document(&body);
        for m in &mut mentions {
            m.sentence = document.sentence_at(m.span.start);
        }
        (document, mentions)
    }

    fn found(text: &str) -> Vec<String> {
        let (document, mentions) = marked_document(text);
        find(&document, &mentions)
            .iter()
            .map(|d| d.span.of(&document.article.body).to_owned())
            .collect()
    }

    #[test]
    fn every_entry_finds_its_yes_and_leaves_its_no() {
        let file: File = toml::from_str(LEXICON).expect("the lexicon is well-formed");
        let pronouns = file.pronoun.iter().map(|e| (&e.words[0], &e.yes, &e.no));
        let nouns = file.noun.iter().map(|e| (&e.singular[0], &e.yes, &e.no));
        for (name, yes, no) in pronouns.chain(nouns) {
            assert!(!yes.is_empty() && !no.is_empty(), "{name} has no examples");
            for example in yes {
                let (before, rest) = example
                    .split_once('[')
                    .expect("a yes-example marks its phrase");
                let (phrase, after) = rest.split_once(']').expect("a yes-example closes its mark");
                let all = found(&format!("{before}{phrase}{after}"));
                assert!(all.iter().any(|f| f == phrase), "{example}: found {all:?}");
            }
            for example in no {
                let all = found(example);
                assert!(all.is_empty(), "{example}: found {all:?}");
            }
        }
    }

    #[test]
    fn nationality_and_names() {
        let (document, mentions) = marked_document(
            "{GPE Russia}'s president met his {NORP Turkish} counterpart. The president of {GPE Iran} left.",
        );
        let all = find(&document, &mentions);
        let lands: Vec<_> = all.iter().map(|d| (d.kind, d.nationality)).collect();
        assert_eq!(
            lands,
            [
                (DescriptionKind::Person, Some("Russia")),
                (DescriptionKind::Counterpart, Some("Turkey")),
                (DescriptionKind::Person, Some("Iran")),
            ]
        );
        for text in [
            "The {NORP Russian} president, {PER Vladimir Putin}, left.",
            "The president {PER Putin} left.",
            "Talks in the {GPE US}.",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
        assert!(find(&Document::default(), &[]).is_empty());
        let _ = SentenceId(0);
    }
}
