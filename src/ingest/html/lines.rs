//! HTML tree => lines of visible text: one for each paragraph, heading, list item and table row.

use dom_query::NodeRef;

/// Elements whose content is not shown as text.
const UNSEEN: [&str; 16] = [
    "script", "style", "noscript", "template", "head", "title", "svg", "math", "iframe", "object",
    "button", "select", "textarea", "audio", "video", "canvas",
];

/// Elements that stand in the middle of a line; all others begin and end one.
const INLINE: [&str; 36] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "ins", "kbd", "label", "mark", "q", "ruby", "rb", "s", "samp", "small", "span",
    "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "nobr",
];

/// The lines below `root`, trimmed, without empty ones. White space within a line counts as one space, as in a browser;
/// no-break spaces stay.
pub(super) fn of(root: &NodeRef<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    // An explicit stack: pages may be nested deeper than threads have stack.
    let mut stack = vec![(*root, false)];
    while let Some((node, leaving)) = stack.pop() {
        if node.is_text() {
            push(&mut line, &node.text());
            continue;
        }
        let name = node.node_name().map(|n| n.to_string()).unwrap_or_default();
        if UNSEEN.contains(&name.as_str()) || node.is_comment() || node.is_doctype() {
            continue;
        }
        if name == "td" || name == "th" {
            if leaving && !line.is_empty() {
                push(&mut line, "\t");
            }
        } else if !INLINE.contains(&name.as_str()) {
            flush(&mut line, &mut lines);
        }
        if !leaving {
            stack.push((node, true));
            stack.extend(node.children_it(true).map(|child| (child, false)));
        }
    }
    flush(&mut line, &mut lines);
    lines
}

fn push(line: &mut String, text: &str) {
    for c in text.chars() {
        if matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0C') {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else {
            line.push(c);
        }
    }
}

fn flush(line: &mut String, lines: &mut Vec<String>) {
    let text = line.trim();
    if !text.is_empty() {
        lines.push(text.to_owned());
    }
    line.clear();
}

#[cfg(test)]
mod tests {
    use super::*;
    use dom_query::Document;

    #[test]
    fn blocks_are_lines() {
        let html = "<title>no</title><h2>Head\n line</h2><p>One <b>bold</b>,<a href=x>link</a>.<br>Two<script>no</script>\
                    <ul><li>a<li>b</ul><table><tr><td>x</td><td>y</td></tr></table>tail";
        let lines = of(&Document::from(html).root());
        assert_eq!(
            lines,
            [
                "Head line",
                "One bold,link.",
                "Two",
                "a",
                "b",
                "x y",
                "tail"
            ]
        );
    }
}
