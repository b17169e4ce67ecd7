//! HTML tree => the same tree without what is never body: navigation, forms, share bars, comments, lists of links.
//!
//! Readability scores what is left, and would keep much of this: a list of related articles inside the body is text with
//! commas like any other. Rules go by element, by role, by words in `class` and `id`, and by how much of an element's
//! text is links; each has a bound, so that a misnamed wrapper does not take the article with it.

use std::collections::HashMap;

use dom_query::{Document, NodeId, NodeRef};

/// Elements that hold no body text.
const ELEMENTS: [&str; 18] = [
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "aside",
    "footer",
    "form",
    "button",
    "select",
    "textarea",
    "iframe",
    "object",
    "svg",
    "figcaption",
    "dialog",
    "video",
    "audio",
];

/// WAI-ARIA roles of what surrounds a page's content.
const ROLES: [&str; 8] = [
    "navigation",
    "dialog",
    "alertdialog",
    "complementary",
    "contentinfo",
    "search",
    "menu",
    "toolbar",
];

/// Words of `class` and `id` that name surroundings. Two words stand for two that follow each other.
const WORDS: [&str; 62] = [
    "share",
    "sharing",
    "shares",
    "sharebar",
    "social",
    "socials",
    "related",
    "recommended",
    "recommendations",
    "recommendation",
    "newsletter",
    "subscribe",
    "subscription",
    "signup",
    "cookie",
    "cookies",
    "consent",
    "gdpr",
    "promo",
    "promotion",
    "promos",
    "breadcrumb",
    "breadcrumbs",
    "sidebar",
    "widget",
    "widgets",
    "byline",
    "tags",
    "taglist",
    "paywall",
    "outbrain",
    "taboola",
    "advert",
    "advertisement",
    "ad",
    "ads",
    "sponsored",
    "popular",
    "trending",
    "menu",
    "nav",
    "navbar",
    "navigation",
    "footer",
    "pagination",
    "pager",
    "toolbar",
    "caption",
    "credit",
    "masthead",
    "banner",
    "toc",
    "most read",
    "read more",
    "read next",
    "read also",
    "more from",
    "see also",
    "up next",
    "watch next",
    "sign up",
    "entry meta",
];

/// Words of `class` and `id` that name readers' comments, which may well be longer than the article.
const COMMENTS: [&str; 6] = [
    "comment",
    "comments",
    "commentlist",
    "disqus",
    "respond",
    "replies",
];

/// Elements that are judged by the share of links in their text.
const CONTAINERS: [&str; 14] = [
    "ul",
    "ol",
    "dl",
    "div",
    "section",
    "p",
    "table",
    "tr",
    "td",
    "menu",
    "center",
    "header",
    "details",
    "blockquote",
];

/// Text and link text below an element, in bytes without white space, and its links.
#[derive(Default, Clone, Copy)]
struct Weight {
    text: usize,
    link: usize,
    links: usize,
}

/// Removes surroundings from `document`. Linear in its size.
pub(super) fn prune(document: &Document) {
    let root = document.root();
    let nodes: Vec<NodeRef<'_>> = root.descendants_it().collect();
    let weights = weigh(&nodes);
    let all = weights.get(&root.id).map_or(0, |w| w.text);
    for node in &nodes {
        if node.is_comment() || node.is_element() && is_surrounding(node, &weights, all) {
            node.remove_from_parent();
        }
    }
}

/// Adds up every element's text. Nodes come in document order, so that going backwards meets children first.
fn weigh(nodes: &[NodeRef<'_>]) -> HashMap<NodeId, Weight> {
    let mut weights: HashMap<NodeId, Weight> = HashMap::with_capacity(nodes.len());
    for node in nodes.iter().rev() {
        let mut own = weights.get(&node.id).copied().unwrap_or_default();
        if node.is_text() {
            own.text = node
                .text()
                .bytes()
                .filter(|b| !b.is_ascii_whitespace())
                .count();
        } else if node.has_name("script") || node.has_name("style") || node.has_name("noscript") {
            own = Weight::default();
        } else if node.has_name("a") && node.has_attr("href") {
            own.link = own.text;
            own.links = 1;
        }
        weights.insert(node.id, own);
        if let Some(parent) = node.parent() {
            let sum = weights.entry(parent.id).or_default();
            sum.text += own.text;
            sum.link += own.link;
            sum.links += own.links;
        }
    }
    weights
}

fn is_surrounding(node: &NodeRef<'_>, weights: &HashMap<NodeId, Weight>, all: usize) -> bool {
    let name = node.node_name().map(|n| n.to_string()).unwrap_or_default();
    let weight = weights.get(&node.id).copied().unwrap_or_default();
    let at_most = |percent: usize| weight.text * 100 <= all * percent;
    if matches!(name.as_str(), "html" | "head" | "body" | "main" | "article") {
        return false;
    }
    if ELEMENTS.contains(&name.as_str()) {
        // Some sites put the whole page into one form.
        return name != "form" || at_most(40);
    }
    // A time in a line of its own, as in bylines and live blogs; inside a sentence it stays.
    if name == "time" {
        return !node.parent().is_some_and(|p| {
            ["p", "li", "td", "blockquote"]
                .iter()
                .any(|n| p.has_name(n))
        });
    }
    if node
        .attr("role")
        .is_some_and(|role| ROLES.contains(&role.trim()))
        && at_most(60)
    {
        return true;
    }
    let hidden = node.has_attr("hidden")
        || node.attr("aria-hidden").is_some_and(|v| &*v == "true")
        || node
            .attr("style")
            .is_some_and(|s| s.replace(' ', "").contains("display:none"));
    if hidden && at_most(40) {
        return true;
    }
    let words = words(node);
    if names_any(&words, &COMMENTS) && at_most(90) || names_any(&words, &WORDS) && at_most(40) {
        return true;
    }
    // A short line about the article, not of it: "Posted on … by …".
    if names_any(&words, &["meta", "dateline", "timestamp", "author"])
        && weight.text <= 160
        && at_most(20)
    {
        return true;
    }
    let is_list = matches!(name.as_str(), "ul" | "ol" | "menu");
    let dense = weight.link * 4 >= weight.text * 3 && weight.links >= if is_list { 1 } else { 2 };
    CONTAINERS.contains(&name.as_str()) && weight.text > 0 && dense && at_most(60)
}

/// The words of `class` and `id`: cut at what is no letter and at `camelCase`, in lower case.
fn words(node: &NodeRef<'_>) -> Vec<String> {
    let mut words = Vec::new();
    for value in [node.attr("class"), node.attr("id")].into_iter().flatten() {
        let mut word = String::new();
        let mut was_lower = false;
        for c in value.chars() {
            if !c.is_ascii_alphabetic() || (was_lower && c.is_ascii_uppercase()) {
                words.push(std::mem::take(&mut word));
            }
            if c.is_ascii_alphabetic() {
                word.push(c.to_ascii_lowercase());
            }
            was_lower = c.is_ascii_lowercase();
        }
        words.push(word);
        // An empty word between the two values keeps pairs from spanning them.
        words.push(String::new());
    }
    words
}

fn names_any(words: &[String], wanted: &[&str]) -> bool {
    wanted.iter().any(|w| match w.split_once(' ') {
        None => words.iter().any(|x| x == w),
        Some((a, b)) => words.windows(2).any(|pair| pair[0] == a && pair[1] == b),
    })
}
