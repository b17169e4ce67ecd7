//! argv -> ExitCode.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use whomet::app::{self, Engine, Terminal};
use whomet::extractor::Extractor;
use whomet::pipeline::WORKER;

fn main() -> ExitCode {
    // A panic inside one article is caught and stands in the receipt; printed as well, it would tear the progress bar.
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let caught =
            std::thread::current().name() == Some(WORKER) || whomet::encode::panics_are_caught();
        if !caught || std::env::var_os("RUST_BACKTRACE").is_some() {
            report(panic);
        }
    }));
    let (stdout, stderr) = (std::io::stdout(), std::io::stderr());
    let terminal = Terminal {
        stdout: stdout.is_terminal(),
        stderr: stderr.is_terminal(),
    };
    let mut io = app::Surroundings {
        terminal,
        env: &|name| std::env::var(name).ok(),
        stdin: &mut std::io::stdin().lock(),
        stdout: &mut stdout.lock(),
        stderr: &mut std::io::stderr(),
    };
    let status = app::run(std::env::args_os(), &mut io, &|model, options| {
        let extractor = Arc::new(Extractor::open(model, options)?);
        let tells = extractor.clone();
        Ok(Engine {
            model: extractor.model_id(),
            settings: extractor.settings(),
            extract: Box::new(move |article| extractor.extract(article)),
            notices: Box::new(move || tells.notices()),
        })
    });
    // What was still buffered has no reader any more, or the error was reported already.
    let _ = io.stdout.flush();
    ExitCode::from(status)
}
