//! Windows => batches of about one length, as large as memory allows.
//!
//! Engines that pad gain from batches of equal lengths. When memory runs out, a batch is halved and the run goes on with
//! smaller ones; that it did so is kept for the user. Which windows share a batch depends on one article alone, never on
//! threads or on time, as long as memory suffices.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Why a batch was not scored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The device has too little memory for it.
    OutOfMemory,
    /// Anything else, in words.
    Other(String),
}

/// How much goes into one batch; shared by all workers.
#[derive(Debug)]
pub struct Batches {
    tokens: AtomicUsize,
    notices: Mutex<Vec<String>>,
}

impl Batches {
    /// Batches of at most `tokens` word pieces, padding included; a longer window goes alone.
    pub fn new(tokens: NonZeroUsize) -> Self {
        Batches {
            tokens: AtomicUsize::new(tokens.get()),
            notices: Mutex::default(),
        }
    }

    /// Gives windows of these `lengths` to `score`, some at a time by number, and returns its results in their order.
    ///
    /// # Errors
    /// The first failure of `score` that smaller batches do not mend.
    pub fn run<T>(
        &self,
        lengths: &[usize],
        mut score: impl FnMut(&[usize]) -> Result<Vec<T>, Failure>,
    ) -> Result<Vec<T>, String> {
        let mut order: Vec<usize> = (0..lengths.len()).collect();
        order.sort_by_key(|i| (std::cmp::Reverse(lengths[*i]), *i));
        let mut out: Vec<Option<T>> = lengths.iter().map(|_| None).collect();
        let mut rest = order.as_slice();
        while let Some(first) = rest.first() {
            let length = lengths[*first].max(1);
            let many = (self.tokens.load(Ordering::Relaxed) / length).clamp(1, rest.len());
            let (batch, behind) = rest.split_at(many);
            match score(batch) {
                Ok(scored) if scored.len() == many => {
                    for (i, scored) in batch.iter().zip(scored) {
                        out[*i] = Some(scored);
                    }
                    rest = behind;
                }
                Ok(_) => return Err("the engine lost a window".to_owned()),
                Err(Failure::Other(reason)) => return Err(reason),
                Err(Failure::OutOfMemory) if many > 1 => self.shrink(many.div_ceil(2) * length),
                Err(Failure::OutOfMemory) => {
                    return Err(format!(
                        "out of memory on a single window of {length} word pieces"
                    ));
                }
            }
        }
        Ok(out.into_iter().flatten().collect())
    }

    fn shrink(&self, tokens: usize) {
        // Workers that ran out at the same time agree on one size.
        if self.tokens.fetch_min(tokens, Ordering::Relaxed) > tokens {
            self.notice(format!(
                "out of memory: going on with batches of {tokens} word pieces (--batch-tokens)"
            ));
        }
    }

    /// Keeps `text` for the user.
    pub fn notice(&self, text: String) {
        if let Ok(mut notices) = self.notices.lock() {
            notices.push(text);
        }
    }

    /// What was kept for the user since the last call.
    pub fn notices(&self) -> Vec<String> {
        self.notices
            .lock()
            .map(|mut n| std::mem::take(&mut *n))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batches(tokens: usize) -> Batches {
        Batches::new(NonZeroUsize::new(tokens).unwrap())
    }

    /// Scores a window as its number, with memory for `room` pieces; notes the batches.
    fn run(
        b: &Batches,
        lengths: &[usize],
        room: usize,
    ) -> (Result<Vec<usize>, String>, Vec<usize>) {
        let mut sizes = Vec::new();
        let result = b.run(lengths, |batch| {
            let longest = batch.iter().map(|i| lengths[*i]).max().unwrap();
            if batch.len() * longest > room {
                return Err(Failure::OutOfMemory);
            }
            sizes.push(batch.len());
            Ok(batch.to_vec())
        });
        (result, sizes)
    }

    #[test]
    fn results_come_in_the_order_of_the_windows() {
        let lengths = [5, 100, 7, 100, 1, 0, 250];
        for tokens in [1, 100, 200, 10_000] {
            let (result, _) = run(&batches(tokens), &lengths, usize::MAX);
            assert_eq!(result.unwrap(), [0, 1, 2, 3, 4, 5, 6]);
        }
        assert_eq!(run(&batches(200), &lengths, 9999).1, [1, 2, 4]);
        assert_eq!(run(&batches(9), &[], 9999).0.unwrap(), [0; 0]);
    }

    #[test]
    fn out_of_memory_halves_the_batch_and_says_so_once() {
        let b = batches(1600);
        let (result, sizes) = run(&b, &[100; 20], 500);
        assert_eq!(result.unwrap().len(), 20);
        assert_eq!(sizes, [4; 5]);
        let notices = b.notices();
        assert_eq!(notices.len(), 2);
        assert!(notices[1].contains("400"), "{notices:?}");
        // It stays halved, and is not said again.
        assert_eq!(run(&b, &[100; 8], 500).1, [4, 4]);
        assert!(b.notices().is_empty());
    }

    #[test]
    fn what_smaller_batches_do_not_mend_is_an_error() {
        let error = run(&batches(1000), &[10, 300, 10], 200).0.unwrap_err();
        assert!(error.contains("300"), "{error}");
        let other = |_: &[usize]| Err::<Vec<()>, _>(Failure::Other("broken".to_owned()));
        assert_eq!(batches(10).run(&[1, 2], other), Err("broken".to_owned()));
    }
}
