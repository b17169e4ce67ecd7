//! What belongs together and what does not, in written-out articles.

use super::*;
use crate::span::{SentenceId, Span};

/// An article written with marks `{PER Vladimir Putin}`; returns its body and mentions.
pub(super) fn marked(text: &str) -> (String, Vec<Mention>) {
    let (mut body, mut mentions) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some((before, marked)) = rest.split_once('{') {
        body.push_str(before);
        let (inside, after) = marked.split_once('}').expect("a mark is closed");
        let (label, name) = inside.split_once(' ').expect("a mark has a type");
        let kind = NameType::ALL
            .into_iter()
            .find(|k| k.label() == label)
            .expect("a known type");
        let start = body.len();
        body.push_str(name);
        mentions.push(Mention {
            span: Span::new(start, body.len()),
            kind,
            sentence: SentenceId(0),
            confidence: 1.0,
            boilerplate: false,
        });
        rest = after;
    }
    body.push_str(rest);
    (body, mentions)
}

/// The names of each mention's entity, in order of mention.
fn entities(text: &str) -> Vec<String> {
    let (body, mentions) = marked(text);
    let clusters = resolve(&body, &mentions);
    assert_eq!(clusters.entity_of.len(), mentions.len());
    clusters
        .entity_of
        .iter()
        .map(|e| clusters.entities[e.index()].name.clone())
        .collect()
}

#[test]
fn people() {
    for (text, expected) in [
        (
            "{PER Sergei Lavrov} spoke. {PER Lavrov} said.",
            vec!["Sergei Lavrov"; 2],
        ),
        (
            "{PER TRUMP} MEETS. Mr. {PER Trump} and {PER Donald Trump}.",
            vec!["Donald Trump"; 3],
        ),
        (
            "{PER Volodymyr Zelenskyy} left; {PER Zelensky} and {PER Zelenskiy}.",
            vec!["Volodymyr Zelenskyy"; 3],
        ),
        (
            "{PER Recep Tayyip Erdoğan}; {PER Erdogan}.",
            vec!["Recep Tayyip Erdoğan"; 2],
        ),
        (
            "{PER Xi Jinping} said. {PER Xi} left.",
            vec!["Xi Jinping"; 2],
        ),
        (
            "{PER Kim Jong Un} said. {PER Kim} left. {PER Kim Jong-un}.",
            vec!["Kim Jong Un"; 3],
        ),
        (
            "{PER Park Geun-hye} said. {PER Park} left.",
            vec!["Park Geun-hye"; 2],
        ),
        (
            "{PER Bashar al-Assad} said. {PER Assad} left. {PER al-Assad}.",
            vec!["Bashar al-Assad"; 3],
        ),
        (
            "{PER Joseph R. Biden, Jr.} and {PER Biden}, {PER Joe Biden}.",
            vec!["Joseph R. Biden, Jr."; 3],
        ),
        (
            "{PER Joe Biden} and First Lady {PER Jill Biden} came. {PER Biden} said. Mrs. {PER Biden} smiled.",
            vec!["Joe Biden", "Jill Biden", "Joe Biden", "Jill Biden"],
        ),
        (
            "{PER Bush} left with his wife {PER Laura Bush}.",
            vec!["Bush", "Laura Bush"],
        ),
        (
            "{PER Fidel Castro} and his brother {PER Raul Castro}. {PER Castro} said.",
            vec!["Fidel Castro", "Raul Castro", "Fidel Castro"],
        ),
    ] {
        assert_eq!(entities(text), expected, "{text}");
    }
}

