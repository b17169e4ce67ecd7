//! argv => [`Args`]: what the user typed. No reading of files, no defaults: those are [`crate::config`]'s.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::export::Format;

const EXAMPLES: &str = "\
Examples:
  whomet extract articles/ -o out
      Read every article below articles/, write tables and documents.jsonl to out/.
  whomet extract news.jsonl.gz --field-text body --field-date published -o out
      Say what the fields of a JSONL or CSV file are called.
  whomet extract articles/ -o - | jq -r .meetings[].status
      Stream documents.jsonl to another program.
  whomet review out
      Answer which names mean the same person, organisation or place.
  whomet explain 'Lavrov met Kerry in Geneva on Friday.' --date 2016-08-27
      Show what is found in a text.

Exit status: 0 all articles were read; 1 some failed (see run.json); 2 nothing could be done.";

const EXTRACT: &str = "\
Output folder:
  triples.csv       who met, spoke with, visited or holds which office; with status, place, date,
                    confidence and sentence: one row per fact
  encounters.csv    one row per meeting, call or visit
  entities.csv      people, organisations, places, groups and events of each article
  mentions.csv      every occurrence of a name
  affiliations.csv  offices and affiliations
  graph.json        people, organisations, places and events over all articles, once each
  merges.csv        which names were taken for one, and why: yours to change (whomet resolve --help)
  documents.jsonl   everything found, with the texts (appears when the run is done)
  run.json          what was read, what failed and why, how long it took

Interrupted runs:
  The same command given again goes on where the run stopped, and ends with the same files.
  Once a run is done, it checks the inputs and writes the tables anew: --format, --min-confidence
  and --no-bom can be changed afterwards at no cost. Other options, other inputs or another model
  need another folder, or --restart.

Files of other kinds:
  They are passed over in folders and listed in run.json; they do not change the exit status.

