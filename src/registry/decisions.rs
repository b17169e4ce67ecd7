//! `merges.csv`: every decision about two names, and what a person decided instead.
//!
//! One row per pair of names that was decided on. A person changes a `verdict`, or adds a row with a verdict and two
//! names (or ids). CSV, because it opens in a spreadsheet, where rows can be sorted, filtered and edited at once; a YAML
//! file of some thousand decisions cannot. A row is a person's where `decided_by` is not `whomet`, or where `verdict` is
//! no longer what stands in `automatic`; the program rewrites its own rows and leaves the person's, for good.
//!
//! Where a name alone does not say who is meant (a bare family name, a namesake), `article_ids` says in which articles
//! it is decided; a person who empties the cell decides for all articles. A row that keeps a name apart from itself
//! splits the listed articles off as another person of that name.

use std::collections::{BTreeSet, HashMap};
use std::io::Write;

use super::Class;
use super::ids::Ids;
use crate::error::{Error, Location, Result};
use crate::export::csv::safe;

/// The file's name in the output folder.
pub const FILE: &str = "merges.csv";

/// The columns, in order.
pub const COLUMNS: [&str; 13] = [
    "verdict",
    "decided_by",
    "kind",
    "name_a",
    "name_b",
    "score",
    "reasons",
    "automatic",
    "articles",
    "id_a",
    "id_b",
    "article_ids",
    "note",
];

/// Article ids listed in a row; the scope of a row with more is all articles.
const LISTED: usize = 100;

/// What is decided about two names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Two things, or too little says that they are one; to be looked at by a person.
    Proposed,
    /// One thing.
    Merged,
    /// Two things.
    KeptApart,
}

impl Verdict {
    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Merged => "merged",
            Verdict::Proposed => "proposed",
            Verdict::KeptApart => "kept apart",
        }
    }

    fn read(word: &str) -> Option<Verdict> {
        match word.trim().to_lowercase().replace('_', " ").as_str() {
            "merged" | "merge" | "yes" | "y" | "same" => Some(Verdict::Merged),
            "proposed" | "propose" | "maybe" | "?" => Some(Verdict::Proposed),
            "kept apart" | "keep apart" | "apart" | "no" | "n" | "different" => {
                Some(Verdict::KeptApart)
            }
            _ => None,
        }
    }
}

/// Who decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// A person: never overwritten.
    Person,
    /// The program.
    Program,
}

/// A row of `merges.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// What holds.
    pub verdict: Verdict,
    /// Who decided it.
    pub by: By,
    /// person, organization, place, group, event; empty where a person did not say.
    pub kind: String,
    /// The two names.
    pub names: [String; 2],
    /// Their ids; empty for a bare name that is merged.
    pub ids: [String; 2],
    /// 0 to 1; none for a person's row that the program has no view on.
    pub score: Option<f32>,
    /// Why, in words.
    pub reasons: String,
    /// What the program would decide; none as for `score`.
    pub automatic: Option<Verdict>,
    /// How many articles it is about.
    pub articles: usize,
    /// Their ids, where the row is about these articles only, or examples.
    pub article_ids: Vec<String>,
    /// A person's own words, kept.
    pub note: String,
}

impl Decision {
    /// The articles that the row is about; none where it is about all.
    fn scope(&self) -> Option<BTreeSet<&str>> {
        let complete = !self.article_ids.is_empty() && self.article_ids.len() >= self.articles;
        complete.then(|| self.article_ids.iter().map(String::as_str).collect())
    }
}

/// A decision of the program on its way to its row.
pub(super) struct Judged<'a> {
    pub class: Class,
    pub names: [String; 2],
    pub points: f32,
    pub verdict: Verdict,
    pub reasons: String,
    /// Ids of the articles it is about.
    pub articles: Vec<&'a str>,
}

impl Judged<'_> {
    /// The row, as yet without ids.
    pub fn decision(self) -> Decision {
        Decision {
            verdict: self.verdict,
            by: By::Program,
            kind: self.class.word().to_owned(),
            names: self.names,
            ids: [String::new(), String::new()],
            score: Some(super::score(self.points)),
            reasons: self.reasons,
            automatic: Some(self.verdict),
            articles: self.articles.len(),
            article_ids: self
                .articles
                .into_iter()
                .take(LISTED)
                .map(str::to_owned)
                .collect(),
            note: String::new(),
        }
    }
}

/// What a person decided, by the keys of the two names.
#[derive(Debug, Default)]
pub(super) struct Human {
    rows: Vec<Decision>,
    rules: HashMap<(Class, String, String), Vec<usize>>,
    /// Rows that join a name with another.
    joined: HashMap<(Class, String), Vec<usize>>,
    /// Rules of each row, in order.
    ordered: Vec<(usize, Class, [String; 2])>,
}

