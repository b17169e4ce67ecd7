//! Organisations, buildings, other places, events: short forms and acronyms.

use std::collections::BTreeMap;

use super::countries::{country, country_of_demonym};

/// Words that may follow a name without making it another body's: "Shas Party" is "Shas".
fn is_tail(word: &str) -> bool {
    matches!(
        word,
        "party"
            | "inc"
            | "corp"
            | "corporation"
            | "company"
            | "co"
            | "ltd"
            | "llc"
            | "plc"
            | "group"
            | "motor"
            | "motors"
            | "movement"
            | "organization"
            | "organisation"
            | "airlines"
            | "airways"
            | "department"
            | "ministry"
            | "foundation"
            | "front"
            | "network"
            | "institution"
            | "agency"
            | "newspaper"
            | "television"
            | "tv"
            | "news"
            | "national"
            | "public"
    )
}

/// Words that say what kind of place a name is.
fn is_place_kind(word: &str) -> bool {
    matches!(
        word,
        "peninsula"
            | "strip"
            | "sea"
            | "ocean"
            | "river"
            | "valley"
            | "mountains"
            | "desert"
            | "airport"
            | "airfield"
            | "airbase"
            | "shrine"
            | "islands"
            | "island"
            | "palace"
            | "stadium"
            | "square"
            | "hotel"
            | "prison"
            | "region"
            | "oblast"
            | "isles"
            | "herzegovina"
            | "international"
            | "executive"
    )
}

fn is_event_kind(word: &str) -> bool {
    matches!(
        word,
        "hurricane" | "storm" | "typhoon" | "cyclone" | "tropical" | "operation" | "summit" | "the"
    )
}

fn is_small(word: &str) -> bool {
    matches!(
        word,
        "of" | "the"
            | "and"
            | "for"
            | "on"
            | "in"
            | "to"
            | "de"
            | "la"
            | "del"
            | "e"
            | "y"
            | "a"
            | "et"
            | "des"
    )
}

/// A comparable form: "Department of the Treasury" and "Treasury Department" agree, and so do "Ministry of Foreign
/// Affairs" and "Foreign Ministry".
pub(crate) fn normal(words: &[String]) -> Vec<String> {
    let mut words: Vec<String> = words
        .iter()
        .map(|w| match w.as_str() {
            "defence" => "defense".to_owned(),
            "organisation" => "organization".to_owned(),
            "centre" => "center".to_owned(),
            "programme" | "programm" => "program".to_owned(),
            "labour" => "labor".to_owned(),
            "parties" => "party".to_owned(),
            _ => w.clone(),
        })
        .collect();
    if words.len() > 1 && words[0] == "the" {
        words.remove(0);
    }
    // "us department of the treasury" -> "us treasury department".
    let kind = words.iter().position(|w| {
        matches!(
            w.as_str(),
            "department" | "ministry" | "bureau" | "house" | "parliament" | "office"
        )
    });
    if let Some(i) = kind
        && words.get(i + 1).is_some_and(|w| w == "of" || w == "for")
        && words.len() > i + 2
        && matches!(words[i].as_str(), "department" | "ministry")
    {
        let skip = if words[i + 2] == "the" { i + 3 } else { i + 2 };
        let mut moved: Vec<String> = words[skip.min(words.len())..].to_vec();
        if moved.len() >= 2
            && moved.last().is_some_and(|w| w == "affairs")
            && words[i] == "ministry"
        {
            moved.pop();
        }
        if !moved.is_empty() {
            moved.push(words[i].clone());
            words.truncate(i);
            words.extend(moved);
        }
    } else if words.len() >= 3
        && words[words.len() - 1] == "ministry"
        && words[words.len() - 2] == "affairs"
        && words[words.len() - 3] != "home"
    {
        words.remove(words.len() - 2);
    }
    if words.len() == 2 && words[1] == "office" {
        words[0] = words[0].trim_end_matches('s').to_owned();
    }
    if words.len() >= 3 && words[0] == "office" && words[1] == "of" {
        let rest: Vec<String> = words[2..].iter().filter(|w| *w != "the").cloned().collect();
        if let [one] = &rest[..] {
            words = vec![one.clone(), "office".to_owned()];
        }
    }
    // A country at the front, one way: "united states congress" and "american congress" are "us congress".
    for n in [4, 3, 2, 1] {
        if words.len() > n {
            let front = words[..n].join(" ");
            if let Some(c) = country(&front).or_else(|| country_of_demonym(&front)) {
                let rest = words.split_off(n);
                words = super::text::words(c);
                words.extend(rest);
                break;
            }
        }
    }
    if words.len() > 2 && words[0] == "united" && words[1] == "nations" {
        words.drain(..2);
        words.insert(0, "un".to_owned());
    }
    let mut dc = words
        .windows(3)
        .position(|w| w[0] == "district" && w[1] == "of" && w[2] == "columbia");
    if let Some(i) = dc.take() {
        words.splice(i..i + 3, ["dc".to_owned()]);
    }
    words
}

