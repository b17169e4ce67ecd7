//! People's names in their parts, and which two can be of one person.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use super::lexicon::{FAMILY_NAME_FIRST, Gender, filed, given_gender, is_given, nicknames};
use super::text::{fold_word, is_hyphen, one_edit, sound};

/// A person's name in its parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct PersonName {
    /// Folded parts without titles, particles and suffix.
    pub parts: Vec<String>,
    /// "jr", "sr", "iii".
    pub suffix: Option<String>,
}

#[derive(Deserialize)]
struct Lexicon {
    titles: HashSet<String>,
    address: HashSet<String>,
}

#[expect(
    clippy::expect_used,
    reason = "the lexicon is compiled in and a test reads it"
)]
static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/titles.toml")).expect("built-in lexicon")
});

/// True for a word of office or address, as written, that is no part of the name behind it: "Senator", "Dr.".
pub(crate) fn is_title(word: &str) -> bool {
    is_capitalised_of(&LEXICON.titles, word)
}

/// True for a capitalised word of address before a name: "Sheikh", "Lady".
pub(crate) fn is_address(word: &str) -> bool {
    is_capitalised_of(&LEXICON.address, word)
}

/// True where `word`, capitalised and with or without its dot, is one of `words`.
fn is_capitalised_of(words: &HashSet<String>, word: &str) -> bool {
    word.starts_with(char::is_uppercase)
        && words.contains(&word.trim_end_matches('.').to_lowercase())
}

fn is_honorific(written: &str, word: &str) -> bool {
    LEXICON.titles.contains(word)
        || LEXICON.address.contains(word)
        // With its dots: "He Lifeng" is no excellency.
        || matches!(written, "H.E." | "H.H." | "H.M." | "H.R.H." | "Rt" | "Rt.")
}

fn is_particle(word: &str) -> bool {
    matches!(
        word,
        "al" | "el"
            | "ul"
            | "ad"
            | "as"
            | "ash"
            | "an"
            | "ar"
            | "bin"
            | "bint"
            | "ibn"
            | "ben"
            | "ould"
            | "von"
            | "van"
            | "der"
            | "den"
            | "de"
            | "del"
            | "della"
            | "di"
            | "da"
            | "do"
            | "dos"
            | "das"
            | "du"
            | "la"
            | "le"
            | "st"
            | "y"
            | "e"
            | "ter"
            | "ten"
            | "zu"
            | "zur"
            | "af"
            | "av"
    )
}

fn is_suffix(word: &str) -> bool {
    matches!(word, "jr" | "sr" | "ii" | "iii" | "iv")
}

impl PersonName {
    /// Takes a name apart: "Bashar al-Assad" is bashar, assad; "Joseph R. Biden, Jr." is joseph, r, biden and jr.
    pub(crate) fn parse(name: &str) -> Self {
        let mut out = PersonName::default();
        let mut particles = Vec::new();
        for word in name
            .split([' ', ',', '\u{a0}', '\n'])
            .filter(|w| !w.is_empty())
        {
            // "al-Assad", "El-Hassan": the particle is cut off; "Ki-moon" stays one part.
            let bare = match word.split_once(is_hyphen) {
                Some((head, tail))
                    if !tail.is_empty()
                        && is_particle(&fold_word(head))
                        && fold_word(head) != "an" =>
                {
                    tail
                }
                _ => word,
            };
            let folded = fold_word(bare);
            if folded.is_empty()
                || (out.parts.is_empty() && is_honorific(bare, &folded) && word != name)
            {
                continue;
            }
            if is_suffix(&folded) && !out.parts.is_empty() {
                out.suffix = Some(folded);
            } else if is_particle(&folded)
                && !bare.ends_with('.')
                && !(out.parts.is_empty() && folded == "ben")
            {
                particles.push(folded);
            } else if bare.contains('.')
                && bare.trim_end_matches('.').contains('.')
                && folded.chars().count() <= 3
            {
                // "H.W.", "J.T.": one part a letter.
                out.parts.extend(folded.chars().map(String::from));
            } else {
                out.parts.push(filed(&folded).to_owned());
            }
        }
        if out.parts.is_empty() {
            out.parts = particles;
        }
        out
    }

    /// The key under which equal names meet: "Kim Jong-un" and "KIM JONG UN".
    pub(crate) fn key(&self) -> String {
        let mut key = self.parts.concat();
        if let Some(suffix) = &self.suffix {
            key.push(' ');
            key.push_str(suffix);
        }
        key
    }

