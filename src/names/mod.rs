//! What names are made of and when two of them can mean the same: used within one article and across articles.
//!
//! [`text`] makes strings comparable, [`lexicon`] and [`countries`] read the lists in `data/`, [`person`] and
//! [`organisation`] know how such names are built. Nothing here looks at an article.

pub(crate) mod countries;
pub(crate) mod lexicon;
pub(crate) mod organisation;
pub(crate) mod person;
pub(crate) mod text;

use countries::{country, country_of_demonym};
use lexicon::{GROUP, ORGANISATION, PLACE};
use text::fold;

/// The key under which the names of one place meet; `folded` is what [`fold`] makes of a name.
pub(crate) fn place_key(folded: &str) -> String {
    country(folded)
        .or_else(|| PLACE.get(folded).copied())
        .map_or_else(|| folded.to_owned(), fold)
}

/// The key under which the names of one organisation meet, before [`organisation::normal`].
pub(crate) fn organisation_key(folded: &str) -> String {
    ORGANISATION
        .get(folded)
        .map_or_else(|| folded.to_owned(), |name| fold(name))
}

/// The key under which the forms of a people's name meet: "Russian" and "Russians" are "russia".
pub(crate) fn group_key(folded: &str) -> String {
    let singular = folded.strip_suffix('s').unwrap_or(folded);
    match country_of_demonym(folded)
        .or_else(|| GROUP.get(folded).copied())
        .or_else(|| GROUP.get(singular).copied())
    {
        Some(name) => fold(name),
        None => {
            let stem = singular.strip_suffix("ish").unwrap_or(singular);
            stem.strip_suffix("men")
                .map_or_else(|| stem.to_owned(), |s| format!("{s}man"))
        }
    }
}