Settings:
  Every option but --restart can stand in the environment (WHOMET_THREADS=4) or in the
  configuration file (threads = 4; field names in a table [fields], as text = \"body\").
  Flags beat the environment, the environment beats the file. Yes is 1, true or yes there.

Exit status: 0 all articles were read; 1 some failed (see run.json); 2 nothing could be done.";

/// Reads news articles and writes who met whom, where, when, and whether it happened
#[derive(Debug, Clone, PartialEq, Parser)]
#[command(name = "whomet", version, after_help = EXAMPLES, max_term_width = 100)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Clone, PartialEq, Subcommand)]
pub enum Command {
    /// Extract folders and files of articles into tables
    Extract(Box<ExtractArgs>),
    /// Show what is found in one text or file
    Explain(ExplainArgs),
    /// Tell people, organisations and places over all articles again, by your decisions in merges.csv
    Resolve(ResolveArgs),
    /// Go through the proposals in merges.csv, one question at a time
    Review(ReviewArgs),
}

/// The arguments of `extract`.
#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
#[command(after_long_help = EXTRACT, after_help = "--help tells more: output files, resuming, exit status.")]
pub struct ExtractArgs {
    /// Files and folders of articles; - reads standard input
    #[arg(required = true, value_name = "ARTICLES")]
    pub articles: Vec<PathBuf>,
    /// Folder to write to (made if need be); - streams documents.jsonl to standard output
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
    /// Worker threads [default: one per processor]
    #[arg(short, long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Kinds of files to write besides documents.jsonl [default: csv]
    #[arg(short, long, value_delimiter = ',', value_name = "FORMAT,…")]
    pub format: Option<Vec<Format>>,
    /// Publication date of articles that state none
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<String>,
    /// Folder of the model [default: the one built in]
    #[arg(long, value_name = "DIR")]
    pub model: Option<PathBuf>,
    /// Leave less certain encounters and affiliations out of the tables, 0 to 1 (documents.jsonl keeps all)
    #[arg(long, value_name = "X")]
    pub min_confidence: Option<f32>,
    /// Encoding of text files, such as windows-1252 [default: detected]
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Write CSV without the byte-order mark by which Excel knows UTF-8
    #[arg(long)]
    pub no_bom: bool,
    /// Throw away what an earlier run left in the output folder
    #[arg(long)]
    pub restart: bool,
    /// No progress, no summary
    #[arg(short, long)]
    pub quiet: bool,
    /// Configuration file
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
    /// Names of the fields of JSONL and CSV files.
    #[command(flatten)]
    pub fields: FieldArgs,
}

/// What the fields of JSONL and CSV files are called.
#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
#[command(next_help_heading = "Field names in JSONL and CSV")]
pub struct FieldArgs {
    /// Field with the text
    #[arg(long, value_name = "NAME")]
    pub field_text: Option<String>,
    /// Field with the title
    #[arg(long, value_name = "NAME")]
    pub field_title: Option<String>,
    /// Field with the publication date
    #[arg(long, value_name = "NAME")]
    pub field_date: Option<String>,
    /// Field with the identifier
    #[arg(long, value_name = "NAME")]
    pub field_id: Option<String>,
    /// Field with the address
    #[arg(long, value_name = "NAME")]
    pub field_url: Option<String>,
    /// Field with the publisher
    #[arg(long, value_name = "NAME")]
    pub field_source: Option<String>,
}

/// The arguments of `explain`.
#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
pub struct ExplainArgs {
    /// A text, a file, or - for standard input
    #[arg(value_name = "TEXT|FILE")]
    pub text: String,
    /// Publication date, where the article states none
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<String>,
    /// Folder of the model [default: the one built in]
    #[arg(long, value_name = "DIR")]
    pub model: Option<PathBuf>,
    /// Configuration file
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
}

const RESOLVE: &str = "\
merges.csv has a row for every decision about two names. Change a verdict (merged, kept apart, proposed), or add
a row with a verdict and two names; then run this. The articles are not extracted again. Rows that you changed are
yours: they hold in every later run, also with more articles or --restart, and are never overwritten.

  verdict,kind,name_a,name_b
  merged,person,Lula,Luiz Inácio Lula da Silva
  kept apart,organization,Al-Shabaab,Al-Shabab FC

Where a name alone does not say who is meant, article_ids says in which articles it is decided; empty the cell to
decide for all. A row that keeps a name apart from itself splits the listed articles off as another person.

Written anew: graph.json, merges.csv and the tables, these with the options of the run. Ids stay.";

const REVIEW: &str = "\
Both names are shown side by side, with the evidence. Answers: y joins them, n keeps them apart, s (or just Enter)
passes on, q ends. Answers are kept in merges.csv as yours and applied at the end, as by whomet resolve.";

/// The arguments of `resolve`.
#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
#[command(after_help = RESOLVE)]
pub struct ResolveArgs {
    /// Folder of a run that is done
    #[arg(value_name = "OUT")]
    pub folder: PathBuf,
    /// No summary
    #[arg(short, long)]
    pub quiet: bool,
}

/// The arguments of `review`.
#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
#[command(after_help = REVIEW)]
pub struct ReviewArgs {
    /// Folder of a run that is done
    #[arg(value_name = "OUT")]
    pub folder: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_grammar_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn formats_are_lists() {
        let args = Args::try_parse_from([
            "whomet",
            "extract",
            "a",
            "b",
            "-o",
            "-",
            "--format",
            "csv,jsonl",
        ])
        .unwrap();
        let Command::Extract(args) = args.command else {
            panic!("not extract")
        };
        assert_eq!(args.format, Some(vec![Format::Csv, Format::Jsonl]));
        assert_eq!(args.articles.len(), 2);
        assert!(Args::try_parse_from(["whomet", "extract", "a", "--format", "docx"]).is_err());
        assert!(Args::try_parse_from(["whomet", "extract"]).is_err());
    }
}
