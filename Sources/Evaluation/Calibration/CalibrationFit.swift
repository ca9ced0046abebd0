package import Detection
import Foundation

/// The calibration that fits samples best, by maximum likelihood.
package enum CalibrationFit {
    /// With fewer windows of either kind a class keeps the temperature alone.
    package static let leastWindows = 20

    /// The temperature at which the samples of all classes are most likely.
    ///
    /// By golden sections over the logarithm, where the likelihood has one hill.
    ///
    /// - Parameter samples: Of all classes; without any the temperature is 1.
    /// - Returns: A temperature from 0.05 to 20.
    package static func temperature(of samples: [CalibrationSample]) -> Float {
        guard !samples.isEmpty else { return 1 }
        func loss(_ logarithm: Double) -> Double {
            let scale = exp(-logarithm)
            return samples.reduce(0) { $0 + lossOf($1, logit: $1.logit * scale) }
        }
        let ratio = (5.0.squareRoot() - 1) / 2
        var (low, high) = (log(0.05), log(20.0))
        var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
        var (leftLoss, rightLoss) = (loss(left), loss(right))
        while high - low > 1e-4 {
            if leftLoss < rightLoss {
                (high, right, rightLoss) = (right, left, leftLoss)
                left = high - ratio * (high - low)
                leftLoss = loss(left)
            } else {
                (low, left, leftLoss) = (left, right, rightLoss)
                right = low + ratio * (high - low)
                rightLoss = loss(right)
            }
        }
        return Float(exp((low + high) / 2))
    }

    /// Platt's scaling of one class.
    ///
    /// Newton's method with the targets of Platt (1999), as Lin, Lin and Weng (2007) put it: with
    /// few windows the scores stay away from 0 and 1.
    ///
    /// - Parameter samples: Of the class, logits after the temperature.
    /// - Returns: The scaling; nil where there are too few windows of either kind, or where lower
    ///   logits mean more of the class, which no scaling can fix.
    package static func platt(of samples: [CalibrationSample]) -> LogisticCalibration? {
        let heard = samples.count(where: \.isHeard)
        let others = samples.count - heard
        guard heard >= leastWindows, others >= leastWindows else { return nil }
        let high = Double(heard + 1) / Double(heard + 2)
        let low = 1 / Double(others + 2)
        func loss(_ slope: Double, _ offset: Double) -> Double {
            samples.reduce(0) { sum, sample in
                let logit = slope * sample.logit + offset
                return sum + softplus(logit) - (sample.isHeard ? high : low) * logit
            }
        }
        var (slope, offset) = (1.0, 0.0)
        var best = loss(slope, offset)
        for _ in 0..<100 {
            var (g0, g1, h00, h01, h11) = (0.0, 0.0, 1e-9, 0.0, 1e-9)
            for sample in samples {
                let p = 1 / (1 + exp(-(slope * sample.logit + offset)))
                let error = p - (sample.isHeard ? high : low)
                let weight = p * (1 - p)
                g0 += error * sample.logit
                g1 += error
                h00 += weight * sample.logit * sample.logit
                h01 += weight * sample.logit
                h11 += weight
            }
            let determinant = h00 * h11 - h01 * h01
            guard determinant > 0, abs(g0) + abs(g1) > 1e-6 * Double(samples.count) else { break }
            let (d0, d1) = (
                (h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant
            )
            var step = 1.0
            while step > 1e-10, loss(slope - step * d0, offset - step * d1) > best {
                step /= 2
            }
            guard step > 1e-10 else { break }
            (slope, offset) = (slope - step * d0, offset - step * d1)
            best = loss(slope, offset)
        }
        guard 0.01...100 ~= slope, abs(offset) <= 100 else { return nil }
        return LogisticCalibration(slope: Float(slope), offset: Float(offset))
    }

    /// The calibration of all classes.
    ///
    /// - Parameters:
    ///   - samples: For each class its samples.
    ///   - method: What is fitted.
    /// - Returns: The calibration; by `platt`, classes with too few windows keep their scores.
    package static func calibration(
        of samples: [[CalibrationSample]],
        method: CalibrationMethod
    ) -> ScoreCalibration {
        switch method {
        case .temperature:
            return ScoreCalibration(
                temperature: temperature(of: samples.flatMap(\.self)),
                classes: samples.map { _ in nil }
            )
        case .platt:
            return ScoreCalibration(temperature: 1, classes: samples.map(platt))
        }
    }

    /// The negative log likelihood of a sample if its logit were another one.
    private static func lossOf(_ sample: CalibrationSample, logit: Double) -> Double {
        softplus(sample.isHeard ? -logit : logit)
    }

    private static func softplus(_ value: Double) -> Double {
        value > 0 ? value + log1p(exp(-value)) : log1p(exp(value))
    }
}

/// How scores are calibrated.
package enum CalibrationMethod: String, CaseIterable, Sendable {
    /// One number by which the logits of all classes are divided.
    case temperature
    /// A slope and an offset for the logits of each class, of which there are enough windows.
    case platt
}

/// Under which familiarity a window is of no known class, fitted to annotated recordings.
///
/// The threshold keeps a given share of the windows in which a known sound is heard; what it is
/// worth shows in the share of the other windows that it rejects.
package struct OpenSetFit: Equatable, Sendable {
    /// How familiarity was measured.
    package let score: FamiliarityScore
    /// Windows less familiar than this are rejected.
    package let threshold: Float
    /// The windows with a known sound, and how many of them are kept.
    package let knownCount: Int
    package let keptCount: Int
    /// The windows without one, and how many of them are rejected.
    package let unknownCount: Int
    package let rejectedCount: Int
    /// The probability that a window with a known sound is more familiar than one without.
    package let rankingAccuracy: Double

    /// The share of the windows with a known sound that are kept.
    package var keptShare: Double { Double(keptCount) / Double(knownCount) }
    /// The share of the windows without a known sound that are rejected.
    package var rejectedShare: Double { Double(rejectedCount) / Double(unknownCount) }

    /// Fits the threshold.
    ///
    /// - Parameters:
    ///   - score: How the familiarity in the hops was measured.
    ///   - recordings: Judged recordings, with what is heard when.
    ///   - classNames: The classes that are known.
    ///   - keeping: The share of the windows with a known sound that are kept, 0...1.
    /// - Returns: The fit; nil where the recordings have no windows of either kind.
    package static func fit(
        _ score: FamiliarityScore,
        to recordings: [ScoredRecording],
        classNames: [String],
        keeping: Double
    ) -> OpenSetFit? {
        var known: [Float] = []
        var unknown: [Float] = []
        for recording in recordings {
            for hop in recording.hops {
                guard let familiarity = hop.familiarity else { continue }
                switch WindowLabels(of: hop, in: recording, classNames: classNames).isKnown {
                case true: known.append(familiarity)
                case false: unknown.append(familiarity)
                default: break
                }
            }
        }
        guard !known.isEmpty, !unknown.isEmpty else { return nil }
        known.sort()
        unknown.sort()
        // A share such as .9 is not exactly what it says in binary.
        let lost = Int(Double(known.count) * (1 - keeping) + 1e-9)
        let threshold = known[min(lost, known.count - 1)]
        return OpenSetFit(
            score: score,
            threshold: threshold,
            knownCount: known.count,
            keptCount: known.count { $0 >= threshold },
            unknownCount: unknown.count,
            rejectedCount: unknown.count { $0 < threshold },
            rankingAccuracy: rankingAccuracy(of: known, over: unknown)
        )
    }

    /// The area under the ROC curve, ties counting half; both are sorted.
    private static func rankingAccuracy(of known: [Float], over unknown: [Float]) -> Double {
        var (below, upTo) = (0, 0)
        var wins = 0.0
        for value in known {
            while below < unknown.count, unknown[below] < value { below += 1 }
            upTo = max(upTo, below)
            while upTo < unknown.count, unknown[upTo] <= value { upTo += 1 }
            wins += Double(below) + Double(upTo - below) / 2
        }
        return wins / Double(known.count) / Double(unknown.count)
    }
}
