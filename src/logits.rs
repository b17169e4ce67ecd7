//! Logits => probabilities: the few functions that reading a model's scores takes.

/// Logarithms of the probabilities that `logits` stand for.
pub fn log_softmax(logits: &[f32]) -> Vec<f32> {
    let log = log_sum_exp(logits);
    logits.iter().map(|x| x - log).collect()
}

/// Probabilities that `logits` stand for.
pub fn softmax(logits: &[f32]) -> Vec<f32> {
    log_softmax(logits).into_iter().map(f32::exp).collect()
}

/// Logarithm of the sum of exponentials: a soft maximum. Of nothing it is minus infinity.
pub fn log_sum_exp(values: &[f32]) -> f32 {
    let top = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    if top == f32::NEG_INFINITY {
        return top;
    }
    top + values.iter().map(|v| (v - top).exp()).sum::<f32>().ln()
}

/// The logistic function: the probability that a single logit stands for.
pub fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_sum_to_one_however_large_the_logits() {
        for logits in [vec![90.0, 89.0, -90.0], vec![0.0; 15], vec![-5.0]] {
            assert!((softmax(&logits).iter().sum::<f32>() - 1.0).abs() < 1e-4);
        }
        assert!(softmax(&[]).is_empty());
        assert_eq!(log_sum_exp(&[]), f32::NEG_INFINITY);
        assert!((logistic(0.0) - 0.5).abs() < 1e-6 && logistic(-200.0) >= 0.0);
    }
}
