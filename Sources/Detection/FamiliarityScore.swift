@preconcurrency import Glibc

/// The familiarity of a window: higher means more like a known sound.
package enum FamiliarityScore: String, CaseIterable, Sendable {
    /// The joint energy of the classes' logits: the sum of `ln(1 + exp(logit))`.
    ///
    /// After Wang and others, "Can multi-label classification networks know what they don't know?"
    /// (2021): the evidence of all classes together, of which each alone may be too little.
    case energy
    /// By how much the logit of the best class exceeds that of the next: how unmistakable it is.
    case margin

    /// The familiarity of a window.
    ///
    /// - Parameters:
    ///   - logits: A logit for each class, shape `[classCount]`.
    ///   - known: For each class whether it is one of the sounds that the model knows; false for
    ///     one that collects all others. The best class is one of them, the next may be any.
    /// - Returns: A finite number, in logits.
    package func value(ofLogits logits: [Float], known: [Bool]) -> Float {
        precondition(logits.count == known.count, "Each class is known or not.")
        switch self {
        case .energy:
            return zip(logits, known).reduce(0) { sum, entry in
                entry.1 ? sum + Self.softplus(entry.0) : sum
            }
        case .margin:
            guard
                let best = logits.indices.lazy.filter({ known[$0] })
                    .max(by: { logits[$0] < logits[$1] })
            else { return -Logit.limit }
            let next = logits.indices.lazy.filter { $0 != best }.map { logits[$0] }.max()
            return logits[best] - (next ?? -Logit.limit)
        }
    }

    private static func softplus(_ value: Float) -> Float {
        value > 0 ? value + log1p(exp(-value)) : log1p(exp(value))
    }
}