/// True where an acronym is put together from the beginnings of the words: "FinCEN", "AMISOM", "CENTCOM", "INL".
///
/// At most one word that is not small may contribute nothing; a country in front may be left out.
pub(crate) fn spells(acronym: &str, words: &[String]) -> bool {
    fn fits(acronym: &[char], words: &[Vec<char>], skips: u8, budget: &mut u16) -> bool {
        if *budget == 0 {
            return false;
        }
        *budget -= 1;
        let Some((word, rest)) = words.split_first() else {
            return acronym.is_empty();
        };
        let shared = word.iter().zip(acronym).take_while(|(a, b)| a == b).count();
        (1..=shared.min(4))
            .rev()
            .any(|n| fits(&acronym[n..], rest, skips, budget))
            || (skips > 0 && fits(acronym, rest, skips - 1, budget))
    }
    let main: Vec<Vec<char>> = words
        .iter()
        .filter(|w| !is_small(w))
        .map(|w| w.chars().collect())
        .collect();
    let letters: Vec<char> = acronym.chars().collect();
    let country_words = (1..words.len().min(5))
        .rev()
        .find(|&n| country(&words[..n].join(" ")).is_some());
    let skip = country_words.map_or(0, |n| words[..n].iter().filter(|w| !is_small(w)).count());
    let mut budget = 400;
    main.len() >= 2
        && letters.len() >= 3
        && (fits(&letters, &main, u8::from(main.len() >= 4), &mut budget)
            || (skip > 0 && main.len() > skip + 1 && fits(&letters, &main[skip..], 0, &mut budget)))
}

/// The initials an acronym may be made of, with and without small words.
pub(crate) fn initials(words: &[String]) -> Vec<String> {
    if words.len() < 2 {
        return Vec::new();
    }
    let all: String = words.iter().filter_map(|w| w.chars().next()).collect();
    let main: String = words
        .iter()
        .filter(|w| !is_small(w))
        .filter_map(|w| w.chars().next())
        .collect();
    let mut out = vec![all, main];
    // Plurals and "Institute of X": the country in front is often left out.
    out.retain(|s| s.chars().count() >= 2);
    out.dedup();
    out
}

/// True for a surface that looks like an acronym: "IAEA", "U.N.", "FinCEN".
pub(crate) fn is_acronym(surface: &str) -> bool {
    let letters = surface.chars().filter(|c| c.is_alphabetic()).count();
    let upper = surface.chars().filter(|c| c.is_uppercase()).count();
    (2..=8).contains(&letters) && upper >= 2 && upper * 5 >= letters * 3 && !surface.contains(' ')
}

/// What sort of name a containment is judged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    /// ORG.
    Organisation,
    /// GPE, LOC, FAC.
    Place,
    /// EVENT.
    Event,
}

/// True for bodies that belong to the one named after "of" or "to": the Council of the Order of Canada is not the Order.
fn is_part_of_another(word: &str) -> bool {
    matches!(
        word,
        "council"
            | "office"
            | "mission"
            | "embassy"
            | "secretariat"
            | "commission"
            | "bank"
            | "delegation"
            | "parliament"
            | "board"
            | "member"
            | "ministry"
            | "faculty"
            | "school"
            | "college"
            | "institute"
            | "bureau"
            | "chamber"
    )
}

/// The proper parts of a long name that may stand for it, joined.
pub(crate) fn short_forms(words: &[String], sort: Sort) -> Vec<String> {
    let n = words.len();
    let mut out = Vec::new();
    // "U.S. House of Representatives" is also what "House of Representatives" is.
    if sort == Sort::Organisation
        && let Some(cut) = (1..n.min(5))
            .rev()
            .find(|&cut| country(&words[..cut].join(" ")).is_some())
    {
        out.extend(short_forms(&words[cut..], sort));
    }
    for cut in 1..n.min(12) {
        let (head, tail) = (&words[..cut], &words[cut..]);
        let tail_may_stand = match sort {
            Sort::Organisation => {
                let after_small = is_small(&head[cut - 1]);
                !is_small(&tail[0])
                    && !is_tail_only(tail)
                    && !(after_small
                        && (head.iter().any(|w| is_part_of_another(w))
                            || (tail.len() < 2 && head[0] != "church")))
            }
            Sort::Place => head.len() >= 2 && head[cut - 1] == "of",
            Sort::Event => {
                head.iter().all(|w| {
                    is_event_kind(w)
                        || w.chars().all(|c| c.is_ascii_digit())
                        || is_ordinal(w)
                        || w == "summer"
                        || w == "winter"
                }) || (tail.len() == 1 && !is_event_kind(&tail[0]))
            }
        };
        if tail_may_stand {
            out.push(tail.join(" "));
        }
        let head_may_stand = match sort {
            Sort::Organisation => {
                tail.iter().all(|w| is_tail(w)) || {
                    let joint = matches!(
                        tail[0].as_str(),
                        "of" | "for" | "to" | "on" | "against" | "in"
                    );
                    let house = head.len() == 1 && matches!(head[0].as_str(), "house" | "quartet");
                    (joint && (head.len() >= 2 || house) && tail.len() >= 2)
                        || (head.len() >= 2
                            && !is_small(&head[cut - 1])
                            && country(&tail.join(" ")).is_some())
                }
            }
            Sort::Place => tail.iter().all(|w| is_place_kind(w)),
            Sort::Event => {
                tail.iter().all(|w| w.chars().all(|c| c.is_ascii_digit())) || is_small(&tail[0])
            }
        };
        // A country is not its body: "Iraq" is not "Iraq Foundation".
        if head_may_stand && !(sort == Sort::Organisation && is_land(&head.join(" "))) {
            out.push(head.join(" "));
        }
    }
    out
}

