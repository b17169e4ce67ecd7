//! Body => tokens
//!
//! A token is a run of letters, digits and combining marks; or initials with their full stops ("U.S.", "a.m."); or one
//! punctuation mark or symbol. White space is in no token.

use crate::document::Token;
use crate::span::Span;

/// All tokens of `body`, in order.
pub fn tokenize(body: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(body.len() / 5);
    let mut at = 0;
    while let Some(c) = body[at..].chars().next() {
        let end = if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        } else if let Some(end) = initials(body, at) {
            end
        } else if is_word(c) {
            at + body[at..].find(|c| !is_word(c)).unwrap_or(body.len() - at)
        } else {
            at + c.len_utf8()
        };
        tokens.push(Token {
            span: Span::new(at, end),
        });
        at = end;
    }
    tokens
}

/// Letters, digits and the marks that combine with them (Unicode blocks of combining diacritics, and joiners inside
/// words of Arabic and Indic scripts).
fn is_word(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' | '\u{483}'..='\u{487}' | '\u{64b}'..='\u{65f}' | '\u{591}'..='\u{5bd}' | '\u{93c}'..='\u{94f}')
}

/// The end of two or more ASCII letters each followed by a full stop, starting at `at`.
fn initials(body: &str, at: usize) -> Option<usize> {
    let bytes = body.as_bytes();
    let mut end = at;
    while bytes.get(end).is_some_and(u8::is_ascii_alphabetic) && bytes.get(end + 1) == Some(&b'.') {
        end += 2;
    }
    (end >= at + 4).then_some(end)
}
