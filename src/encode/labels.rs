//! Labels of a foreign tagging model => whomet's name types
//!
//! Models label words in many ways: `B-PER` and `I-PER`, `PERSON` alone, `S-ORG` and `E-ORG`. A [`Scheme`] sums the
//! probabilities of a model's labels into whomet's own columns, `O, B-PER, I-PER, B-ORG, …`, which the tag stage decodes as
//! it does those of whomet's model.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::document::NameType;
use crate::logits::log_sum_exp;

/// Where a name begins in a row of labels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Begins {
    /// At `B` alone.
    #[default]
    AtB,
    /// At `B`, and at an `I` that continues no name of its type: schemes that write `B` only between neighbours, or never.
    AtBOrI,
}

/// What the user says that labels stand for: `MISC=NORP,LABEL_0=O,LABEL_1=B-PER`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct LabelMap(BTreeMap<String, Meaning>);

/// What a label stands for: part and type of a name, or no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    None,
    Name(Option<Part>, NameType),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Begin,
    Inside,
}

impl FromStr for LabelMap {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut map = BTreeMap::new();
        for entry in text.split(',').map(str::trim).filter(|e| !e.is_empty()) {
            let (label, meaning) = entry
                .rsplit_once('=')
                .ok_or_else(|| format!("\"{entry}\" is not LABEL=TYPE"))?;
            let (part, name) = split(meaning.trim());
            let meaning = match ours(name) {
                Some(kind) => Meaning::Name(part, kind),
                None if name == "O" && part.is_none() => Meaning::None,
                None => return Err(format!("\"{meaning}\" is no type: {}, or O", types())),
            };
            map.insert(label.trim().to_owned(), meaning);
        }
        Ok(LabelMap(map))
    }
}

impl TryFrom<String> for LabelMap {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl LabelMap {
    /// True where it says nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for LabelMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (label, meaning)) in self.0.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            write!(f, "{comma}{label}=")?;
            match meaning {
                Meaning::None => write!(f, "O")?,
                Meaning::Name(Some(Part::Begin), kind) => write!(f, "B-{}", kind.label())?,
                Meaning::Name(Some(Part::Inside), kind) => write!(f, "I-{}", kind.label())?,
                Meaning::Name(None, kind) => write!(f, "{}", kind.label())?,
            }
        }
        Ok(())
    }
}

/// A model's labels, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// Of each label, the column of whomet's that it counts for.
    columns: Vec<usize>,
    /// Where names begin.
    pub begins: Begins,
}

/// `O`, and `B` and `I` of each type.
const COLUMNS: usize = 1 + 2 * NameType::ALL.len();

impl Scheme {
    /// Understands `labels`, those in `map` as it says.
    ///
    /// A scheme without a label for countries and cities (GPE) means them too by LOC, as CoNLL 2003 does: they are most
    /// of its LOC in news, and act in encounters, so LOC is read as GPE there. MISC, which is nationalities more than
    /// anything else, is read as NORP.
    ///
    /// # Errors
    /// In words for the user: labels that are not known, a map of labels that there are not, or no label for people.
    pub fn new(labels: &[String], map: &LabelMap) -> Result<Self, String> {
        let named = |label: &str| map.0.get(label);
        let stray: Vec<&str> = map
            .0
            .keys()
            .map(String::as_str)
            .filter(|k| !labels.iter().any(|l| l == k || split(l).1 == *k))
            .collect();
        if !stray.is_empty() {
            let (stray, all) = (stray.join(", "), labels.join(", "));
            return Err(format!(
                "--label-map names {stray}, but the labels are {all}"
            ));
        }
        let has_gpe = labels
            .iter()
            .any(|l| known(split(l).1) == Some(Meaning::Name(None, NameType::Gpe)));
        let mut unknown = Vec::new();
        let mut columns = Vec::with_capacity(labels.len());
        for label in labels {
            let (part, name) = split(label);
            let meaning = match named(label).or_else(|| named(name)).copied() {
                Some(meaning) => Some(meaning),
                None => known(name).map(|meaning| match meaning {
                    Meaning::Name(p, NameType::Loc) if !has_gpe => Meaning::Name(p, NameType::Gpe),
                    other => other,
                }),
            };
            columns.push(match meaning {
                Some(Meaning::Name(given, kind)) => match given.or(part) {
                    Some(Part::Begin) => 1 + 2 * kind as usize,
                    Some(Part::Inside) | None => 2 + 2 * kind as usize,
                },
                Some(Meaning::None) => 0,
                None => {
                    unknown.push(label.as_str());
                    0
                }
            });
        }
        if !unknown.is_empty() {
            let (first, all) = (unknown[0], unknown.join(", "));
            return Err(format!(
                "it is not known what these labels stand for: {all}. Say it with --label-map {first}=TYPE,… where TYPE is \
                 one of {}, or O for what is no name",
                types()
            ));
        }
        let has = |column: usize| columns.contains(&column);
        let person = NameType::Per as usize;
        if !has(1 + 2 * person) && !has(2 + 2 * person) {
            return Err(format!(
                "no label stands for people, only {}; see --label-map",
                labels.join(", ")
            ));
        }
        let lacks_b = (0..NameType::ALL.len()).any(|t| has(2 + 2 * t) && !has(1 + 2 * t));
        let begins = if lacks_b { Begins::AtBOrI } else { Begins::AtB };
        Ok(Scheme { columns, begins })
    }

