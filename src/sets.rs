//! Union-find.

/// Disjoint sets over `0..n`.
#[derive(Debug, Clone)]
pub(crate) struct Sets(Vec<usize>);

impl Sets {
    /// `n` sets of one.
    pub(crate) fn new(n: usize) -> Self {
        Sets((0..n).collect())
    }

    /// Adds a set of one.
    pub(crate) fn add(&mut self) {
        self.0.push(self.0.len());
    }

    /// The set's root: its smallest member.
    pub(crate) fn find(&mut self, mut i: usize) -> usize {
        while self.0[i] != i {
            self.0[i] = self.0[self.0[i]];
            i = self.0[i];
        }
        i
    }

    /// The smaller root survives, so that results do not depend on the order of unions.
    pub(crate) fn union(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        self.0[a.max(b)] = a.min(b);
    }
}
