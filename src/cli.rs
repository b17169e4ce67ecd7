//! argv => [`Args`]: what the user typed. No reading of files, no defaults: those are [`crate::config`]'s.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::document::Status;
use crate::encode::{Device, EngineName, LabelMap, Precision};
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
  whomet export out --format gephi,xlsx
      Make further kinds of files from a finished run.
  whomet stats out; whomet path out 'Sergei Lavrov' 'Marco Rubio'
      Who met most; how two names are connected.

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
    /// Make files for graph tools and spreadsheets from a finished run
    Export(ExportArgs),
    /// Read all files of a run again, hold them to their formats and count them
    Validate(ValidateArgs),
    /// Show who met most, the busiest pairs and the encounters by month
    Stats(StatsArgs),
    /// Show how two names are connected, with the sentences that say so
    Path(PathArgs),
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
    /// The inference engine.
    #[command(flatten)]
    pub engine: EngineArgs,
    /// Names of the fields of JSONL and CSV files.
    #[command(flatten)]
    pub fields: FieldArgs,
}

/// What runs the model, and how. All but `engine` are rust-bert's.
#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
#[command(next_help_heading = "Inference engine")]
pub struct EngineArgs {
    /// What runs the model: rten, or rust-bert (libtorch) in builds that have it [default: rten]
    #[arg(long, value_name = "ENGINE", hide_possible_values = true)]
    pub engine: Option<EngineName>,
    /// Where rust-bert computes: cpu, cuda, cuda:N, or auto, the first GPU if there is one [default: auto]
    #[arg(long, value_name = "DEVICE")]
    pub device: Option<Device>,
    /// The numbers rust-bert computes with: f32, f16 or bf16 [default: f32]
    #[arg(long, value_name = "KIND", hide_possible_values = true)]
    pub precision: Option<Precision>,
    /// Word pieces that rust-bert takes at once; halved when memory runs out [default: 4096]
    #[arg(long, value_name = "N")]
    pub batch_tokens: Option<NonZeroUsize>,
    /// Hugging Face folder of a tagging model, run by rust-bert, that finds the names instead of whomet's
    #[arg(long, value_name = "DIR")]
    pub name_model: Option<PathBuf>,
    /// What the name model's labels stand for, where they are not known: MISC=NORP,LABEL_0=O
    #[arg(long, value_name = "LABEL=TYPE,…")]
    pub label_map: Option<LabelMap>,
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
    /// The inference engine.
    #[command(flatten)]
    pub engine: EngineArgs,
}

/// Which part of a finished run is asked for.
#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
#[command(next_help_heading = "Which encounters")]
pub struct FilterArgs {
    /// On this day, month or year or later; undated ones are left out
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// On this day, in this month or year, or earlier; undated ones are left out
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// Of these statuses only, which then all count as weight [default: all, and those that occurred count]
    #[arg(long, value_delimiter = ',', value_name = "STATUS,…")]
    pub status: Vec<Status>,
    /// At least this certain, 0 to 1
    #[arg(long, value_name = "X")]
    pub min_confidence: Option<f32>,
    /// With this person, organisation or place (name or id; may be given several times)
    #[arg(long, value_name = "NAME")]
    pub entity: Vec<String>,
    /// Pairs with at least so many counted encounters [default: 1]
    #[arg(long, value_name = "N")]
    pub min_weight: Option<NonZeroU32>,
}

const EXPORT: &str = "\
Formats:
  csv      pairs.csv, events.csv, people.csv, organizations.csv, places.csv, … over all articles
  xlsx     whomet.xlsx: all tables as sheets of one workbook
  parquet  parquet/*.parquet: all tables for pandas, DuckDB, Spark, R
  gephi    gephi/nodes.csv and gephi/edges.csv for Gephi's Import Spreadsheet
  gexf     whomet.gexf (GEXF 1.3) for Gephi and NetworkX
  graphml  whomet.graphml for yEd, Cytoscape, igraph and NetworkX
  neo4j    neo4j/*.csv with import.sh (neo4j-admin) and load.cypher (LOAD CSV)
  jsonld   whomet.jsonld: linked data in the vocabulary of schema.org

Gephi, GEXF and GraphML hold who met whom: one undirected edge per pair that met or spoke. Its weight is the
number of encounters that occurred, however many articles report each; planned, possible and denied ones are
counted beside it. With --status, encounters of these statuses alone are exported and all of them count.

Examples:
  whomet export out --format gephi,gexf
  whomet export out --format neo4j --since 2025-01 --until 2025-06 -o first-half
  whomet export out --format xlsx --entity 'Sergei Lavrov' --status occurred,planned -o lavrov

Exit status: 0 done; 2 nothing could be done.";

/// The arguments of `export`.
#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
#[command(after_long_help = EXPORT, after_help = "--help tells more: formats, weights, examples.")]
pub struct ExportArgs {
    /// Folder of a finished run
    #[arg(value_name = "OUT")]
    pub out: PathBuf,
    /// Kinds of files to write
    #[arg(
        short,
        long,
        required = true,
        value_delimiter = ',',
        value_name = "FORMAT,…"
    )]
    pub format: Vec<Format>,
    /// Folder to write to (made if need be) [default: OUT]
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Write CSV tables without the byte-order mark by which Excel knows UTF-8
    #[arg(long)]
    pub no_bom: bool,
    /// No list of the files written
    #[arg(short, long)]
    pub quiet: bool,
    /// Which encounters.
    #[command(flatten)]
    pub filter: FilterArgs,
}

const VALIDATE: &str = "\
Example:
  whomet validate out
      One line per file: ok or WRONG, what was counted in it, and what is wrong.

Exit status: 0 all files are right; 1 some are not; 2 there is nothing to check.";

/// The arguments of `validate`.
#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
#[command(after_help = VALIDATE)]
pub struct ValidateArgs {
    /// Folder of a finished run
    #[arg(value_name = "OUT")]
    pub out: PathBuf,
    /// Folder of what was exported from it [default: OUT]
    #[arg(long, value_name = "DIR")]
    pub exports: Option<PathBuf>,
}

const STATS: &str = "\
Examples:
  whomet stats out --since 2025 --top 20
  whomet stats out --json | jq -r '.people[] | [.name, .encounters] | @tsv'";

/// The arguments of `stats`.
#[derive(Debug, Clone, PartialEq, clap::Args)]
#[command(after_help = STATS)]
pub struct StatsArgs {
    /// Folder of a finished run
    #[arg(value_name = "OUT")]
    pub out: PathBuf,
    /// Lines of each list
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub top: usize,
    /// JSON in place of text
    #[arg(long)]
    pub json: bool,
    /// Which encounters.
    #[command(flatten)]
    pub filter: FilterArgs,
}

const PATH: &str = "\
Names are taken as written, without regard to case and accents; where several are meant, they are listed with their ids.

Examples:
  whomet path out 'Sergei Lavrov' 'Marco Rubio'
  whomet path out P17 P203 --status occurred,planned --min-confidence 0.5

Exit status: 0 there is a way; 1 there is none; 2 nothing could be done.";

/// The arguments of `path`.
#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
#[command(after_help = PATH)]
pub struct PathArgs {
    /// Folder of a finished run
    #[arg(value_name = "OUT")]
    pub out: PathBuf,
    /// From this name or id
    #[arg(value_name = "A")]
    pub from: String,
    /// To this name or id
    #[arg(value_name = "B")]
    pub to: String,
    /// Which encounters.
    #[command(flatten)]
    pub filter: FilterArgs,
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

Written anew: graph.json, merges.csv, the tables, with the options of the run, and what was exported to OUT. Ids stay.";

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