    /// Adds a row of whomet's columns to `out`: logarithms, up to a constant, of the sums of the labels' probabilities.
    pub fn read(&self, logits: &[f32], out: &mut Vec<f32>) {
        let mut sums = [f32::NEG_INFINITY; COLUMNS];
        for (logit, column) in logits.iter().zip(&self.columns) {
            sums[*column] = log_sum_exp(&[sums[*column], *logit]);
        }
        out.extend(sums);
    }

    /// The number of whomet's columns.
    pub fn width(&self) -> usize {
        COLUMNS
    }
}

/// The part of a name that a label's first letter says, and the rest: `B-PER`, `E-PER`, `S_ORG`, and `PERSON` alone.
fn split(label: &str) -> (Option<Part>, &str) {
    let part = match label.as_bytes() {
        [b'B' | b'S' | b'U' | b'b' | b's' | b'u', b'-' | b'_', _, ..] => Part::Begin,
        [
            b'I' | b'E' | b'L' | b'M' | b'i' | b'e' | b'l' | b'm',
            b'-' | b'_',
            _,
            ..,
        ] => Part::Inside,
        _ => return (None, label),
    };
    (Some(part), &label[2..])
}

/// whomet's type of this very name.
fn ours(name: &str) -> Option<NameType> {
    NameType::ALL.into_iter().find(|t| t.label() == name)
}

fn types() -> String {
    NameType::ALL.map(NameType::label).join(", ")
}

