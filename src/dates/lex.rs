//! `body[within]` => tokens: words of the calendar recognised, all others kept only as "some word".

use jiff::civil::Weekday;

use crate::span::Span;

/// A length of time that articles count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Minutes and hours: too short to move the date.
    Hour,
    /// Day.
    Day,
    /// Week, Monday to Sunday.
    Week,
    /// Saturday and Sunday.
    Weekend,
    /// Calendar month.
    Month,
    /// Calendar quarter.
    Quarter,
    /// Calendar year.
    Year,
    /// Ten calendar years.
    Decade,
}

/// A season of the northern hemisphere, as whole months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Season {
    /// March to May.
    Spring,
    /// June to August.
    Summer,
    /// September to November.
    Autumn,
    /// December to February of the next year.
    Winter,
}

/// Which part of a month, year or week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// "early", "beginning of".
    Early,
    /// "mid-", "middle of".
    Middle,
    /// "late", "end of".
    Late,
    /// "earlier this …": up to the publication date.
    Earlier,
    /// "later this …": from the publication date on.
    Later,
}

/// What a token is to the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Month {
        month: i8,
        short: bool,
    },
    Weekday {
        day: Weekday,
        short: bool,
    },
    /// "two" … "twelve", "one".
    Number(u16),
    /// Digits: value and how many.
    Digits {
        value: u16,
        len: u8,
    },
    /// "27th".
    Nth(i8),
    /// "first" … "fourth".
    SpelledNth(i8),
    /// "1990s".
    Tens(i16),
    /// "Q1".
    Q(i8),
    Unit(Unit),
    DayPart,
    Season(Season),
    Half,
    A,
    The,
    This,
    That,
    Same,
    Last,
    Past,
    Next,
    Coming,
    Previous,
    Following,
    Of,
    On,
    In,
    By,
    Since,
    Until,
    From,
    To,
    Through,
    And,
    Or,
    Between,
    Within,
    During,
    Over,
    /// at, around, for, about: prepositions that never count as a name before a year.
    Preposition,
    /// every, each.
    Every,
    /// nearly, some, than …: what follows is a count.
    Approximately,
    /// people, troops …: what precedes is a count.
    Counted,
    Time,
    Now,
    Ago,
    Early,
    Mid,
    Late,
    Earlier,
    Later,
    End,
    Beginning,
    Middle,
    Before,
    After,
    Today,
    Yesterday,
    Tomorrow,
    Tonight,
    Overnight,
    Dash,
    Comma,
    Dot,
    Slash,
    Colon,
    Apostrophe,
    Percent,
    Money,
    S,
    Punctuation,
    /// A blank line.
    Break,
    Other,
}

/// A token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub span: Span,
    pub word: Word,
    /// Starts with a capital letter.
    pub upper: bool,
    /// Nothing stands between it and the token before.
    pub glued: bool,
}

/// Cuts `body[within]` into tokens in one pass; a span off the character boundaries gives none.
pub(super) fn tokens(body: &str, within: Span) -> Vec<Token> {
    let text = within.of(body);
    let base = within.start as usize;
    let mut out: Vec<Token> = Vec::with_capacity(text.len() / 5);
    let mut chars = text.char_indices().peekable();
    let mut newlines = 0;
    let mut last_end = usize::MAX;
    while let Some((start, c)) = chars.next() {
        if c.is_whitespace() {
            newlines += usize::from(c == '\n');
            if newlines == 2 {
                let span = Span::new(base + start, base + start + c.len_utf8());
                out.push(Token {
                    span,
                    word: Word::Break,
                    upper: false,
                    glued: false,
                });
            }
            continue;
        }
        newlines = 0;
        let mut end = start + c.len_utf8();
        let word = if c.is_alphanumeric() {
            while let Some(&(at, d)) = chars.peek() {
                // Combining marks belong to their letter.
                if !(d.is_alphanumeric() || matches!(d, '\u{300}'..='\u{36f}')) {
                    break;
                }
                end = at + d.len_utf8();
                chars.next();
            }
            let piece = text.get(start..end).unwrap_or("");
            if c.is_ascii_digit() {
                digits(piece)
            } else {
                word(piece)
            }
        } else {
            match c {
                '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => Word::Dash,
                ',' => Word::Comma,
                '.' => Word::Dot,
                '/' => Word::Slash,
                ':' => Word::Colon,
                '\'' | '\u{2019}' => Word::Apostrophe,
                '%' => Word::Percent,
                '$' | '€' | '£' | '#' | '№' => Word::Money,
                _ => Word::Punctuation,
            }
        };
        let glued = last_end == start;
        last_end = end;
        out.push(Token {
            span: Span::new(base + start, base + end),
            word,
            upper: c.is_uppercase(),
            glued,
        });
    }
    out
}

