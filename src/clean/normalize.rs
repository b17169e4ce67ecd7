//! text as decoded => text in NFC with `\n` line ends and no control characters, and the way back.
//!
//! Removed: byte-order marks, zero-width spaces and word joiners, soft hyphens, bidirectional controls, C0 and C1
//! controls other than tab and line ends, joiners and non-joiners outside the scripts that spell with them. All other
//! characters stay, no-break and other spaces too, and leading and trailing white space.

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::document::OffsetMap;

/// Normalises `text`. Where nothing changes the very string comes back, with an empty map.
pub(super) fn normalize(text: String) -> (String, OffsetMap) {
    if is_clean(&text) {
        return (text, OffsetMap::default());
    }
    let mut out = Output {
        text: String::with_capacity(text.len()),
        chars: 0,
        steps: Vec::new(),
    };
    // A segment is a starter with what may combine with it; NFC never reaches across its borders.
    let mut segment: Vec<(u32, char)> = Vec::new();
    let mut before = None;
    let mut chars = text.chars().enumerate().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        let c = match c {
            '\r' => {
                if next == Some('\n') {
                    chars.next();
                }
                '\n'
            }
            '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{B}' | '\u{C}' => '\n',
            c if is_removed(c) => continue,
            '\u{200C}' | '\u{200D}' if !joins(before, next) => continue,
            c => c,
        };
        before = Some(c);
        if begins_segment(c) {
            out.push_segment(&mut segment);
        }
        segment.push((at as u32, c));
    }
    out.push_segment(&mut segment);
    (out.text, OffsetMap { steps: out.steps })
}

/// The body under construction.
struct Output {
    text: String,
    chars: u32,
    steps: Vec<(u32, u32)>,
}

impl Output {
    fn push_segment(&mut self, segment: &mut Vec<(u32, char)>) {
        match segment.as_slice() {
            [] => return,
            [(at, c)] if *c < '\u{300}' => self.push(*at, *c),
            some => {
                // The k-th character of the composed form is put down to the k-th of its source, as far as there are any.
                let last = some.len() - 1;
                for (k, c) in some.iter().map(|(_, c)| *c).nfc().enumerate() {
                    self.push(some[k.min(last)].0, c);
                }
            }
        }
        segment.clear();
    }

    fn push(&mut self, source: u32, c: char) {
        let expected = match self.steps.last() {
            Some((body, from)) => from + (self.chars - body),
            None => self.chars,
        };
        if source != expected {
            self.steps.push((self.chars, source));
        }
        self.text.push(c);
        self.chars += 1;
    }
}

/// True where `normalize` would change nothing.
fn is_clean(text: &str) -> bool {
    if text.is_ascii() {
        return !text
            .bytes()
            .any(|b| (b < 0x20 && b != b'\n' && b != b'\t') || b == 0x7F);
    }
    let untouched = |c: char| {
        !is_removed(c)
            && !matches!(
                c,
                '\r' | '\u{2028}'
                    | '\u{2029}'
                    | '\u{85}'
                    | '\u{B}'
                    | '\u{C}'
                    | '\u{200C}'
                    | '\u{200D}'
            )
    };
    text.chars().all(untouched) && is_nfc_quick(text.chars()) == IsNormalized::Yes
}

fn is_removed(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' => false,
        '\u{0}'..='\u{1F}' | '\u{7F}'..='\u{9F}' => true,
        // Soft hyphen; Arabic letter mark; zero-width space; marks, embeddings, overrides and isolates of UAX #9; word
        // joiner and invisible operators; byte-order mark; interlinear annotation.
        '\u{AD}' | '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' => {
            true
        }
        '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' => true,
        _ => false,
    }
}

/// True for characters that combine with nothing before them, so that a new segment may begin.
fn begins_segment(c: char) -> bool {
    c < '\u{300}'
        || canonical_combining_class(c) == 0
            && is_nfc_quick(std::iter::once(c)) != IsNormalized::Maybe
}

/// True where a joiner between the two is spelling: in the scripts of the Near East, India and South-East Asia, and
/// within emoji. Anywhere else it is a leftover of layout.
fn joins(before: Option<char>, after: Option<char>) -> bool {
    let spelled = |c: char| {
        matches!(c,
            '\u{600}'..='\u{109F}' | '\u{1780}'..='\u{18AF}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'
            | '\u{10A00}'..='\u{11FFF}' | '\u{1E900}'..='\u{1E95F}'
            | '\u{2600}'..='\u{27BF}' | '\u{FE0F}' | '\u{1F000}'..='\u{1FAFF}')
    };
    before.is_some_and(spelled) && after.is_some_and(spelled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn line_ends_and_controls() {
        let (body, map) =
            normalize("a\r\nb\rc\u{2028}d\u{B}\u{0}e\u{AD}f\u{A0}g\u{FEFF}".to_owned());
        assert_eq!(body, "a\nb\nc\nd\nef\u{A0}g");
        let back: Vec<u32> = (0..body.chars().count() as u32)
            .map(|i| map.source(i))
            .collect();
        assert_eq!(back, [0, 1, 3, 4, 5, 6, 7, 8, 10, 12, 13, 14]);
    }

    #[test]
    fn composition_and_joiners() {
        assert_eq!(normalize("Erdog\u{306}an met".to_owned()).0, "Erdoğan met");
        assert_eq!(
            normalize("می\u{200C}خواهم a\u{200C}b".to_owned()).0,
            "می\u{200C}خواهم ab"
        );
        let clean = "Erdoğan — “met”\u{A0}Zelenskyy\n\tند";
        assert_eq!(
            normalize(clean.to_owned()),
            (clean.to_owned(), OffsetMap::default())
        );
    }

    proptest! {
        #[test]
        fn any_text(text in "(?s).{0,80}|[a-c\r\n\u{300}-\u{304}\u{1100}-\u{11ff}\u{ac00}\u{958}\u{344}\u{200c}\u{200b}\u{ad}]{0,40}") {
            let source: Vec<char> = text.chars().collect();
            let (body, map) = normalize(text.clone());
            prop_assert!(unicode_normalization::is_nfc(&body));
            let again = normalize(body.clone());
            prop_assert_eq!(&again.0, &body);
            let mut last = 0;
            for (i, c) in body.chars().enumerate() {
                let at = map.source(i as u32);
                prop_assert!((at as usize) < source.len());
                prop_assert!(at >= last);
                last = at;
                let from = source[at as usize];
                // Kept as it is, a line end, or a form of what begins there.
                if from != c && c != '\n' {
                    let around: String = source[at as usize..].iter().filter(|c| !is_removed(**c) && !matches!(c, '\u{200C}' | '\u{200D}')).collect();
                    let composed = around.nfc().any(|x| x == c) || from.nfc().any(|x| x == c) || text.nfc().any(|x| x == c);
                    prop_assert!(composed, "{:?} at {} from {:?}", c, i, from);
                }
            }
            for pair in map.steps.windows(2) {
                prop_assert!(pair[0].0 < pair[1].0);
            }
        }
    }
}