fn pair(a: &str, b: &str) -> (String, String) {
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    (a.to_owned(), b.to_owned())
}

impl Human {
    /// Takes the person's rows out of `decisions`; `ids` tells the names of rows that give ids alone.
    pub fn new(decisions: &[Decision], ids: &Ids) -> Human {
        let mut human = Human::default();
        for row in decisions.iter().filter(|d| d.by == By::Person) {
            let n = human.rows.len();
            let mut row = row.clone();
            for side in 0..2 {
                if row.names[side].trim().is_empty()
                    && let Some(name) = ids.name(&row.ids[side])
                {
                    row.names[side] = name.to_owned();
                }
            }
            for class in Class::ALL {
                let by_id = |id: &String| id.starts_with(class.letter());
                let meant = if row.kind.trim().is_empty() {
                    row.ids.iter().all(|id| id.is_empty()) || row.ids.iter().any(by_id)
                } else {
                    row.kind.trim().eq_ignore_ascii_case(class.word())
                };
                let keys = [class.key(&row.names[0]), class.key(&row.names[1])];
                if !meant || keys.iter().any(String::is_empty) {
                    continue;
                }
                if row.verdict == Verdict::Merged {
                    for key in &keys {
                        let rows = human.joined.entry((class, key.clone())).or_default();
                        rows.push(n);
                    }
                }
                let (a, b) = pair(&keys[0], &keys[1]);
                human.rules.entry((class, a, b)).or_default().push(n);
                human.ordered.push((n, class, keys));
            }
            human.rows.push(row);
        }
        human
    }

    /// What a person decided about two names in article `article`, the last row first.
    pub fn verdict(&self, class: Class, a: &str, b: &str, article: &str) -> Option<Verdict> {
        self.find(class, a, b, &mut |id| id == article)
            .map(|n| self.rows[n].verdict)
    }

    /// The last row about two names whose scope has an article of `is_meant`, or that is about all articles.
    pub fn find(
        &self,
        class: Class,
        a: &str,
        b: &str,
        is_meant: &mut dyn FnMut(&str) -> bool,
    ) -> Option<usize> {
        if self.rules.is_empty() {
            return None;
        }
        let (a, b) = pair(a, b);
        let rows = self.rules.get(&(class, a, b))?;
        rows.iter().rev().copied().find(|&n| {
            self.rows[n]
                .scope()
                .is_none_or(|scope| scope.into_iter().any(&mut *is_meant))
        })
    }

    /// Row `n`.
    pub fn row(&self, n: usize) -> &Decision {
        &self.rows[n]
    }

    /// True where a person decided nothing.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// All rules in the order of their rows: row, class, keys.
    pub fn rules(&self) -> impl Iterator<Item = (&Decision, Class, &[String; 2])> {
        self.ordered
            .iter()
            .map(|(n, class, keys)| (&self.rows[*n], *class, keys))
    }

    /// True where a person says whom the name `key` means in article `article`.
    pub fn joins(&self, class: Class, key: &str, article: &str) -> bool {
        let rows = self.joined.get(&(class, key.to_owned()));
        rows.into_iter().flatten().any(|&n| {
            let scope = self.rows[n].scope();
            scope.is_none_or(|scope| scope.contains(article))
        })
    }

    /// True where a person splits the name `name` in article `article` off from others of the same key: by a row that
    /// keeps the key apart from itself, in the articles it lists or else of its second name.
    pub fn splits(&self, class: Class, key: &str, article: &str, name: &str) -> bool {
        if self.is_empty() {
            return false;
        }
        let both = (class, key.to_owned(), key.to_owned());
        self.rules.get(&both).is_some_and(|rows| {
            rows.iter().any(|&n| {
                let row = &self.rows[n];
                let [a, b] = &row.names;
                row.verdict == Verdict::KeptApart
                    && match row.scope() {
                        Some(articles) => articles.contains(article),
                        None => a != b && name == b,
                    }
            })
        })
    }