/// The token that starts with a digit.
fn digits(piece: &str) -> Word {
    let len = piece.bytes().take_while(u8::is_ascii_digit).count();
    let (number, suffix) = piece.split_at(len);
    let Ok(value) = number.parse::<u16>() else {
        return Word::Other;
    };
    match suffix {
        "" => Word::Digits {
            value,
            len: len as u8,
        },
        "st" | "nd" | "rd" | "th" if (1..=31).contains(&value) => Word::Nth(value as i8),
        "s" if len == 4 && value % 10 == 0 && (1000..2100).contains(&value) => {
            Word::Tens(value as i16)
        }
        _ => Word::Other,
    }
}

/// The token that starts with a letter. Matching ignores ASCII case; the grammar asks for capitals where it needs them.
fn word(piece: &str) -> Word {
    let mut buffer = [0u8; 13];
    let Some(lower) = buffer.get_mut(..piece.len()) else {
        return Word::Other;
    };
    for (to, from) in lower.iter_mut().zip(piece.bytes()) {
        *to = from.to_ascii_lowercase();
    }
    let month = |month| Word::Month {
        month,
        short: false,
    };
    let short = |month| Word::Month { month, short: true };
    let weekday = |day| Word::Weekday { day, short: false };
    let shortday = |day| Word::Weekday { day, short: true };
    match &*lower {
        b"january" => month(1),
        b"february" => month(2),
        b"march" => month(3),
        b"april" => month(4),
        b"may" => month(5),
        b"june" => month(6),
        b"july" => month(7),
        b"august" => month(8),
        b"september" => month(9),
        b"october" => month(10),
        b"november" => month(11),
        b"december" => month(12),
        b"jan" => short(1),
        b"feb" => short(2),
        b"mar" => short(3),
        b"apr" => short(4),
        b"jun" => short(6),
        b"jul" => short(7),
        b"aug" => short(8),
        b"sep" | b"sept" => short(9),
        b"oct" => short(10),
        b"nov" => short(11),
        b"dec" => short(12),
        b"monday" => weekday(Weekday::Monday),
        b"tuesday" => weekday(Weekday::Tuesday),
        b"wednesday" => weekday(Weekday::Wednesday),
        b"thursday" => weekday(Weekday::Thursday),
        b"friday" => weekday(Weekday::Friday),
        b"saturday" => weekday(Weekday::Saturday),
        b"sunday" => weekday(Weekday::Sunday),
        b"mon" => shortday(Weekday::Monday),
        b"tue" | b"tues" => shortday(Weekday::Tuesday),
        b"wed" => shortday(Weekday::Wednesday),
        b"thu" | b"thur" | b"thurs" => shortday(Weekday::Thursday),
        b"fri" => shortday(Weekday::Friday),
        b"sat" => shortday(Weekday::Saturday),
        b"sun" => shortday(Weekday::Sunday),
        b"one" => Word::Number(1),
        b"two" => Word::Number(2),
        b"three" => Word::Number(3),
        b"four" => Word::Number(4),
        b"five" => Word::Number(5),
        b"six" => Word::Number(6),
        b"seven" => Word::Number(7),
        b"eight" => Word::Number(8),
        b"nine" => Word::Number(9),
        b"ten" => Word::Number(10),
        b"eleven" => Word::Number(11),
        b"twelve" => Word::Number(12),
        b"fifteen" => Word::Number(15),
        b"twenty" => Word::Number(20),
        b"thirty" => Word::Number(30),
        b"forty" => Word::Number(40),
        b"fifty" => Word::Number(50),
        b"sixty" => Word::Number(60),
        b"seventy" => Word::Number(70),
        b"eighty" => Word::Number(80),
        b"ninety" => Word::Number(90),
        b"first" => Word::SpelledNth(1),
        b"second" => Word::SpelledNth(2),
        b"third" => Word::SpelledNth(3),
        b"fourth" => Word::SpelledNth(4),
        b"q1" => Word::Q(1),
        b"q2" => Word::Q(2),
        b"q3" => Word::Q(3),
        b"q4" => Word::Q(4),
        b"minute" | b"minutes" | b"hour" | b"hours" => Word::Unit(Unit::Hour),
        b"day" | b"days" => Word::Unit(Unit::Day),
        b"week" | b"weeks" => Word::Unit(Unit::Week),
        b"weekend" => Word::Unit(Unit::Weekend),
        b"month" | b"months" => Word::Unit(Unit::Month),
        b"quarter" => Word::Unit(Unit::Quarter),
        b"year" | b"years" => Word::Unit(Unit::Year),
        b"decade" | b"decades" => Word::Unit(Unit::Decade),
        b"morning" | b"afternoon" | b"evening" | b"night" | b"noon" | b"midday" | b"lunchtime" => {
            Word::DayPart
        }
        b"spring" => Word::Season(Season::Spring),
        b"summer" => Word::Season(Season::Summer),
        b"autumn" | b"fall" => Word::Season(Season::Autumn),
        b"winter" => Word::Season(Season::Winter),
        b"half" => Word::Half,
        b"a" | b"an" => Word::A,
        b"the" => Word::The,
        b"this" => Word::This,
        b"that" => Word::That,
        b"same" => Word::Same,
        b"last" => Word::Last,
        b"past" => Word::Past,
        b"next" => Word::Next,
        b"coming" | b"upcoming" => Word::Coming,
        b"previous" | b"preceding" => Word::Previous,
        b"following" => Word::Following,
        b"of" => Word::Of,
        b"on" => Word::On,
        b"in" => Word::In,
        b"by" => Word::By,
        b"since" => Word::Since,
        b"until" | b"till" => Word::Until,
        b"from" => Word::From,
        b"to" => Word::To,
        b"through" => Word::Through,
        b"and" => Word::And,
        b"or" => Word::Or,
        b"between" => Word::Between,
        b"within" => Word::Within,
        b"during" => Word::During,
        b"over" => Word::Over,
        b"at" | b"around" | b"for" | b"as" | b"with" | b"throughout" | b"circa" | b"back" => {
            Word::Preposition
        }
        b"every" | b"each" => Word::Every,
        b"about" | b"nearly" | b"some" | b"than" | b"almost" | b"least" | b"most" | b"another"
        | b"approximately" | b"roughly" | b"exactly" => Word::Approximately,
        b"people" | b"troops" | b"soldiers" | b"men" | b"women" | b"children" | b"dollars"
        | b"euros" | b"rubles" | b"miles" | b"meters" | b"metres" | b"kilometers"
        | b"kilometres" | b"km" | b"tons" | b"tonnes" | b"homes" | b"houses" | b"jobs"
        | b"members" | b"participants" | b"delegates" | b"refugees" | b"civilians"
        | b"prisoners" | b"workers" | b"students" | b"companies" | b"times" | b"words"
        | b"million" | b"billion" | b"percent" | b"barrels" | b"fighters" | b"guests"
        | b"protesters" | b"residents" | b"votes" | b"bodies" => Word::Counted,
        b"time" => Word::Time,
        b"now" => Word::Now,
        b"ago" => Word::Ago,
        b"early" => Word::Early,
        b"mid" => Word::Mid,
        b"late" => Word::Late,
        b"earlier" => Word::Earlier,
        b"later" => Word::Later,
        b"end" => Word::End,
        b"beginning" | b"start" => Word::Beginning,
        b"middle" => Word::Middle,
        b"before" => Word::Before,
        b"after" => Word::After,
        b"today" => Word::Today,
        b"yesterday" => Word::Yesterday,
        b"tomorrow" => Word::Tomorrow,
        b"tonight" => Word::Tonight,
        b"overnight" => Word::Overnight,
        b"s" => Word::S,
        _ => Word::Other,
    }
}
