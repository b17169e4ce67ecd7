//! Elements and attributes => well-formed XML 1.0. Characters that XML cannot hold, not even escaped, become U+FFFD.

use std::borrow::Cow;
use std::io::Write;

use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::QName;

use crate::error::{Error, Location, Result};

/// Writes one XML file.
pub struct Xml<W: Write> {
    writer: Writer<W>,
    at: Location,
    replaced: u64,
}

impl<W: Write> Xml<W> {
    /// Starts a file; `file` is its name in errors.
    ///
    /// # Errors
    /// `out` refuses.
    pub fn new(out: W, file: &str) -> Result<Self> {
        let mut xml = Xml {
            writer: Writer::new(out),
            at: Location::file(file),
            replaced: 0,
        };
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        xml.line()?;
        Ok(xml)
    }

    /// `<name …>`
    ///
    /// # Errors
    /// The output refuses.
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<()> {
        let start = self.start(name, attributes);
        self.event(Event::Start(start))
    }

    /// `<name …/>`
    ///
    /// # Errors
    /// The output refuses.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<()> {
        let start = self.start(name, attributes);
        self.event(Event::Empty(start))
    }

    /// `<name …>text</name>`
    ///
    /// # Errors
    /// The output refuses.
    pub fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> Result<()> {
        self.open(name, attributes)?;
        let text = self.safe(text).into_owned();
        self.event(Event::Text(BytesText::from_escaped(text)))?;
        self.close(name)
    }

    /// `</name>`
    ///
    /// # Errors
    /// The output refuses.
    pub fn close(&mut self, name: &str) -> Result<()> {
        self.event(Event::End(BytesEnd::new(name)))
    }

    /// A line break, for people who look into the file.
    ///
    /// # Errors
    /// The output refuses.
    pub fn line(&mut self) -> Result<()> {
        self.event(Event::Text(BytesText::from_escaped("\n")))
    }

    /// Gives back the output and how many characters were replaced.
    pub fn finish(self) -> (W, u64) {
        (self.writer.into_inner(), self.replaced)
    }

    fn start<'a>(&mut self, name: &'a str, attributes: &[(&'a str, &'a str)]) -> BytesStart<'a> {
        let mut start = BytesStart::new(name);
        for (key, value) in attributes {
            start.push_attribute(Attribute {
                key: QName(key),
                value: self.safe(value),
            });
        }
        start
    }

    fn safe<'a>(&mut self, text: &'a str) -> Cow<'a, str> {
        let (text, replaced) = legal(text);
        self.replaced += replaced;
        let text = match text {
            Cow::Borrowed(text) => escape(text),
            Cow::Owned(text) => Cow::Owned(escape(text).into_owned()),
        };
        // A reader turns plain line breaks and tabs of an attribute into spaces; as references they stay.
        match text.contains(['\n', '\t']) {
            true => Cow::Owned(text.replace('\n', "&#10;").replace('\t', "&#9;")),
            false => text,
        }
    }

    fn event(&mut self, event: Event<'_>) -> Result<()> {
        let at = &self.at;
        self.writer
            .write_event(event)
            .map_err(|e| Error::io(at.clone(), "write", e))
    }
}

/// `text` with U+FFFD in place of what XML 1.0 cannot hold (control characters, U+FFFE and U+FFFF), and how many.
pub fn legal(text: &str) -> (Cow<'_, str>, u64) {
    let illegal = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    match text.chars().filter(|c| illegal(*c)).count() {
        0 => (Cow::Borrowed(text), 0),
        n => (Cow::Owned(text.replace(illegal, "\u{fffd}")), n as u64),
    }
}
