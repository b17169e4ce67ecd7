//! People: full names are matched to each other first, then bare family and given names to full names.

use std::collections::BTreeMap;

use crate::names::lexicon::{Gender, is_given};
use crate::names::person::{PersonName, compatible};
use crate::names::text::{consonants, fold_word, one_edit, sound};

/// Candidates looked at for one name: more people of one name part than this are not told apart by trying all.
const MOST_CANDIDATES: usize = 16;

/// One distinct person name of an article.
#[derive(Debug)]
pub(super) struct PersonNode {
    /// Its parts.
    pub name: PersonName,
    /// Mentions, ascending.
    pub mentions: Vec<usize>,
}

/// Words before a mention that tell more than the name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cue {
    /// "Mr.", "Mrs.", "wife".
    pub gender: Option<Gender>,
    /// The folded title word before the name: "president".
    pub title: Option<String>,
    /// "wife", "brother", "first lady": named beside someone else.
    pub relative: bool,
}

/// Reads the cue in the text that ends where a name starts.
pub(super) fn cue(before: &str) -> Cue {
    let mut cue = Cue::default();
    let mut start = before.len().saturating_sub(48);
    while !before.is_char_boundary(start) {
        start += 1;
    }
    let window = &before[start..];
    if !window.ends_with([' ', '\n', ',']) {
        return cue;
    }
    let sentence = window
        .rfind(['!', '?', ';', '\n'])
        .map_or(window, |i| &window[i + 1..]);
    for (distance, word) in sentence.split_whitespace().rev().take(3).enumerate() {
        let stop = word.ends_with('.') && (word.len() > 5 || word.starts_with(char::is_lowercase));
        let folded = fold_word(word);
        if stop || (distance == 1 && folded == "and") {
            break;
        }
        let gender = match folded.as_str() {
            "mr" | "king" | "prince" | "sir" | "lord" | "pope" | "chairman" | "spokesman"
            | "congressman" | "senor" => Some(Gender::Male),
            "mrs" | "ms" | "miss" | "queen" | "princess" | "dame" | "madam" | "madame"
            | "chairwoman" | "spokeswoman" | "congresswoman" | "baroness" | "lady" => {
                Some(Gender::Female)
            }
            "wife" | "daughter" | "sister" | "mother" | "widow" | "niece" | "stepdaughter"
            | "exwife" => {
                cue.relative = true;
                Some(Gender::Female)
            }
            "husband" | "son" | "brother" | "father" | "nephew" | "cousin" | "uncle"
            | "soninlaw" | "grandson" => {
                cue.relative = true;
                Some(Gender::Male)
            }
            _ => None,
        };
        if gender.is_some() && (cue.gender.is_none()) && (distance == 0 || cue.relative) {
            cue.gender = gender;
        }
        if folded == "lady" && sentence.to_lowercase().contains("first lady") {
            cue.relative = true;
        }
        if distance == 0 {
            let title = matches!(
                folded.as_str(),
                "president"
                    | "minister"
                    | "secretary"
                    | "chancellor"
                    | "senator"
                    | "sen"
                    | "governor"
                    | "gov"
                    | "general"
                    | "gen"
                    | "king"
                    | "queen"
                    | "pope"
                    | "mr"
                    | "mrs"
                    | "ms"
                    | "premier"
                    | "ambassador"
                    | "representative"
                    | "rep"
                    | "judge"
                    | "dr"
                    | "director"
                    | "commissioner"
                    | "envoy"
                    | "mayor"
                    | "prince"
                    | "princess"
                    | "leader"
                    | "spokesman"
                    | "spokeswoman"
                    | "chairman"
                    | "administration"
                    | "under"
                    | "chief"
            );
            if title {
                cue.title = Some(folded);
            }
            if word.ends_with(',') && !cue.relative {
                break;
            }
        }
    }
    cue
}

/// What is gathered about one person while names are matched.
struct Person {
    /// Nodes with full names.
    nodes: Vec<usize>,
    gender: Option<Gender>,
    titles: Vec<String>,
    relative: bool,
    first: usize,
    /// Mentions by full name, ascending.
    full: Vec<usize>,
}

