//! A stand-in for the extractor, and a way to run the program in this process.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use whomet::app::{self, Engine, Surroundings, Terminal};
use whomet::document::*;
use whomet::error::{Error, Result};
use whomet::span::*;

/// Understands "X met Y in Z.", "X called Y.", "X visited Z.", "X is TITLE of Y."; panics at PANIC and fails at FAIL.
pub fn dummy(article: Article) -> Result<Extracted> {
    assert!(!article.body.contains("PANIC"), "told to panic");
    if article.body.contains("FAIL") {
        return Err(Error::article(article.at, "told to fail"));
    }
    let body = article.body.clone();
    let mut x = Extracted::default();
    let mut from = 0;
    for piece in body.split_inclusive(['.', '\n']) {
        let text = piece.trim_end_matches(['.', '\n']);
        let start = from + (text.len() - text.trim_start().len());
        from += piece.len();
        let text = text.trim_start();
        let sentence = SentenceId::new(x.document.sentences.len());
        x.document.sentences.push(Sentence {
            span: Span::new(start, start + text.len()),
            first: TokenId(0),
            end: TokenId(0),
            paragraph: 0,
            boilerplate: false,
        });
        let mut name = |part: &str, kind: NameType| {
            let at = start + (part.as_ptr() as usize - text.as_ptr() as usize);
            let id = x
                .entities
                .iter()
                .position(|e| e.name == part)
                .unwrap_or_else(|| {
                    x.entities.push(Entity {
                        name: part.to_owned(),
                        kind,
                        mentions: Vec::new(),
                    });
                    x.entities.len() - 1
                });
            x.entities[id]
                .mentions
                .push(MentionId::new(x.mentions.len()));
            let span = Span::new(at, at + part.len());
            x.mentions.push(Mention {
                span,
                kind,
                sentence,
                confidence: 0.987_654,
                boilerplate: false,
            });
            x.entity_of.push(EntityId::new(id));
            EntityId::new(id)
        };
        let who = |entity| Participant {
            entity,
            words: text.contains("officials").then(|| "officials".to_owned()),
        };
        let all = Span::new(start, start + text.len());
        let encounter = |kind, participants, place| Encounter {
            kind,
            status: if text.contains("maybe") {
                Status::Possible
            } else {
                Status::Occurred
            },
            participants,
            place,
            when: text.contains("Friday").then(|| When {
                iso: Some("2026-11-20".to_owned()),
                words: "Friday".to_owned(),
            }),
            evidence: all,
            sentence,
            also: Vec::new(),
            confidence: if text.contains("maybe") { 0.4 } else { 0.9 },
        };
        if let Some((a, rest)) = text.split_once(" met ") {
            let (b, place) = rest
                .split_once(" in ")
                .map_or((rest, None), |(b, z)| (b, Some(z)));
            let (a, b) = (name(a, NameType::Per), name(b, NameType::Per));
            let place = place.map(|z| name(z.split(" on ").next().unwrap_or(z), NameType::Gpe));
            x.encounters.push(encounter(
                EncounterKind::Meeting,
                vec![who(a), who(b)],
                place,
            ));
        } else if let Some((a, b)) = text.split_once(" called ") {
            let (a, b) = (name(a, NameType::Per), name(b, NameType::Per));
            x.encounters
                .push(encounter(EncounterKind::Call, vec![who(a), who(b)], None));
        } else if let Some((a, z)) = text.split_once(" visited ") {
            let (a, z) = (name(a, NameType::Per), name(z, NameType::Fac));
            x.encounters
                .push(encounter(EncounterKind::Visit, vec![who(a)], Some(z)));
        } else if let Some((a, rest)) = text.split_once(" is ") {
            let (title, of) = rest
                .split_once(" of ")
                .map_or((rest, None), |(t, of)| (t, Some(of)));
            let person = name(a, NameType::Per);
            let of = of.map(|of| name(of, NameType::Org));
            let title = if title == "member" {
                String::new()
            } else {
                title.to_owned()
            };
            x.affiliations.push(Affiliation {
                person,
                title,
                of,
                evidence: all,
                confidence: 0.8,
            });
        }
    }
    x.document.article = article;
    Ok(x)
}