/// What the usual corpora (CoNLL 2003, OntoNotes, WikiNEuRal, WNUT, ACE, MultiNERD) call their types.
fn known(name: &str) -> Option<Meaning> {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let kind = match plain.as_str() {
        "PER" | "PERS" | "PERSON" => NameType::Per,
        "ORG" | "ORGANIZATION" | "ORGANISATION" | "CORP" | "CORPORATION" | "COMPANY" | "GROUP" => {
            NameType::Org
        }
        "GPE" | "COUNTRY" | "CITY" => NameType::Gpe,
        "LOC" | "LOCATION" => NameType::Loc,
        "FAC" | "FACILITY" => NameType::Fac,
        "NORP" | "NATIONALITY" | "MISC" | "MISCELLANEOUS" => NameType::Norp,
        "EVENT" | "EVE" => NameType::Event,
        "O" | "PAD" | "CLS" | "SEP" | "DATE" | "TIME" | "MONEY" | "PERCENT" | "QUANTITY"
        | "ORDINAL" | "CARDINAL" | "PRODUCT" | "WORKOFART" | "CREATIVEWORK" | "LAW"
        | "LANGUAGE" | "VEH" | "VEHICLE" | "WEA" | "WEAPON" | "ANIM" | "ANIMAL" | "BIO" | "CEL"
        | "DIS" | "DISEASE" | "FOOD" | "INST" | "MEDIA" | "MYTH" | "PLANT" => {
            return Some(Meaning::None);
        }
        _ => return None,
    };
    Some(Meaning::Name(None, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme(labels: &[&str], map: &str) -> Result<Scheme, String> {
        let labels: Vec<String> = labels.iter().map(|l| (*l).to_owned()).collect();
        Scheme::new(&labels, &map.parse()?)
    }

    /// The columns that each label counts for.
    fn columns(labels: &[&str], map: &str) -> Vec<usize> {
        scheme(labels, map).unwrap().columns
    }

    #[test]
    fn usual_schemes_are_known() {
        let conll = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-MISC", "I-MISC"];
        assert_eq!(columns(&conll, ""), [0, 1, 2, 5, 6, 11, 12]);
        assert_eq!(scheme(&conll, "").unwrap().begins, Begins::AtB);
        let ontonotes = ["O", "B-PERSON", "I-PERSON", "B-GPE", "B-LOC", "B-DATE"];
        assert_eq!(columns(&ontonotes, ""), [0, 1, 2, 5, 7, 0]);
        // IOB1 of CoNLL 2003 as often published: people have no B.
        let iob1 = scheme(&["B-LOC", "I-LOC", "I-PER", "O"], "").unwrap();
        assert_eq!(
            (iob1.columns, iob1.begins),
            (vec![5, 6, 2, 0], Begins::AtBOrI)
        );
        let plain = scheme(&["O", "Person", "organisation"], "").unwrap();
        assert_eq!(
            (plain.columns, plain.begins),
            (vec![0, 2, 4], Begins::AtBOrI)
        );
        assert_eq!(
            columns(&["O", "S-PER", "B-PER", "I-PER", "E-PER"], ""),
            [0, 1, 1, 2, 2]
        );
    }

    #[test]
    fn unknown_labels_are_named_and_can_be_mapped() {
        let labels = ["LABEL_0", "LABEL_1", "LABEL_2"];
        let error = scheme(&labels, "").unwrap_err();
        assert!(
            error.contains("LABEL_1") && error.contains("--label-map"),
            "{error}"
        );
        assert_eq!(
            columns(&labels, "LABEL_0=O,LABEL_1=B-PER, LABEL_2=I-PER"),
            [0, 1, 2]
        );
        let misc = ["O", "B-PER", "I-PER", "B-MISC", "I-MISC", "B-LOC"];
        assert_eq!(columns(&misc, "MISC=O,LOC=LOC"), [0, 1, 2, 0, 0, 7]);
        assert_eq!(columns(&misc, "MISC=EVENT"), [0, 1, 2, 13, 14, 5]);
        for (map, says) in [
            ("PERS=PER", "PERS"),
            ("MISC", "LABEL=TYPE"),
            ("MISC=X", "X"),
        ] {
            let error = scheme(&misc, map).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
        assert!(scheme(&["O", "B-ORG"], "").unwrap_err().contains("people"));
        let map: LabelMap = "B=O, A=B-PER,C=EVENT".parse().unwrap();
        assert_eq!(map.to_string(), "A=B-PER,B=O,C=EVENT");
        assert!(LabelMap::default().is_empty() && !map.is_empty());
    }

    #[test]
    fn probabilities_are_summed() {
        let scheme = scheme(&["O", "DATE", "B-PER", "S-PER", "I-PER"], "").unwrap();
        let mut row = Vec::new();
        scheme.read(&[0.0, 0.0, 1.0, 1.0, 2.0], &mut row);
        let p = crate::logits::softmax(&row);
        let all = 2.0 + 2.0 * 1f32.exp() + 2f32.exp();
        assert!((p[0] - 2.0 / all).abs() < 1e-6);
        assert!((p[1] - 2.0 * 1f32.exp() / all).abs() < 1e-6);
        assert_eq!((p.len(), p[3]), (scheme.width(), 0.0));
    }
}