/// Groups person names; returns a group number for every mention of every node (`usize::MAX` elsewhere) and their count.
///
/// `before` reads the words before a mention; `together` tells whether two mentions, the earlier first, share a sentence.
pub(super) fn group(
    nodes: &[PersonNode],
    mention_count: usize,
    before: impl Fn(usize) -> Cue,
    together: impl Fn(usize, usize) -> bool,
) -> (Vec<usize>, usize) {
    let mut of_mention = vec![usize::MAX; mention_count];
    let mut order: Vec<usize> = (0..nodes.len())
        .filter(|&i| nodes[i].name.parts.len() >= 2)
        .collect();
    order.sort_by_key(|&i| {
        (
            std::cmp::Reverse(nodes[i].name.parts.len()),
            nodes[i].mentions.first().copied(),
        )
    });
    let mut people: Vec<Person> = Vec::new();
    let mut by_part: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for i in order {
        let name = &nodes[i].name;
        let mut candidates: Vec<usize> = Vec::new();
        let (first, last) = (name.parts.first(), name.parts.last());
        let sounding = last.map(|part| format!("~{}", consonants(part)));
        for key in [last, first, sounding.as_ref()].into_iter().flatten() {
            candidates.extend(
                by_part
                    .get(key)
                    .into_iter()
                    .flatten()
                    .rev()
                    .take(MOST_CANDIDATES),
            );
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates.retain(|&p| compatible(name, &nodes[people[p].nodes[0]].name));
        let here = nodes[i].mentions.first().copied().unwrap_or(0);
        // Of several, the one named by then, and most often.
        let best = candidates.into_iter().max_by_key(|&p| {
            (
                people[p].first <= here,
                people[p].full.len(),
                std::cmp::Reverse(p),
            )
        });
        let p = match best {
            Some(p) => p,
            None => {
                let p = people.len();
                people.push(Person {
                    nodes: Vec::new(),
                    gender: name.gender(),
                    titles: Vec::new(),
                    relative: false,
                    first: here,
                    full: Vec::new(),
                });
                let mut parts: Vec<&String> = name
                    .parts
                    .iter()
                    .filter(|p| p.chars().count() > 1)
                    .collect();
                parts.sort();
                parts.dedup();
                for part in parts {
                    by_part.entry(part.clone()).or_default().push(p);
                    by_part
                        .entry(format!("~{}", consonants(part)))
                        .or_default()
                        .push(p);
                }
                p
            }
        };
        let person = &mut people[p];
        person.nodes.push(i);
        person.first = person.first.min(here);
        person.full.extend(&nodes[i].mentions);
        for &m in &nodes[i].mentions {
            of_mention[m] = p;
        }
    }
    for person in &mut people {
        person.full.sort_unstable();
        let mut relative = 0;
        for &m in person.full.iter().take(20) {
            let cue = before(m);
            relative += usize::from(cue.relative);
            person.gender = cue.gender.or(person.gender);
            if let Some(title) = cue.title
                && !person.titles.contains(&title)
            {
                person.titles.push(title);
            }
        }
        person.relative = relative * 2 >= person.full.len().min(20) && relative > 0;
    }
    let mut count = people.len();
    let mut lone: BTreeMap<String, usize> = BTreeMap::new();
    let mut bare: Vec<usize> = (0..nodes.len())
        .filter(|&i| nodes[i].name.parts.len() < 2)
        .collect();
    bare.sort_by_key(|&i| nodes[i].mentions.first().copied());
    for i in bare {
        let name = &nodes[i].name;
        let Some(word) = name.parts.first() else {
            continue;
        };
        let find = |key: &str, same: &dyn Fn(&str) -> bool| -> Vec<(usize, u8)> {
            let mut found: Vec<(usize, u8)> = by_part
                .get(key)
                .into_iter()
                .flatten()
                .rev()
                .take(MOST_CANDIDATES)
                .map(|&p| {
                    (
                        p,
                        people[p]
                            .nodes
                            .iter()
                            .take(4)
                            .map(|&n| nodes[n].name.bare_rank(same))
                            .max()
                            .unwrap_or(0),
                    )
                })
                .filter(|c| c.1 > 0)
                .collect();
            let best = found.iter().map(|c| c.1).max().unwrap_or(0);
            found.retain(|c| c.1 == best);
            found.sort_unstable();
            found
        };
        let mut candidates = find(word, &|part| part == word);
        if candidates.is_empty() && word.len() >= 5 {
            candidates = find(&format!("~{}", consonants(word)), &|part| {
                part.len() >= 5
                    && (sound(part) == sound(word)
                        || (part.len() >= 6
                            && word.len() >= 6
                            && one_edit(part, word)
                            && !(is_given(part) && is_given(word))))
            });
            candidates.retain(|c| c.1 >= 2);
        }
        let mut last: Option<usize> = None;
        let mut refused = false;
        for &m in &nodes[i].mentions {
            // "Mr. Singh … Prime Minister Manmohan Singh" in one sentence are two; so are "Bush … his wife Laura Bush".
            let named: Vec<(usize, u8)> = candidates
                .iter()
                .copied()
                .filter(|&(p, rank)| {
                    let person = &people[p];
                    let two = rank >= 2
                        && person.first > m
                        && last.is_none()
                        && (person.relative || together(m, person.first));
                    !(two || refused && candidates.len() == 1)
                })
                .collect();
            refused |= named.is_empty();
            let chosen = choose(&people, &named, m, last, &before(m));
            last = chosen.or(last);
            of_mention[m] = chosen.unwrap_or_else(|| {
                let key = match word.len() {
                    0..6 => name.key(),
                    6..8 => format!("~{}", sound(word)),
                    _ => format!("~{}", consonants(word)),
                };
                *lone.entry(key).or_insert_with(|| {
                    count += 1;
                    count - 1
                })
            });
        }
    }
    (of_mention, count)
}

/// The person a bare name stands for at mention `m`, or none where nobody fits.
fn choose(
    people: &[Person],
    candidates: &[(usize, u8)],
    m: usize,
    last: Option<usize>,
    cue: &Cue,
) -> Option<usize> {
    let total: usize = candidates.iter().map(|c| people[c.0].full.len()).sum();
    let nearest = candidates
        .iter()
        .filter_map(|c| {
            let full = &people[c.0].full;
            let at = full.partition_point(|&f| f < m);
            (at > 0).then(|| (full[at - 1], c.0))
        })
        .max()
        .map(|n| n.1);
    let mut best: Option<(f32, usize)> = None;
    for &(p, rank) in candidates {
        let person = &people[p];
        if let (Some(a), Some(b)) = (cue.gender, person.gender)
            && a != b
        {
            continue;
        }
        // "Fidel Castro and his brother Raul Castro": the bare name is not the relative's.
        if person.relative && rank >= 2 && candidates.len() > 1 && cue.gender.is_none() {
            continue;
        }
        let mut score = person.full.len() as f32 / total.max(1) as f32;
        if nearest == Some(p) {
            score += 1.0;
        }
        if last == Some(p) {
            score += 0.8;
        }
        if person.first > m {
            score -= 0.7;
        }
        if person.relative {
            score -= 1.0;
        }
        if cue.gender.is_some() && cue.gender == person.gender {
            score += 0.5;
        }
        if cue
            .title
            .as_ref()
            .is_some_and(|t| person.titles.contains(t))
        {
            score += 1.5;
        }
        if best.is_none_or(|b| score > b.0) {
            best = Some((score, p));
        }
    }
    best.map(|b| b.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues() {
        assert_eq!(cue("said Mrs. ").gender, Some(Gender::Female));
        assert_eq!(
            cue("met with U.S. President ").title.as_deref(),
            Some("president")
        );
        assert!(cue("and his wife, ").relative && cue("with First Lady ").relative);
        assert_eq!(cue(""), Cue::default());
        assert!(!cue("his brother said. Then ").relative);
    }
}