    /// Puts the person's rows before the program's, which lose what the person has decided on.
    pub fn over(self, automatic: Vec<Decision>) -> Vec<Decision> {
        let mut rows = self.rows.clone();
        let mut seen = vec![false; rows.len()];
        let mut rest = Vec::new();
        for d in automatic {
            let class = Class::ALL.into_iter().find(|c| c.word() == d.kind);
            let found = class.and_then(|class| {
                let keys = [class.key(&d.names[0]), class.key(&d.names[1])];
                let articles: BTreeSet<&str> = d.article_ids.iter().map(String::as_str).collect();
                self.find(class, &keys[0], &keys[1], &mut |id| articles.contains(id))
            });
            let Some(n) = found else {
                rest.push(d);
                continue;
            };
            if !seen[n] {
                seen[n] = true;
                let row = &mut rows[n];
                (row.automatic, row.score) = (d.automatic, d.score);
                (row.ids, row.kind) = (d.ids, d.kind);
                // The person's names may stand the other way round.
                if class.is_some_and(|c| c.key(&row.names[0]) != c.key(&d.names[0])) {
                    row.ids.swap(0, 1);
                }
                row.reasons = d.reasons;
                if row.article_ids.is_empty() {
                    row.articles = d.articles;
                }
            }
        }
        for (row, seen) in rows.iter_mut().zip(seen) {
            if !seen {
                (row.automatic, row.score) = (None, None);
                row.reasons = "decided by a person".to_owned();
            }
        }
        let rank = |v: Verdict| match v {
            Verdict::Proposed => 0,
            Verdict::Merged => 1,
            Verdict::KeptApart => 2,
        };
        rest.sort_by(|a, b| {
            rank(a.verdict)
                .cmp(&rank(b.verdict))
                .then(b.score.unwrap_or(0.0).total_cmp(&a.score.unwrap_or(0.0)))
                .then(b.articles.cmp(&a.articles))
                .then_with(|| {
                    (&a.kind, &a.names, &a.article_ids).cmp(&(&b.kind, &b.names, &b.article_ids))
                })
        });
        rows.extend(rest);
        rows
    }
}

/// Writes all rows.
///
/// # Errors
/// `out` refuses them.
pub fn write(out: &mut dyn Write, decisions: &[Decision]) -> Result<()> {
    let failed = |e: std::io::Error| Error::io(Location::file(FILE), "write", e);
    out.write_all("\u{feff}".as_bytes()).map_err(failed)?;
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    let mut rows = || -> std::result::Result<(), csv::Error> {
        csv.write_record(COLUMNS)?;
        for d in decisions {
            let ids: Vec<String> = d.article_ids.iter().map(|id| escaped(id)).collect();
            let number = |x: Option<f32>| x.map_or_else(String::new, |x| x.to_string());
            let by = match d.by {
                By::Person => "person",
                By::Program => "whomet",
            };
            let count = match d.articles {
                0 => String::new(),
                n => n.to_string(),
            };
            csv.write_record([
                d.verdict.word(),
                by,
                &safe(&d.kind),
                &safe(&d.names[0]),
                &safe(&d.names[1]),
                &number(d.score),
                &safe(&d.reasons),
                d.automatic.map_or("", Verdict::word),
                &count,
                &safe(&d.ids[0]),
                &safe(&d.ids[1]),
                &safe(&ids.join("; ")),
                &safe(&d.note),
            ])?;
        }
        csv.flush()?;
        Ok(())
    };
    rows().map_err(|e| failed(e.into()))
}

/// Reads rows, as written here or saved by a spreadsheet: with or without byte-order mark, separated by comma,
/// semicolon or tab, columns in any order; only a verdict and two names or ids are needed.
///
/// # Errors
/// The text is no such table, or a verdict is no verdict; the message names the row.
pub fn read(bytes: &[u8]) -> Result<Vec<Decision>> {
    let wrong = |line: u64, what: String| Error::Usage(format!("{FILE}, row {line}: {what}"));
    // Excel saves "CSV" in the system's code page.
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
    };
    let text = text.trim_start_matches('\u{feff}');
    let header = text.lines().next().unwrap_or("");
    let count = |c: char| header.matches(c).count();
    let delimiter = [',', ';', '\t']
        .into_iter()
        .max_by_key(|&c| (count(c), c == ','))
        .unwrap_or(',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter as u8)
        .flexible(true)
        .from_reader(text.as_bytes());
    let bad = |e: csv::Error| {
        let line = e.position().map_or(1, csv::Position::line);
        wrong(line, e.to_string())
    };
    let names: Vec<String> = reader
        .headers()
        .map_err(bad)?
        .iter()
        .map(|n| n.trim().to_lowercase())
        .collect();
    let column = |name: &str| names.iter().position(|n| n == name);
    if !text.trim().is_empty() && column("verdict").is_none() {
        return Err(wrong(1, "there is no column \"verdict\"".to_owned()));
    }
    let at: HashMap<&str, usize> = COLUMNS
        .into_iter()
        .filter_map(|name| Some((name, column(name)?)))
        .collect();
    let mut out = Vec::new();
    for record in reader.records() {
        let record = record.map_err(bad)?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |name: &str| -> String {
            let raw = at.get(name).and_then(|&i| record.get(i)).unwrap_or("");
            unsafe_text(raw.trim()).to_owned()
        };
        if record.iter().all(|c| c.trim().is_empty()) {
            continue;
        }
        let word = cell("verdict");
        let verdict = Verdict::read(&word).ok_or_else(|| {
            wrong(
                line,
                format!("the verdict is \"{word}\", expected merged, proposed or kept apart"),
            )
        })?;
        let (names, ids) = (
            [cell("name_a"), cell("name_b")],
            [cell("id_a"), cell("id_b")],
        );
        if (0..2).any(|i| names[i].is_empty() && ids[i].is_empty()) {
            return Err(wrong(line, "two names or ids are needed".to_owned()));
        }
        let automatic = Verdict::read(&cell("automatic"));
        let program =
            cell("decided_by").eq_ignore_ascii_case("whomet") && automatic == Some(verdict);
        let article_ids: Vec<String> = cell("article_ids")
            .split(';')
            .map(|id| unescaped(id.trim()))
            .filter(|id| !id.is_empty())
            .collect();
        out.push(Decision {
            verdict,
            by: if program { By::Program } else { By::Person },
            kind: cell("kind"),
            names,
            ids,
            score: cell("score").parse().ok(),
            reasons: cell("reasons"),
            automatic,
            articles: cell("articles").parse().unwrap_or(article_ids.len()),
            article_ids,
            note: cell("note"),
        });
    }
    Ok(out)
}

