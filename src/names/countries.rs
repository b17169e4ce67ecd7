//! Countries: aliases, demonyms and capitals, from `data/countries.tsv`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::lexicon::{records, values};
use super::text::fold;

const COUNTRIES: &str = include_str!("../../data/countries.tsv");

struct Tables {
    names: BTreeMap<String, &'static str>,
    demonyms: BTreeMap<String, &'static str>,
    capitals: BTreeMap<String, &'static str>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut tables = Tables {
        names: BTreeMap::new(),
        demonyms: BTreeMap::new(),
        capitals: BTreeMap::new(),
    };
    for record in records(COUNTRIES) {
        let Some(&name) = record.first() else {
            continue;
        };
        tables.names.insert(fold(name), name);
        for alias in values(record.get(1)) {
            tables.names.entry(fold(alias)).or_insert(name);
        }
        for demonym in values(record.get(2)) {
            tables.demonyms.entry(fold(demonym)).or_insert(name);
        }
        for capital in values(record.get(3)) {
            tables.capitals.entry(fold(capital)).or_insert(name);
        }
    }
    tables
});

/// The country a name or alias stands for: "U.S." is "United States", "Britain" is "United Kingdom".
///
/// Case, dots, accents and a leading "the" do not matter. "Congo" alone is the Democratic Republic.
pub fn country(name: &str) -> Option<&'static str> {
    TABLES.names.get(&fold(name)).copied()
}

/// The country whose people or things a word denotes: "Russian" and "Russians" are of "Russia".
pub fn country_of_demonym(name: &str) -> Option<&'static str> {
    let folded = fold(name);
    let table = &TABLES.demonyms;
    table
        .get(&folded)
        .or_else(|| folded.strip_suffix('s').and_then(|one| table.get(one)))
        .copied()
}

/// The country whose capital a city is: "Moscow" is of "Russia". A link, not a merge: the city stays its own entity.
pub fn country_of_capital(name: &str) -> Option<&'static str> {
    TABLES.capitals.get(&fold(name)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_found_under_its_own_name() {
        let mut count = 0;
        for record in records(COUNTRIES) {
            assert_eq!(record.len().min(4), record.len(), "{record:?}");
            count += 1;
            for name in std::iter::once(record[0]).chain(values(record.get(1))) {
                assert_eq!(country(name), Some(record[0]), "{name}");
                assert_eq!(country(&name.to_uppercase()), Some(record[0]), "{name}");
            }
            for demonym in values(record.get(2)) {
                // A people of two countries goes to the first.
                assert!(country_of_demonym(demonym).is_some(), "{demonym}");
                assert_eq!(
                    country_of_demonym(demonym),
                    country_of_demonym(&format!("{demonym}s")),
                    "{demonym}"
                );
                assert_eq!(
                    country(demonym),
                    None,
                    "{demonym} is a people and a country"
                );
            }
            for capital in values(record.get(3)) {
                assert!(country_of_capital(capital).is_some(), "{capital}");
            }
        }
        assert!(count > 200);
    }

    #[test]
    fn known_cases() {
        for (name, of) in [
            ("U.S.", "United States"),
            ("US", "United States"),
            ("USA", "United States"),
            ("America", "United States"),
            ("United States of America", "United States"),
            ("Britain", "United Kingdom"),
            ("UK", "United Kingdom"),
            ("DPRK", "North Korea"),
            ("Republic of Korea", "South Korea"),
            ("Türkiye", "Turkey"),
            ("RUSSIA", "Russia"),
            ("the Netherlands", "Netherlands"),
            ("Burma", "Myanmar"),
            ("Côte d’Ivoire", "Ivory Coast"),
        ] {
            assert_eq!(country(name), Some(of), "{name}");
        }
        for name in [
            "Moscow",
            "Russian",
            "Europe",
            "",
            "United Nations",
            "American",
        ] {
            assert_eq!(country(name), None, "{name}");
        }
        assert_eq!(country_of_demonym("Americans"), Some("United States"));
        assert_eq!(country_of_demonym("Swiss"), Some("Switzerland"));
        assert_eq!(country_of_demonym("European"), None);
        assert_eq!(country_of_capital("Kiev"), Some("Ukraine"));
        assert_eq!(country_of_capital("Istanbul"), None);
    }
}