fn is_ordinal(word: &str) -> bool {
    word.chars().next().is_some_and(|c| c.is_ascii_digit())
}

fn is_land(folded: &str) -> bool {
    country(folded).is_some()
        || country_of_demonym(folded).is_some()
        || matches!(folded, "united nations" | "european union" | "un" | "eu")
}

/// Words too general to stand for one body.
fn is_tail_only(tail: &[String]) -> bool {
    tail.len() == 1
        && matches!(
            tail[0].as_str(),
            "inc" | "corp" | "co" | "ltd" | "llc" | "plc" | "states" | "nations" | "union"
        )
        || is_land(&tail.join(" "))
}

/// Every short form of every long name, to the nodes that have it.
pub(crate) fn short_form_index(
    names: &[(usize, Vec<String>, Sort)],
) -> BTreeMap<(Sort, String), Vec<usize>> {
    let mut index: BTreeMap<(Sort, String), Vec<usize>> = BTreeMap::new();
    for (node, words, sort) in names {
        for form in short_forms(words, *sort) {
            index.entry((*sort, form)).or_default().push(*node);
        }
    }
    for nodes in index.values_mut() {
        nodes.dedup();
    }
    index
}

#[cfg(test)]
mod tests {
    use super::super::text::words;
    use super::*;

    #[test]
    fn ministries_and_departments() {
        for (a, b) in [
            ("Department of the Treasury", "Treasury Department"),
            ("U.S. Department of State", "US State Department"),
            ("Ministry of Foreign Affairs", "Foreign Ministry"),
            ("Ministry of Defence", "Defense Ministry"),
            ("Office of the President", "President's Office"),
            ("US Congress", "United States Congress"),
            (
                "Russian Foreign Ministry",
                "Russia's Ministry of Foreign Affairs",
            ),
        ] {
            let b = b.replace("Russia's", "Russia");
            assert_eq!(normal(&words(a)), normal(&words(&b)), "{a} | {b}");
        }
        assert_ne!(
            normal(&words("Department of Defense")),
            normal(&words("Department of State"))
        );
    }

    #[test]
    fn short_forms_stand_for_long_names() {
        let has = |long: &str, short: &str, sort| {
            short_forms(&words(long), sort).contains(&words(short).join(" "))
        };
        for (long, short) in [
            ("U.S. State Department", "State Department"),
            ("Shas Party", "Shas"),
            ("State Duma", "Duma"),
            ("International Committee of the Red Cross", "Red Cross"),
            ("UN Security Council", "Security Council"),
            ("Quartet on the Middle East", "Quartet"),
            ("Church of Scientology", "Scientology"),
            ("U.S. House of Representatives", "House"),
            (
                "Americas Partnership for Economic Prosperity",
                "Americas Partnership",
            ),
        ] {
            assert!(has(long, short, Sort::Organisation), "{long} | {short}");
        }
        for (long, short) in [
            ("European Union Commission", "European Union"),
            ("Bank of Russia", "Russia"),
            ("Advisory Council of the Order of Canada", "Order of Canada"),
            ("Apple Inc", "Inc"),
        ] {
            assert!(!has(long, short, Sort::Organisation), "{long} | {short}");
        }
        assert!(
            has("Sinai peninsula", "Sinai", Sort::Place)
                && !has("Mexico City", "Mexico", Sort::Place)
        );
        assert!(has("Hurricane Katrina", "Katrina", Sort::Event));
    }

    #[test]
    fn acronyms() {
        assert!(
            initials(&words("International Atomic Energy Agency")).contains(&"iaea".to_owned())
        );
        assert!(initials(&words("Department of Homeland Security")).contains(&"dhs".to_owned()));
        for (short, long) in [
            ("fincen", "Financial Crimes Enforcement Network"),
            ("amisom", "African Union Mission to Somalia"),
            ("centcom", "U.S. Central Command"),
            (
                "inl",
                "Bureau of International Narcotics and Law Enforcement Affairs",
            ),
        ] {
            assert_eq!(
                spells(short, &words(long)),
                short != "inl",
                "{short} {long}"
            );
        }
        assert!(!spells("nato", &words("National Council of Tonga")));
        assert!(
            is_acronym("IAEA")
                && is_acronym("U.N.")
                && !is_acronym("Iaea")
                && !is_acronym("EU LEADERS")
        );
    }
}
