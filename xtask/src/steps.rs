//! Named steps, each with its time; a failed one does not stop the others.

use std::{
    collections::VecDeque,
    env,
    num::NonZero,
    process::Command,
    sync::Mutex,
    thread::{self, available_parallelism},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};

/// What became of the steps so far.
#[derive(Default)]
pub(crate) struct Steps {
    passed: usize,
    failed: Vec<String>,
}

impl Steps {
    /// Runs `step`, and says how it went and how long it took.
    pub(crate) fn run(&mut self, name: &str, step: impl FnOnce() -> Result<()>) {
        println!("\n=== {name}");
        let start = Instant::now();
        let done = step();
        self.note(name, start.elapsed(), done);
    }

    fn note(&mut self, name: &str, time: Duration, done: Result<()>) {
        let time = time.as_secs_f64();
        match done {
            Ok(()) => {
                self.passed += 1;
                println!("=== passed: {name} ({time:.1} s)");
            }
            Err(error) => {
                println!("=== FAILED: {name} ({time:.1} s): {error:#}");
                self.failed.push(name.to_owned());
            }
        }
    }

    /// Runs `command` as a step.
    pub(crate) fn command(&mut self, command: &mut Command) {
        self.run(&words(command), || execute(command));
    }

    /// Runs each command as a step, as many at a time as there are cores. Of one queue, they start in
    /// order, and another core takes from it only when its own queue is empty. What a command says is
    /// shown as a whole when it has ended.
    pub(crate) fn side_by_side(&mut self, queues: Vec<Vec<Command>>) {
        let count = queues.len();
        let queues: Vec<VecDeque<_>> = queues.into_iter().map(VecDeque::from).collect();
        let (queues, steps) = (Mutex::new(queues), Mutex::new(self));
        let work = |own: usize| {
            loop {
                let next = queues.lock().ok().and_then(|mut queues| {
                    let mut in_turn = (own..count).chain(0..own);
                    in_turn.find_map(|at| queues[at].pop_front())
                });
                let Some(mut command) = next else { return };
                let name = words(&command);
                let start = Instant::now();
                let ended = command.output();
                let Ok(mut steps) = steps.lock() else { return };
                println!("\n=== {name}");
                let done = ended.map_err(Into::into).and_then(|ended| {
                    print!("{}", String::from_utf8_lossy(&ended.stdout));
                    let story = String::from_utf8_lossy(&ended.stderr);
                    ensure!(ended.status.success(), "{}\n{story}", ended.status);
                    Ok(())
                });
                steps.note(&name, start.elapsed(), done);
            }
        };
        let cores = available_parallelism().map_or(1, NonZero::get);
        thread::scope(|scope| {
            for core in 0..cores {
                scope.spawn(move || work(core % count.max(1)));
            }
        });
    }

    /// Lists the failures, ends with the count alone on a line, and says whether all went well.
    pub(crate) fn summary(self) -> bool {
        println!();
        for name in &self.failed {
            println!("FAILED: {name}");
        }
        println!(
            "xtask: {} passed, {} failed",
            self.passed,
            self.failed.len()
        );
        self.failed.is_empty()
    }
}

/// This program with other arguments.
pub(crate) fn xtask(words: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap_or_else(|_| "xtask".into()));
    command.args(words.split(' '));
    command
}

/// The name of a step: the command's words, without its folder.
fn words(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let mut words = vec![program.rsplit('/').next().unwrap_or_default().to_owned()];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}

/// Runs `command`; its output goes where ours goes.
pub(crate) fn execute(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("running {}", words(command)))?;
    ensure!(status.success(), "`{}` ended with {status}", words(command));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_is_counted() {
        let mut steps = Steps::default();
        steps.side_by_side(vec![
            vec![Command::new("true")],
            vec![Command::new("false"), Command::new("true")],
        ]);
        steps.command(&mut Command::new("/no/such/program"));
        assert_eq!(
            (steps.passed, &steps.failed[..]),
            (2, &["false".into(), "program".into()][..])
        );
        assert!(!steps.summary());
    }
}