#[test]
fn organisations() {
    for (text, expected) in [
        (
            "{ORG European Union} and {ORG EU}",
            vec!["European Union"; 2],
        ),
        (
            "the {ORG International Atomic Energy Agency} ({ORG IAEA}), {ORG IAEA}",
            vec!["International Atomic Energy Agency"; 3],
        ),
        (
            "{ORG U.S. State Department}; {ORG State Department}; {ORG Department of State}",
            vec!["U.S. State Department"; 3],
        ),
        (
            "{ORG Polar Alliance} ({ORG PA}) and {ORG Palestinian Authority}; {ORG PA}",
            vec![
                "Polar Alliance",
                "Polar Alliance",
                "Palestinian Authority",
                "Polar Alliance",
            ],
        ),
        (
            "{ORG United Nations} and {ORG UN Security Council}, {ORG Security Council}",
            vec![
                "United Nations",
                "UN Security Council",
                "UN Security Council",
            ],
        ),
        (
            "{ORG Kremlin} said at the {FAC Kremlin}",
            vec!["Kremlin"; 2],
        ),
        (
            "{ORG Islamic State} and {ORG Taliban}; {ORG ISIS}",
            vec!["Islamic State", "Taliban", "Islamic State"],
        ),
    ] {
        assert_eq!(entities(text), expected, "{text}");
    }
    let (body, mentions) = marked("{ORG Kremlin} said at the {FAC Kremlin}");
    assert_eq!(resolve(&body, &mentions).entities.len(), 2);
}

#[test]
fn places_and_peoples() {
    let us = "{GPE U.S.} {GPE United States} {GPE America} {GPE US} {GPE USA} {GPE United States of America}";
    let (body, mentions) = marked(us);
    assert_eq!(resolve(&body, &mentions).entities.len(), 1);
    for (text, count) in [
        ("{NORP Russian} {NORP Russians} {GPE Russia}", 2),
        ("{NORP American} {NORP Americans}", 1),
        ("{GPE Moscow} {GPE Russia} {GPE MOSCOW}", 2),
        (
            "{GPE North Korea} {GPE North} {GPE South Korea} {GPE South}",
            2,
        ),
        ("{GPE DPRK} {GPE North Korea} {GPE Republic of Korea}", 2),
        ("{GPE Mexico} {GPE Mexico City}", 2),
        ("{GPE Tripoli} {FAC Tripoli Airport}", 2),
        ("{GPE Vatican} {GPE Vatican City} {ORG Holy See}", 2),
        ("{NORP Greek Cypriots} {NORP Cypriot}", 2),
        ("{LOC Gaza Strip} {LOC Gaza}", 1),
        ("{NORP Kurds} {NORP Kurdish} {NORP Kurd}", 1),
        ("{NORP Jewish} {NORP Jews} {NORP Muslims} {NORP Muslim}", 2),
        ("{EVENT Hurricane Katrina} {EVENT Katrina}", 1),
    ] {
        let (body, mentions) = marked(text);
        let clusters = resolve(&body, &mentions);
        assert_eq!(
            clusters.entities.len(),
            count,
            "{text}: {:?}",
            clusters.entities
        );
    }
}

#[test]
fn one_surface_has_one_entity_in_spite_of_the_tagger() {
    for text in [
        "{PER Angela Merkel} {ORG Angela Merkel} {PER Merkel}",
        "{PER Angela Merkel} {PER Merkel} {ORG Merkel} {PER Merkel}",
        "{ORG Donald Trump} {PER Trump} said; {PER Trump}",
        "{PER U.S.} {GPE United States} {ORG U.S.}",
        "{GPE Hezbollah} {ORG Hezbollah} {ORG Hezbollah}",
    ] {
        let (body, mentions) = marked(text);
        assert_eq!(resolve(&body, &mentions).entities.len(), 1, "{text}");
    }
}