    /// True where the family name stands first.
    pub(crate) fn family_first(&self) -> bool {
        let n = self.parts.len();
        (2..=3).contains(&n)
            && FAMILY_NAME_FIRST.contains(&self.parts[0])
            && (n == 3 || !is_given_western(&self.parts[0], &self.parts[1]))
    }

    /// How well a bare word names this person: 3 as family name, 2 as first of two family names, 1 as given name, 0 not.
    pub(crate) fn bare_rank(&self, same: impl Fn(&str) -> bool) -> u8 {
        let n = self.parts.len();
        if n < 2 {
            return 0;
        }
        if same(&self.parts[n - 1]) || (self.family_first() && same(&self.parts[0])) {
            return 3;
        }
        // "Tae-sik", "Jong Un": the given name of a family-first name joined or its end.
        if n >= 4 && same(&self.parts[n - 2]) {
            return 2;
        }
        if n == 3 && same(&self.parts[1]) && self.parts[1].chars().count() > 2 {
            return if is_given(&self.parts[1]) { 1 } else { 2 };
        }
        u8::from(
            self.parts[..n - 1]
                .iter()
                .any(|p| p.chars().count() > 1 && same(p)),
        )
    }

    /// The words that name this person alone: the family name, and "~" with its sound.
    pub(crate) fn bare_forms(&self) -> Vec<String> {
        let mut out: Vec<String> = self
            .parts
            .iter()
            .filter(|part| self.bare_rank(|p| p == *part) >= 2)
            .flat_map(|part| [part.clone(), format!("~{}", sound(part))])
            .collect();
        out.sort();
        out.dedup();
        out
    }

    /// The gender its given name tells.
    pub(crate) fn gender(&self) -> Option<Gender> {
        if self.parts.len() < 2 || self.family_first() {
            return None;
        }
        given_gender(&self.parts[0])
    }
}

/// "Lee" before a word that is no second given name is a given name: Lee Harvey, Kim Clijsters.
fn is_given_western(first: &str, second: &str) -> bool {
    matches!(first, "kim" | "lee")
        && is_given(first)
        && !second.contains("jong")
        && second.chars().count() > 7
}

fn is_initial_of(a: &str, b: &str) -> bool {
    a.chars().count() == 1 && b.starts_with(a)
}

/// One person's name in two spellings; a difference in the first letter needs a long name.
fn spelled_alike(a: &str, b: &str) -> bool {
    let size = a.len().min(b.len());
    let same_start = a.chars().next() == b.chars().next();
    a == b || (size >= 4 && (sound(a) == sound(b) || ((same_start || size >= 7) && one_edit(a, b))))
}

fn given_alike(a: &str, b: &str) -> bool {
    a == b || is_initial_of(a, b) || is_initial_of(b, a) || nicknames(a, b) || spelled_alike(a, b)
}

