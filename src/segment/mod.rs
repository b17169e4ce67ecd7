//! Article => Document
//!
//! Cuts an article's body into sentences and tokens. Both carry byte spans only; every character that is not white
//! space belongs to exactly one token, every token to exactly one sentence. Linear in the length of the body,
//! whatever it holds. The training scripts read this module's output (`whomet segment`), so that the model sees in
//! training exactly the tokens it meets in use.

mod sentences;
mod tokens;

use crate::document::{Article, Document};

/// Segments `article`.
pub fn segment(article: Article) -> Document {
    let tokens = tokens::tokenize(&article.body);
    let sentences = sentences::split(&article.body, &tokens, &article.boilerplate);
    Document {
        article,
        tokens,
        sentences,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::TokenId;
    use proptest::prelude::*;

    fn document(body: &str) -> Document {
        segment(Article {
            body: body.to_owned(),
            ..Article::default()
        })
    }

    fn sentences(body: &str) -> Vec<String> {
        let d = document(body);
        d.sentences
            .iter()
            .map(|s| s.span.of(body).to_owned())
            .collect()
    }

    #[test]
    fn abbreviations_do_not_end_sentences() {
        assert_eq!(
            sentences(
                "Gen. Ali met Sen. J. Doe at St. Paul's on Feb. 3. They talked. U.S. officials left the U.S. The rest stayed."
            ),
            [
                "Gen. Ali met Sen. J. Doe at St. Paul's on Feb. 3.",
                "They talked.",
                "U.S. officials left the U.S.",
                "The rest stayed."
            ]
        );
    }

    #[test]
    fn quotes_close_with_their_sentence() {
        assert_eq!(
            sentences("“We met.” He left. \"Will you go?\" she asked. (They did.) Then rain."),
            [
                "“We met.”",
                "He left.",
                "\"Will you go?\" she asked.",
                "(They did.)",
                "Then rain."
            ]
        );
    }

    #[test]
    fn lines_are_sentences_unless_the_text_is_wrapped() {
        assert_eq!(
            sentences("Ministers Meet In Oslo\n\nThe ministers met."),
            ["Ministers Meet In Oslo", "The ministers met."]
        );
        let wrapped = "The ministers of the two countries met in the\nold town hall for several hours and they then\nwent to see the harbour, where a large crowd was\nwaiting for them since the early morning hours. It\nrained.\n\nA second day follows.";
        assert_eq!(sentences(wrapped).len(), 3);
    }

    #[test]
    fn tokens_split_at_punctuation_but_keep_initials() {
        let body = "The U.S.-led talks, Trump's 2.5-hour call w/ Erdoğan—ended a.m.";
        let d = document(body);
        let words: Vec<&str> = (0..d.tokens.len())
            .map(|i| d.word(TokenId::new(i)))
            .collect();
        assert_eq!(
            words,
            [
                "The", "U.S.", "-", "led", "talks", ",", "Trump", "'", "s", "2", ".", "5", "-",
                "hour", "call", "w", "/", "Erdoğan", "—", "ended", "a.m."
            ]
        );
    }

    #[test]
    fn a_very_long_word_is_one_token() {
        let body = format!("x {} y.", "a".repeat(300_000));
        assert_eq!(document(&body).tokens.len(), 4);
    }

    proptest! {
        #[test]
        fn no_gaps_and_every_token_slices_back(body in "(\\PC|[ .\n\"'”“A-Za-z]){0,200}") {
            let d = document(&body);
            let mut covered = vec![false; body.len()];
            let mut last = 0;
            for t in &d.tokens {
                prop_assert!(t.span.start >= last && !t.span.is_empty());
                prop_assert!(body.get(t.span.start as usize..t.span.end as usize).is_some());
                last = t.span.end;
                covered[t.span.start as usize..t.span.end as usize].fill(true);
            }
            for (i, c) in body.char_indices() {
                prop_assert!(c.is_whitespace() || covered[i], "gap at {i}");
            }
            let mut next = 0;
            for s in &d.sentences {
                prop_assert_eq!(s.first.index(), next);
                prop_assert!(s.end.index() > next);
                next = s.end.index();
            }
            prop_assert_eq!(next, d.tokens.len());
        }
    }
}