#[test]
fn two_people_of_one_name() {
    for (text, expected) in [
        (
            "Mr. {PER Singh} spoke to Prime Minister {PER Manmohan Singh}.",
            2,
        ),
        ("{PER George W. Bush} met {PER George H.W. Bush} Sr.", 2),
        (
            "{PER Manmohan Singh} and {PER Natwar Singh}. Mr. {PER Singh} left.",
            2,
        ),
        ("{PER Van Jones} and {PER Paula Jones}", 2),
        (
            "{PER Hillary Clinton} met {PER Bill Clinton}. Secretary {PER Clinton} left. {PER Hillary} smiled.",
            2,
        ),
    ] {
        let (body, mentions) = marked(text);
        let clusters = resolve(&body, &mentions);
        assert_eq!(
            clusters.entities.len(),
            expected,
            "{text}: {:?}",
            clusters.entities
        );
    }
}

/// Every mention has one entity, entities are in order and hold their mentions, and nothing panics, whatever comes in.
#[test]
fn invariants_hold_for_random_names() {
    let words = [
        "al-Assad", "Kim", "U.S.", "(", "Jr.", "Ünïted", "Bank", "of", "the", "EU", "d'Ivoire",
        "今日", "Mr.", "-", "Joe", "X",
    ];
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut random = |n: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % n as u64) as usize
    };
    for _ in 0..300 {
        let mut text = String::new();
        for _ in 0..random(30) {
            let name: Vec<&str> = (0..1 + random(4))
                .map(|_| words[random(words.len())])
                .collect();
            let gap = [" ", ". ", " (", ") ", "\n", ", his wife "][random(6)];
            text.push_str(&format!(
                "{{{} {}}}{gap}",
                NameType::ALL[random(7)].label(),
                name.join(" ")
            ));
        }
        let (body, mentions) = marked(&text);
        let clusters = resolve(&body, &mentions);
        assert_eq!(clusters, resolve(&body, &mentions));
        assert_eq!(clusters.entity_of.len(), mentions.len());
        let firsts: Vec<_> = clusters.entities.iter().map(|e| e.mentions[0]).collect();
        assert!(firsts.is_sorted());
        for (e, entity) in clusters.entities.iter().enumerate() {
            assert!(
                entity
                    .mentions
                    .iter()
                    .all(|m| clusters.entity_of[m.index()] == EntityId::new(e))
            );
        }
        assert_eq!(
            clusters
                .entities
                .iter()
                .map(|e| e.mentions.len())
                .sum::<usize>(),
            mentions.len()
        );
        let (document, mentions) = descriptions::tests::marked_document(&text);
        let found = descriptions::find(&document, &mentions);
        assert!(found.windows(2).all(|w| w[0].span.end <= w[1].span.start));
        assert_eq!(
            antecedents::antecedents(&document, &mentions, &clusters, &found, &[]).len(),
            found.len()
        );
    }
}

#[test]
fn empty_and_strange_input() {
    assert_eq!(resolve("", &[]), Clusters::default());
    let (body, mentions) =
        marked("{PER ...} {ORG —} {GPE 今日} {NORP s} {EVENT (} {PER Jr.} {ORG 今日 新聞 社}");
    let clusters = resolve(&body, &mentions);
    assert_eq!(clusters.entity_of.len(), 7);
    // A span outside the body is an empty name, not a panic.
    let wild = Mention {
        span: Span::new(900, 990),
        kind: NameType::Per,
        sentence: SentenceId(0),
        confidence: 1.0,
        boilerplate: false,
    };
    assert_eq!(resolve("short", &[wild]).entity_of.len(), 1);
}

#[test]
fn many_mentions_take_little_time() {
    let mut text = String::new();
    for i in 0..7_000 {
        text.push_str(&format!(
            "{{PER John{} Smith{}}} met {{PER Smith{}}} of {{ORG Board {} of Trade}}. ",
            i % 50,
            i % 3000,
            i % 3000,
            i % 4000
        ));
    }
    let (body, mentions) = marked(&text);
    let start = std::time::Instant::now();
    let clusters = resolve(&body, &mentions);
    assert_eq!(clusters.entity_of.len(), 21_000);
    assert!(start.elapsed().as_secs() < 20);
}
