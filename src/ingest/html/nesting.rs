//! html => is it nested too deeply to be parsed? One pass over the bytes, before any tree is built.
//!
//! HTML parsers look through the open elements at every tag, so that a page of 100,000 nested `<div>` takes minutes; and
//! some walks over the tree are recursive.

/// Elements that may be open at once. Chrome closes what is deeper than 512; real pages stay below 100.
pub(super) const MAX_DEPTH: usize = 1000;

/// Elements without content, and those whose end tag may be left out: neither adds depth without another that does.
const UNCOUNTED: [&str; 31] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr", "p", "li", "td", "th", "tr", "dt", "dd", "option", "optgroup", "thead",
    "tbody", "tfoot", "colgroup", "html", "head", "body", "frame",
];

/// Elements whose content is no markup.
const OPAQUE: [&str; 5] = ["script", "style", "textarea", "title", "xmp"];

/// True where more than [`MAX_DEPTH`] elements are open at once.
pub(super) fn too_deep(html: &str) -> bool {
    let bytes = html.as_bytes();
    let mut open: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some(found) = find(bytes, at, b'<') {
        at = found + 1;
        let closing = bytes.get(at) == Some(&b'/');
        let start = at + usize::from(closing);
        if html[at..].starts_with("!--") {
            at = html[at..].find("-->").map_or(bytes.len(), |n| at + n + 3);
            continue;
        }
        if !bytes.get(start).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let length = bytes[start..]
            .iter()
            .take_while(|b| !b.is_ascii_whitespace() && !b"/>".contains(b))
            .count();
        let name = &html[start..start + length];
        at = tag_end(bytes, start + length);
        let is_in = |list: &[&str]| list.iter().any(|n| name.eq_ignore_ascii_case(n));
        if is_in(&UNCOUNTED) {
            continue;
        }
        if closing {
            // Closes everything inside as well, as parsers do; an end tag of nothing open is ignored.
            if let Some(i) = open.iter().rposition(|n| name.eq_ignore_ascii_case(n)) {
                open.truncate(i);
            }
        } else if is_in(&OPAQUE) {
            at = opaque_end(bytes, at, name.as_bytes());
        } else {
            open.push(name);
            if open.len() > MAX_DEPTH {
                return true;
            }
        }
    }
    false
}

fn find(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    bytes
        .get(from..)?
        .iter()
        .position(|b| *b == byte)
        .map(|n| from + n)
}

/// One past the `>` that ends a tag; quoted values may hold others.
fn tag_end(bytes: &[u8], mut at: usize) -> usize {
    let mut quote = None;
    let mut last = b' ';
    while let Some(&b) = bytes.get(at) {
        at += 1;
        match quote {
            Some(q) if b == q => quote = None,
            Some(_) => {}
            None if b == b'>' => break,
            // A quotation mark only opens a value after `=`; elsewhere it is a stray character.
            None if (b == b'"' || b == b'\'') && last == b'=' => quote = Some(b),
            None => {}
        }
        if !b.is_ascii_whitespace() {
            last = b;
        }
    }
    at
}

/// Where the end tag of `name` begins; the end of the page where there is none.
fn opaque_end(bytes: &[u8], mut at: usize, name: &[u8]) -> usize {
    while let Some(found) = find(bytes, at, b'<') {
        at = found + 1;
        if bytes.get(at) == Some(&b'/')
            && bytes
                .get(at + 1..at + 1 + name.len())
                .is_some_and(|n| n.eq_ignore_ascii_case(name))
        {
            return found;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_pages_are_found_and_sloppy_ones_are_not() {
        assert!(too_deep(&"<div>".repeat(100_000)));
        assert!(too_deep(&"<div></span>".repeat(2_000)));
        assert!(!too_deep(&"<div><span></div>".repeat(100_000)));
        assert!(!too_deep(&"<p>one<br><li>two".repeat(100_000)));
        assert!(!too_deep(&format!(
            "<script>{}</script>",
            "'<div>'".repeat(2_000)
        )));
        assert!(!too_deep(&format!("<!-- {} -->", "<div>".repeat(2_000))));
        assert!(!too_deep(&"<a title='<b><i>'>x</a>".repeat(2_000)));
        for odd in [
            "<", "</", "<a", "<a x='", "<!--", "<script>", "<é>", "</é", "<aé",
        ] {
            assert!(!too_deep(odd), "{odd}");
        }
    }
}
