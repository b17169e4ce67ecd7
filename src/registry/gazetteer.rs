//! Names of places => countries and coordinates, from `data/gazetteer.tsv` (GeoNames).

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::names::countries::country;
use crate::names::lexicon::records;
use crate::names::place_key;
use crate::names::text::fold;

const GAZETTEER: &str = include_str!("../../data/gazetteer.tsv");

/// What kind of place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SpotKind {
    Country,
    State,
    City,
}

/// A place on the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spot {
    pub kind: SpotKind,
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// Code of the U.S. state, or empty.
    pub state: &'static str,
    /// Degrees north and east.
    pub at: Option<[f64; 2]>,
    /// Thousands of people.
    pub people: u32,
}

struct Tables {
    /// By key of the name, largest first.
    spots: HashMap<String, Vec<Spot>>,
    /// Country's key by ISO code.
    keys: HashMap<&'static str, String>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut tables = Tables {
        spots: HashMap::new(),
        keys: HashMap::new(),
    };
    for r in records(GAZETTEER) {
        let [kind, name, iso, state, north, east, people, ..] = r[..] else {
            continue;
        };
        let kind = match kind {
            "C" => SpotKind::Country,
            "S" => SpotKind::State,
            _ => SpotKind::City,
        };
        let at = north
            .parse()
            .ok()
            .zip(east.parse().ok())
            .map(|(n, e)| [n, e]);
        let spot = Spot {
            kind,
            country: iso,
            state,
            at,
            people: people.parse().unwrap_or(0),
        };
        // A city called like a country ("Mexico", "Panama") is written "Mexico City" in the news.
        let key = match (kind, country(name)) {
            (SpotKind::Country, Some(known)) => fold(known),
            _ => place_key(&fold(name)),
        };
        if kind == SpotKind::Country {
            tables.keys.entry(iso).or_insert_with(|| key.clone());
        }
        tables.spots.entry(key).or_default().push(spot);
        if let Some(other) = r.get(7).filter(|o| !o.is_empty()) {
            tables
                .spots
                .entry(place_key(&fold(other)))
                .or_default()
                .push(spot);
        }
    }
    for spots in tables.spots.values_mut() {
        // Stable: equal sizes keep the file's order.
        spots.sort_by_key(|s| std::cmp::Reverse(s.people));
    }
    tables
});

/// All places of the name with key `key` ([`place_key`]), largest first.
pub(super) fn spots(key: &str) -> &'static [Spot] {
    TABLES.spots.get(key).map_or(&[], Vec::as_slice)
}

/// The key of the country with code `iso`.
pub(super) fn country_key(iso: &str) -> Option<&'static str> {
    TABLES.keys.get(iso).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_have_codes_and_points() {
        for (name, iso) in [
            ("U.S.", "US"),
            ("Russia", "RU"),
            ("Czechia", "CZ"),
            ("Ivory Coast", "CI"),
            ("Palestine", "PS"),
            ("Vatican", "VA"),
            ("East Timor", "TL"),
            ("Cape Verde", "CV"),
            ("Macau", "MO"),
            ("Georgia", "GE"),
        ] {
            let key = place_key(&fold(name));
            let found = spots(&key).iter().find(|s| s.kind == SpotKind::Country);
            assert_eq!(found.map(|s| s.country), Some(iso), "{name}");
            assert_eq!(country_key(iso), Some(key.as_str()), "{name}");
        }
    }

    #[test]
    fn cities_are_found_under_english_names() {
        for (name, iso) in [
            ("Moscow", "RU"),
            ("Kiev", "UA"),
            ("Kyiv", "UA"),
            ("Seville", "ES"),
            ("New York", "US"),
            ("Basra", "IQ"),
            ("Davos", "CH"),
            ("The Hague", "NL"),
            ("Washington, D.C.", "US"),
            ("Saint Petersburg", "RU"),
            ("Tel Aviv", "IL"),
            ("Sana'a", "YE"),
        ] {
            let spots = spots(&place_key(&fold(name)));
            assert_eq!(spots.first().map(|s| s.country), Some(iso), "{name}");
        }
        assert!(spots("paris").iter().any(|s| s.state == "TX"));
        assert!(spots("georgia").iter().any(|s| s.kind == SpotKind::State));
        assert!(spots("mordor").is_empty());
    }
}