/// True where both full names can be of one person.
pub(crate) fn compatible(a: &PersonName, b: &PersonName) -> bool {
    if let (Some(x), Some(y)) = (&a.suffix, &b.suffix)
        && x != y
    {
        return false;
    }
    let (short, long) = if a.parts.len() <= b.parts.len() {
        (&a.parts, &b.parts)
    } else {
        (&b.parts, &a.parts)
    };
    let (n, m) = (short.len(), long.len());
    if n < 2 {
        return false;
    }
    if short.concat() == long.concat() {
        return true;
    }
    // "Ricardo Rosselló" of "Ricardo Rosselló Nevares", "Tayyip Erdogan" of "Recep Tayyip Erdogan".
    if n < m && long.windows(n).any(|w| w == &short[..]) {
        return true;
    }
    if n == 2 && m == 2 && short[0] == long[1] && short[1] == long[0] {
        return true;
    }
    let (first, last) = ((&short[0], &long[0]), (&short[n - 1], &long[m - 1]));
    let exact_family = last.0 == last.1;
    let exact_given = first.0 == first.1 || nicknames(first.0, first.1);
    if !(exact_family && given_alike(first.0, first.1)
        || exact_given && spelled_alike(last.0, last.1))
    {
        // Both differ a little: only sounds are trusted.
        let sounds = |x: &str, y: &str| x.len() >= 4 && sound(x) == sound(y);
        if !(sounds(first.0, first.1) && sounds(last.0, last.1)) {
            return false;
        }
    }
    // What is spelled one letter apart must not be another well-known given name: Maria and Marie, Jean and Jan.
    if exact_family
        && !exact_given
        && is_given(first.0)
        && is_given(first.1)
        && sound(first.0) != sound(first.1)
    {
        return false;
    }
    // Middle names: those of the shorter name in order among those of the longer one, where both have some.
    let (mut rest, middle) = (&long[1..m - 1], &short[1..n - 1]);
    if rest.is_empty() {
        return middle.is_empty();
    }
    // Initials alone: W. is not H.W., but J. may be J.T.
    let initials = |all: &[String]| all.iter().all(|p| p.chars().count() == 1);
    if initials(rest) && initials(middle) {
        return rest.starts_with(middle);
    }
    for word in middle {
        match rest.iter().position(|r| given_alike(word, r)) {
            Some(i) => rest = &rest[i + 1..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_written_large() {
        let all = || LEXICON.titles.iter().chain(&LEXICON.address);
        assert!(all().all(|w| *w == w.to_lowercase() && !w.contains('.')));
        assert!(
            is_title("Counselor") && is_title("Dr.") && !is_title("general") && !is_title("Lady")
        );
    }

    fn same(a: &str, b: &str) -> bool {
        compatible(&PersonName::parse(a), &PersonName::parse(b))
    }

    #[test]
    fn names_are_taken_apart() {
        for (name, parts) in [
            ("Bashar al-Assad", vec!["bashar", "assad"]),
            ("Joseph R. Biden, Jr.", vec!["joseph", "r", "biden"]),
            ("George H.W. Bush", vec!["george", "h", "w", "bush"]),
            ("Ban Ki-moon", vec!["ban", "kimoon"]),
            ("Hamad bin Isa Al Khalifa", vec!["hamad", "isa", "khalifa"]),
            ("Ursula von der Leyen", vec!["ursula", "leyen"]),
            ("De", vec!["de"]),
            ("Mr. Trump", vec!["trump"]),
            ("H.E. Hayashi Yoshimasa", vec!["hayashi", "yoshimasa"]),
            ("He Lifeng", vec!["he", "lifeng"]),
        ] {
            assert_eq!(PersonName::parse(name).parts, parts, "{name}");
        }
        assert_eq!(
            PersonName::parse("Joseph R. Biden, Jr.").suffix.as_deref(),
            Some("jr")
        );
        assert_eq!(PersonName::parse("").parts, Vec::<String>::new());
    }

    #[test]
    fn full_names_match() {
        for (a, b) in [
            ("Joe Biden", "Joseph R. Biden, Jr."),
            ("J. Biden", "Joe Biden"),
            ("George Bush", "George W. Bush"),
            ("Recep Tayyip Erdogan", "Tayyip Erdoğan"),
            ("Ricardo Rosselló", "Ricardo Rosselló Nevares"),
            ("Kim Jong-un", "KIM JONG UN"),
            ("Volodymyr Zelensky", "Volodymyr Zelenskyy"),
            ("Mike Flynn", "Michael Flynn"),
            ("Mohamed ElBaradei", "Mohammed ElBaradei"),
            ("Richard K. Guy", "Richard Kenneth Guy"),
            ("Koizumi Junichiro", "Junichiro Koizumi"),
            ("Bashar Assad", "Bashar al-Assad"),
            ("Hillary Clinton", "Hillary Rodham Clinton"),
            ("Muammar Qaddafi", "Muammar Gaddafi"),
        ] {
            assert!(same(a, b) && same(b, a), "{a} | {b}");
        }
        for (a, b) in [
            ("Joe Biden", "Jill Biden"),
            ("John A. Smith", "John B. Smith"),
            ("Fidel Castro", "Raul Castro"),
            ("Kim Jong Un", "Kim Jong Il"),
            ("Bill Clinton", "Hillary Clinton"),
            ("John Smith Jr.", "John Smith Sr."),
            ("Vladimir Putin", "Vladimir Kolokoltsev"),
            ("Akie Abe", "Shinzo Abe"),
            ("Maria Lopez", "Mario Lopez"),
            ("Kim Kye Kwan", "Kim Yong Il"),
        ] {
            assert!(!same(a, b) && !same(b, a), "{a} | {b}");
        }
    }
}
