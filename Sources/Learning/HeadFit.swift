@preconcurrency import Glibc
import NeuralNetwork

/// Fits a linear head that tells examples from other sounds: logistic regression with a ridge.
///
/// Examples and others count as much as each other, however many windows there are of each.
struct HeadFit {
    /// What brings the numbers of embeddings to a deviation of about 1, the same for all of them.
    private let scale: Float

    /// The weight of the squared coefficients against the mean loss.
    private static let ridge: Float = 0.012

    /// Finds the scale.
    ///
    /// - Parameter others: Windows of other sounds.
    init(others: EmbeddingRows) {
        let count = Float(max(1, others.values.count))
        let mean = others.values.reduce(0, +) / count
        let power = others.values.reduce(Float(0)) { $0 + ($1 - mean) * ($1 - mean) } / count
        scale = power > 0 ? 1 / power.squareRoot() : 1
    }

    /// Fits a head.
    ///
    /// - Parameters:
    ///   - examples: Windows of the sound, at least one.
    ///   - others: Windows of other sounds.
    ///   - weights: How much each of the others counts.
    /// - Returns: The head, not calibrated.
    func head(_ examples: EmbeddingRows, _ others: EmbeddingRows, weights: [Float]) -> LinearHead {
        precondition(weights.count == others.count && examples.count > 0, "every window counts")
        let problem = LogisticProblem(
            rows: PaddedRows([examples, others], scale: scale),
            targets: [Float](repeating: 1, count: examples.count)
                + [Float](repeating: -1, count: others.count),
            weights: Self.shares([Float](repeating: 1, count: examples.count))
                + Self.shares(weights),
            ridge: Self.ridge
        )
        let solution = problem.solved()
        return LinearHead(
            weights: (0..<examples.length).map { solution.value($0) * scale },
            bias: solution.bias
        )
    }

    private static func shares(_ weights: [Float]) -> [Float] {
        let sum = max(weights.reduce(0, +), .leastNormalMagnitude)
        return weights.map { 0.5 * $0 / sum }
    }
}

/// Rows of embeddings in steps of 16 numbers, the last filled up with zeros.
private struct PaddedRows {
    /// Steps of a row.
    let width: Int
    let steps: [SIMD16<Float>]

    init(_ parts: [EmbeddingRows], scale: Float) {
        let length = parts[0].length
        let width = (length + 15) / 16
        var steps: [SIMD16<Float>] = []
        steps.reserveCapacity(width * parts.reduce(0) { $0 + $1.count })
        for rows in parts {
            for start in stride(from: 0, to: rows.values.count, by: length) {
                for step in 0..<width {
                    var numbers = SIMD16<Float>()
                    for lane in 0..<min(16, length - 16 * step) {
                        numbers[lane] = rows.values[start + 16 * step + lane] * scale
                    }
                    steps.append(numbers)
                }
            }
        }
        self.width = width
        self.steps = steps
    }
}

/// The coefficients of a head, in steps of 16, and its bias.
private struct Coefficients {
    var steps: [SIMD16<Float>]
    var bias: Float = 0

    init(width: Int) {
        steps = Array(repeating: SIMD16(), count: width)
    }

    func value(_ index: Int) -> Float { steps[index / 16][index % 16] }

    func dot(_ other: Coefficients) -> Float {
        var sum = SIMD16<Float>()
        for index in steps.indices { sum += steps[index] * other.steps[index] }
        return sum.sum() + bias * other.bias
    }

    /// Adds a multiple of others.
    func adding(_ factor: Float, _ other: Coefficients) -> Coefficients {
        var result = self
        for index in steps.indices { result.steps[index] += factor * other.steps[index] }
        result.bias += factor * other.bias
        return result
    }

    func scaled(by factor: Float) -> Coefficients {
        Coefficients(width: steps.count).adding(factor, self)
    }
}

/// Weighted logistic regression with a ridge, minimised by L-BFGS (Liu and Nocedal, 1989).
private struct LogisticProblem {
    let rows: PaddedRows
    /// 1 or -1 for each row.
    let targets: [Float]
    let weights: [Float]
    let ridge: Float

    private static let iterations = 100
    /// Steps that the method remembers.
    private static let memory = 8

    func solved() -> Coefficients {
        var point = Coefficients(width: rows.width)
        var (loss, gradient) = lossAndGradient(at: point)
        var past: [(step: Coefficients, change: Coefficients)] = []
        for _ in 0..<Self.iterations {
            let direction = Self.direction(gradient, past)
            let slope = direction.dot(gradient)
            guard slope < -1e-9 else { break }
            var size: Float = past.isEmpty ? 1 / gradient.dot(gradient).squareRoot() : 1
            var next = point
            var found: (Float, Coefficients)?
            for _ in 0..<20 {
                next = point.adding(size, direction)
                let (nextLoss, nextGradient) = lossAndGradient(at: next)
                if nextLoss <= loss + 1e-4 * size * slope {
                    found = (nextLoss, nextGradient)
                    break
                }
                size /= 2
            }
            guard let (nextLoss, nextGradient) = found else { break }
            let step = next.adding(-1, point)
            let change = nextGradient.adding(-1, gradient)
            if step.dot(change) > 1e-10 {
                past.append((step, change))
                if past.count > Self.memory { past.removeFirst() }
            }
            let gain = loss - nextLoss
            (point, loss, gradient) = (next, nextLoss, nextGradient)
            if gain < 1e-6 { break }
        }
        return point
    }