/// What [`safe`] made of a text, undone.
fn unsafe_text(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if safe(rest).starts_with('\'') => rest,
        _ => cell,
    }
}

/// An article id that can stand in a list.
fn escaped(id: &str) -> String {
    id.replace('%', "%25").replace(';', "%3B")
}

fn unescaped(id: &str) -> String {
    id.replace("%3B", ";").replace("%25", "%")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(verdict: Verdict, names: [&str; 2], by: By) -> Decision {
        Decision {
            verdict,
            by,
            kind: "person".to_owned(),
            names: names.map(str::to_owned),
            ids: ["P1".to_owned(), String::new()],
            score: Some(0.5),
            reasons: "=SUM(A1), \"quoted\"".to_owned(),
            automatic: Some(verdict),
            articles: 2,
            article_ids: vec!["a;b%3B".to_owned(), "=c".to_owned()],
            note: String::new(),
        }
    }

    #[test]
    fn rows_survive_the_file() {
        let rows = vec![
            row(
                Verdict::Merged,
                ["=cmd|' /C calc'!A0", "نبيل, \"العربي\""],
                By::Program,
            ),
            row(Verdict::KeptApart, ["@x", "-y"], By::Person),
            row(Verdict::Proposed, ["'quoted'", "\u{202e}abc"], By::Program),
        ];
        let mut bytes = Vec::new();
        write(&mut bytes, &rows).unwrap();
        assert_eq!(read(&bytes).unwrap(), rows);
        let text = String::from_utf8(bytes).unwrap();
        assert!(
            text.contains(",'=cmd|") && !text.contains(",=cmd"),
            "{text}"
        );
    }

    #[test]
    fn spreadsheets_and_hands_are_understood() {
        let text = "verdict;name_a;name_b\r\nyes;Lula;Luiz Inácio Lula da Silva\r\n;;\r\nkept_apart;A B;C D\r\n";
        let rows = read(text.as_bytes()).unwrap();
        assert_eq!(rows.len(), 2);
        assert!(
            rows.iter()
                .all(|r| r.by == By::Person && r.automatic.is_none())
        );
        assert_eq!(rows[1].verdict, Verdict::KeptApart);
        // Windows' code page.
        let rows = read(b"verdict,name_a,name_b\nmerged,Jos\xe9 P,Jose P\n").unwrap();
        assert_eq!(rows[0].names[0], "José P");
        // A changed verdict is a person's, whoever is said to have decided.
        let text = "verdict,decided_by,automatic,name_a,name_b\nmerged,whomet,proposed,A B,C D\n\
                    proposed,whomet,proposed,E,F\nmerged,person,merged,G,H\n";
        let by: Vec<By> = read(text.as_bytes())
            .unwrap()
            .iter()
            .map(|r| r.by)
            .collect();
        assert_eq!(by, [By::Person, By::Program, By::Person]);
        assert!(read(b"").unwrap().is_empty());
    }

    #[test]
    fn mistakes_are_named() {
        for (text, says) in [
            ("verdict,name_a,name_b\nperhaps,A,B\n", "row 2"),
            ("verdict,name_a,name_b\nmerged,A,\n", "two names"),
            ("name_a,name_b\nA,B\n", "no column \"verdict\""),
        ] {
            let error = read(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
