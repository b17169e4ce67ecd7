//! The data files about names, read once. A file that cannot be read yields fewer entries, never a failure; the tests
//! hold every file to its form.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::text::{fold, fold_word};

/// Gender as far as words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gender {
    /// He.
    Male,
    /// She.
    Female,
}

/// The records of a tab-separated file without comments and empty lines.
pub(crate) fn records(file: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    file.lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| line.split('\t').map(str::trim).collect())
}

/// The values of one field.
pub(crate) fn values(field: Option<&&'static str>) -> impl Iterator<Item = &'static str> {
    field
        .copied()
        .unwrap_or("")
        .split(';')
        .map(str::trim)
        .filter(|v| !v.is_empty())
}

/// Folded alias -> name, for files of the form "name, aliases".
fn aliases(file: &'static str) -> BTreeMap<String, &'static str> {
    let mut map = BTreeMap::new();
    for record in records(file) {
        let Some(&name) = record.first() else {
            continue;
        };
        map.insert(fold(name), name);
        for alias in values(record.get(1)) {
            map.entry(fold(alias)).or_insert(name);
        }
    }
    map
}

const ORGANISATIONS: &str = include_str!("../../data/organisation_aliases.tsv");
const PLACES: &str = include_str!("../../data/place_aliases.tsv");
const GROUPS: &str = include_str!("../../data/groups.tsv");
const DUAL: &str = include_str!("../../data/dual_names.tsv");
const GIVEN: &str = include_str!("../../data/given_names.tsv");
const FAMILY_FIRST: &str = include_str!("../../data/family_first.tsv");
const VARIANTS: &str = include_str!("../../data/name_variants.tsv");

/// Organisations by folded alias.
pub(crate) static ORGANISATION: LazyLock<BTreeMap<String, &'static str>> =
    LazyLock::new(|| aliases(ORGANISATIONS));
/// Places that are not countries by folded alias.
pub(crate) static PLACE: LazyLock<BTreeMap<String, &'static str>> =
    LazyLock::new(|| aliases(PLACES));
/// Peoples, religions and leanings by folded form.
pub(crate) static GROUP: LazyLock<BTreeMap<String, &'static str>> =
    LazyLock::new(|| aliases(GROUPS));
/// Folded names that a building and a body share.
pub(crate) static DUAL_NAME: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    records(DUAL)
        .filter_map(|r| r.first().map(|n| fold(n)))
        .collect()
});
/// Folded family names that stand first.
pub(crate) static FAMILY_NAME_FIRST: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    records(FAMILY_FIRST)
        .filter_map(|r| r.first().map(|n| fold_word(n)))
        .collect()
});
/// Folded spelling -> the spelling it is filed under.
static VARIANT: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let mut map = BTreeMap::new();
    for record in records(VARIANTS) {
        let Some(name) = record.first().map(|n| fold_word(n)) else {
            continue;
        };
        for other in values(record.get(1)) {
            map.insert(fold_word(other), name.clone());
        }
    }
    map
});

/// What is known of a given name.
struct Given {
    gender: Option<Gender>,
    full: Vec<String>,
}

static GIVEN_NAMES: LazyLock<BTreeMap<String, Given>> = LazyLock::new(|| {
    let mut map = BTreeMap::new();
    for record in records(GIVEN) {
        let Some(name) = record.first() else { continue };
        let gender = match record.get(1) {
            Some(&"m") => Some(Gender::Male),
            Some(&"f") => Some(Gender::Female),
            _ => None,
        };
        map.insert(
            fold_word(name),
            Given {
                gender,
                full: values(record.get(2)).map(fold_word).collect(),
            },
        );
    }
    map
});

/// The spelling under which a folded name word is filed: itself, where nothing else is known.
pub(crate) fn filed(word: &str) -> &str {
    VARIANT.get(word).map_or(word, String::as_str)
}

/// The gender of a folded given name, where it has one.
pub(crate) fn given_gender(name: &str) -> Option<Gender> {
    GIVEN_NAMES.get(name).and_then(|g| g.gender)
}

/// True where the folded word is a known given name.
pub(crate) fn is_given(name: &str) -> bool {
    GIVEN_NAMES.contains_key(name)
}

/// The full forms that a folded given name can be short for.
pub(crate) fn full_forms(name: &str) -> &'static [String] {
    GIVEN_NAMES.get(name).map_or(&[], |g| &g.full[..])
}

/// True where one folded given name is a short form of the other, or both are of a third.
pub(crate) fn nicknames(a: &str, b: &str) -> bool {
    let full = full_forms;
    full(a).iter().any(|f| f == b)
        || full(b).iter().any(|f| f == a)
        || full(a).iter().any(|f| full(b).contains(f))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_well_formed() {
        for (file, fields) in [(ORGANISATIONS, 2), (PLACES, 2), (GIVEN, 3), (VARIANTS, 2)] {
            for record in records(file) {
                assert!(
                    record.len() <= fields && !record[0].is_empty(),
                    "{record:?}"
                );
            }
        }
        for (file, names) in [
            (ORGANISATIONS, &*ORGANISATION),
            (PLACES, &*PLACE),
            (GROUPS, &*GROUP),
        ] {
            for record in records(file) {
                for alias in values(record.get(1)) {
                    assert_eq!(
                        names.get(&fold(alias)),
                        Some(&record[0]),
                        "{alias} is filed under two names"
                    );
                }
            }
        }
        for record in records(GIVEN) {
            assert!(matches!(record[1], "m" | "f" | "x"), "{record:?}");
        }
        assert!(
            DUAL_NAME.contains("kremlin")
                && FAMILY_NAME_FIRST.contains("xi")
                && !DUAL_NAME.contains("nato")
        );
    }

    #[test]
    fn given_names() {
        assert!(
            nicknames("joe", "joseph") && nicknames("bill", "william") && !nicknames("joe", "jill")
        );
        assert_eq!(given_gender("angela"), Some(Gender::Female));
        assert_eq!(given_gender("sergei"), Some(Gender::Male));
        assert_eq!(given_gender("kim"), None);
        assert_eq!(filed("qaddafi"), "gaddafi");
    }
}
