//! JSON => RawArticle: one object a line, or one file with an object or an array of them.

use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::record::{Fields, fill};
use super::stream::{Decoding, Stream};
use super::{read_error, sha256};
use crate::document::RawArticle;
use crate::error::{Error, Location, Result};

/// The objects of a JSONL file. Memory holds one line at a time.
pub(super) struct Lines {
    path: PathBuf,
    input: Box<dyn BufRead + Send>,
    decoding: Decoding,
    max: usize,
    line: u64,
    buffer: Vec<u8>,
    /// Any line but blank ones was seen.
    any: bool,
    done: bool,
}

impl Lines {
    /// Reads `stream`, lines of up to `max` bytes.
    pub fn new(path: &Path, stream: Stream, max: usize) -> Self {
        Lines {
            path: path.to_owned(),
            decoding: stream.decoding(),
            input: stream.input,
            max,
            line: 0,
            buffer: Vec::new(),
            any: false,
            done: false,
        }
    }

    /// The next article or bad line. A read error ends the file: the line it cut off is not an article.
    pub fn next(&mut self, fields: &Fields) -> Option<Result<RawArticle>> {
        while !self.done {
            self.line += 1;
            self.buffer.clear();
            let limit = self.max as u64 + 1;
            let read = self
                .input
                .by_ref()
                .take(limit)
                .read_until(b'\n', &mut self.buffer);
            let long = self.buffer.len() > self.max && self.buffer.last() != Some(&b'\n');
            match read {
                Ok(0) if self.any => break,
                Ok(0) => {
                    self.done = true;
                    return Some(Err(Error::article(Location::file(&self.path), "empty")));
                }
                Ok(_) if long => {
                    self.any = true;
                    let at = Location::record(&self.path, self.line);
                    if let Err(e) = self.skip_line() {
                        self.done = true;
                        return Some(Err(read_error(&self.path, self.line, e)));
                    }
                    let reason = format!(
                        "line longer than the limit of {} bytes for one article",
                        self.max
                    );
                    return Some(Err(Error::article(at, reason)));
                }
                Ok(_) if self.buffer.iter().all(u8::is_ascii_whitespace) => continue,
                Ok(_) => {
                    self.any = true;
                    return Some(self.article(fields));
                }
                Err(e) => {
                    self.done = true;
                    return Some(Err(read_error(&self.path, self.line, e)));
                }
            }
        }
        None
    }

    fn skip_line(&mut self) -> std::io::Result<()> {
        loop {
            self.buffer.clear();
            let n = self
                .input
                .by_ref()
                .take(1 << 20)
                .read_until(b'\n', &mut self.buffer)?;
            if n == 0 || self.buffer.last() == Some(&b'\n') {
                self.buffer = Vec::new();
                return Ok(());
            }
        }
    }

    fn article(&self, fields: &Fields) -> Result<RawArticle> {
        let at = Location::record(&self.path, self.line);
        let bytes = self.buffer.trim_ascii();
        let decoded = self.decoding.decode(bytes);
        let raw = RawArticle {
            at: at.clone(),
            sha256: sha256(bytes),
            notes: decoded.notes,
            ..RawArticle::default()
        };
        match serde_json::from_str::<Value>(&decoded.text) {
            Ok(value) => object(raw, value, fields),
            Err(e) => Err(Error::article(
                at,
                format!("not valid JSON: {}", reason(&e)),
            )),
        }
    }
}

/// serde_json's message, less its "at line 1": only the column says anything here.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(at) => format!("{} at column {}", &text[..at], error.column()),
        None => text,
    }
}

fn object(raw: RawArticle, value: Value, fields: &Fields) -> Result<RawArticle> {
    match value {
        Value::Object(map) => fill(raw, fields, |name| field(&map, name)),
        other => Err(Error::article(
            raw.at,
            format!("a JSON object is expected, found {}", type_of(&other)),
        )),
    }
}

/// A field as text. Lists of texts (paragraphs) become lines; of an object its `name`, as in `{"source": {"name": …}}`.
fn field(map: &Map<String, Value>, name: &str) -> Option<String> {
    match map.get(name)? {
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        Value::Array(list) => {
            let lines: Vec<&str> = list.iter().map(Value::as_str).collect::<Option<_>>()?;
            Some(lines.join("\n"))
        }
        Value::Object(inner) => inner.get("name").and_then(Value::as_str).map(str::to_owned),
        Value::Null | Value::Bool(_) => None,
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The articles of a `.json` file: an object, an array of objects, or (as such files are often named) one object a line.
pub(super) fn whole(raw: RawArticle, text: &str, fields: &Fields) -> Vec<Result<RawArticle>> {
    let item = |n: usize, value: Value, text: &str| {
        let at = Location {
            record: Some(n as u64 + 1),
            ..raw.at.clone()
        };
        object(
            RawArticle {
                at,
                sha256: sha256(text.as_bytes()),
                ..raw.clone()
            },
            value,
            fields,
        )
    };
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(values)) if values.is_empty() => vec![Err(Error::article(raw.at, "empty"))],
        Ok(Value::Array(values)) => values
            .into_iter()
            .enumerate()
            .map(|(i, v)| {
                let text = v.to_string();
                item(i, v, &text)
            })
            .collect(),
        Ok(value) => vec![object(raw, value, fields)],
        Err(whole) => {
            let first = text
                .lines()
                .find(|l| !l.trim().is_empty())
                .unwrap_or_default();
            if !serde_json::from_str::<Value>(first).is_ok_and(|v| v.is_object()) {
                return vec![Err(Error::article(
                    raw.at,
                    format!("not valid JSON: {whole}"),
                ))];
            }
            let lines = text
                .lines()
                .enumerate()
                .filter(|(_, l)| !l.trim().is_empty());
            lines
                .map(|(i, line)| match serde_json::from_str::<Value>(line) {
                    Ok(value) => item(i, value, line.trim()),
                    Err(e) => {
                        let at = Location {
                            record: Some(i as u64 + 1),
                            ..raw.at.clone()
                        };
                        Err(Error::article(
                            at,
                            format!("not valid JSON: {}", reason(&e)),
                        ))
                    }
                })
                .collect()
        }
    }
}