/// What a run of the program left behind.
pub struct Ran {
    pub status: u8,
    pub stdout: Vec<u8>,
    pub stderr: String,
    /// How many articles were handed to the extractor.
    pub extracted: u64,
}

pub const MODEL: &str = "dummy 1";

/// Runs the program with the stand-in extractor.
pub fn whomet<S: Into<OsString> + Clone>(args: &[S]) -> Ran {
    let mut stdout = Vec::new();
    let mut ran = whomet_to(args, &mut stdout, MODEL);
    ran.stdout = stdout;
    ran
}

/// The same, with standard output to `stdout` and a model called `model`.
pub fn whomet_to<S: Into<OsString> + Clone>(
    args: &[S],
    stdout: &mut dyn Write,
    model: &str,
) -> Ran {
    whomet_asked(args, stdout, model, b"")
}

/// The same, with `answers` on standard input.
pub fn whomet_asked<S: Into<OsString> + Clone>(
    args: &[S],
    stdout: &mut dyn Write,
    model: &str,
    answers: &[u8],
) -> Ran {
    let count = Arc::new(AtomicU64::new(0));
    let mut stderr = Vec::new();
    let mut io = Surroundings {
        terminal: Terminal::default(),
        env: &|_| None,
        stdin: &mut &*answers,
        stdout,
        stderr: &mut stderr,
    };
    let argv =
        std::iter::once(OsString::from("whomet")).chain(args.iter().cloned().map(Into::into));
    let status = app::run(argv, &mut io, &|_, _| {
        let count = count.clone();
        Ok(Engine {
            model: model.to_owned(),
            settings: Default::default(),
            notices: Box::new(Vec::new),
            extract: Box::new(move |article| {
                count.fetch_add(1, Ordering::SeqCst);
                dummy(article)
            }),
        })
    });
    let stderr = String::from_utf8(stderr).expect("messages are UTF-8");
    Ran {
        status,
        stdout: Vec::new(),
        stderr,
        extracted: count.load(Ordering::SeqCst),
    }
}

/// Arguments for an extraction of `input` into `out`, with more of them behind.
pub fn extract(input: &Path, out: &Path, more: &[&str]) -> Vec<OsString> {
    let mut args: Vec<OsString> = vec!["extract".into(), input.into(), "-o".into(), out.into()];
    args.extend(more.iter().map(OsString::from));
    args
}

/// A folder of articles: some good, some bad, one long, one file of another kind.
pub fn articles(dir: &Path) -> PathBuf {
    let input = dir.join("in");
    fs::create_dir_all(&input).unwrap();
    let put = |name: &str, text: &str| fs::write(input.join(name), text).unwrap();
    put(
        "a1.txt",
        "Ann Ives met Tëd Örn in Oslo on Friday. Tëd Örn is mayor of Oslo City. Ann Ives called Bo.\n",
    );
    put("a2.txt", "Nothing here.\n");
    put(
        "b.jsonl",
        concat!(
            "{\"id\":\"j1\",\"title\":\"One\",\"date\":\"2026-11-21\",\"text\":\"Bo met Ann Ives. Cy visited Fort Knox.\"}\n",
            "{\"id\":\"j2\",\"text\":\"FAIL\"}\n",
            "not json\n",
            "{\"id\":\"j4\",\"text\":\"Cy officials met Di maybe. Cy is member of Guild.\"}\n",
            "{\"id\":\"j5\",\"text\":\"PANIC\"}\n",
        ),
    );
    put("c.txt", &"Ed met Flo in Rome. ".repeat(300));
    put("d.txt", "  \n");
    put("z.txt", "Ann Ives met Bo.\n");
    put("picture.png", "no article");
    input
}

/// All files of an output folder by name, the volatile part of run.json taken out, hidden files left out.
pub fn outputs(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == ".whomet" {
            continue;
        }
        let mut bytes = fs::read(&path).unwrap();
        if name == "run.json" {
            let mut json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            json.as_object_mut()
                .unwrap()
                .remove("timing")
                .expect("run.json has its timing");
            bytes = serde_json::to_vec_pretty(&json).unwrap();
        }
        files.insert(name, bytes);
    }
    files
}