    private func lossAndGradient(at point: Coefficients) -> (Float, Coefficients) {
        let width = rows.width
        var gradient = point.scaled(by: ridge)
        gradient.bias = 0
        var loss = 0.5 * ridge * (point.dot(point) - point.bias * point.bias)
        for row in targets.indices {
            var sum = SIMD16<Float>()
            for step in 0..<width { sum += point.steps[step] * rows.steps[row * width + step] }
            let margin = targets[row] * (sum.sum() + point.bias)
            loss += weights[row] * (margin > 0 ? log1p(exp(-margin)) : log1p(exp(margin)) - margin)
            let slope = -weights[row] * targets[row] / (1 + exp(margin))
            for step in 0..<width { gradient.steps[step] += slope * rows.steps[row * width + step] }
            gradient.bias += slope
        }
        return (loss, gradient)
    }

    /// The direction of descent from the gradient and from what the last steps changed of it.
    private static func direction(
        _ gradient: Coefficients,
        _ past: [(step: Coefficients, change: Coefficients)]
    ) -> Coefficients {
        var result = gradient.scaled(by: -1)
        var factors: [Float] = []
        for (step, change) in past.reversed() {
            let factor = step.dot(result) / step.dot(change)
            factors.append(factor)
            result = result.adding(-factor, change)
        }
        if let (step, change) = past.last {
            result = result.scaled(by: step.dot(change) / change.dot(change))
        }
        for ((step, change), factor) in zip(past, factors.reversed()) {
            result = result.adding(factor - change.dot(result) / step.dot(change), step)
        }
        return result
    }
}

/// Platt's scaling of a head, fitted to values for sounds that it was not fitted to.
///
/// Positives and negatives count as much as each other, so that 0.5 means even odds where both are
/// as likely. Targets are drawn in as Platt (1999) has it, so that few examples give no certainty.
struct HeadCalibration: Equatable {
    private(set) var slope: Float = 1
    private(set) var offset: Float = 0

    init() {}

    init(positives: [Float], negatives: [Float]) {
        guard !positives.isEmpty, !negatives.isEmpty else { return }
        let high = Double(positives.count + 1) / Double(positives.count + 2)
        let low = 1 / Double(negatives.count + 2)
        let samples =
            positives.map {
                (value: Double($0), target: high, weight: 0.5 / Double(positives.count))
            }
            + negatives.map {
                (value: Double($0), target: low, weight: 0.5 / Double(negatives.count))
            }
        var (a, b) = (1.0, 0.0)
        var loss = Self.loss(a, b, samples)
        for _ in 0..<100 {
            // Newton's method with a little ridge around the scaling that changes nothing.
            var (ga, gb) = (Self.ridge * (a - 1), Self.ridge * b)
            var (haa, hab, hbb) = (Self.ridge, 0.0, Self.ridge)
            for (value, target, weight) in samples {
                let probability = 1 / (1 + exp(-(a * value + b)))
                let error = weight * (probability - target)
                let curvature = weight * probability * (1 - probability)
                ga += error * value
                gb += error
                haa += curvature * value * value
                hab += curvature * value
                hbb += curvature
            }
            let determinant = haa * hbb - hab * hab
            guard determinant > 1e-12 else { break }
            let da = (hbb * ga - hab * gb) / determinant
            let db = (haa * gb - hab * ga) / determinant
            var size = 1.0
            var next = Self.loss(a - da, b - db, samples)
            while next > loss, size > 1e-6 {
                size /= 2
                next = Self.loss(a - size * da, b - size * db, samples)
            }
            guard next < loss - 1e-9 else { break }
            (a, b, loss) = (a - size * da, b - size * db, next)
        }
        // It never changes which of two windows is more like the sound.
        a = max(a, 0.02)
        (slope, offset) = (Float(a), Float(b))
    }

    private static let ridge = 1e-3

    private static func loss(
        _ a: Double,
        _ b: Double,
        _ samples: [(value: Double, target: Double, weight: Double)]
    ) -> Double {
        samples.reduce(0.5 * ridge * ((a - 1) * (a - 1) + b * b)) { sum, sample in
            let logit = a * sample.value + b
            let softplus = logit > 0 ? logit + log1p(exp(-logit)) : log1p(exp(logit))
            return sum + sample.weight * (softplus - sample.target * logit)
        }
    }

    /// The head whose values are calibrated logits.
    func applied(to head: LinearHead) -> LinearHead { head.scaled(by: slope, offset: offset) }

    /// The calibrated score, 0...1, of a head's value.
    func score(_ value: Float) -> Float { 1 / (1 + exp(-(slope * value + offset))) }
}
