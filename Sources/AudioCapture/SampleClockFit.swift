/// The line through (sample index, capture time) of a device's recent periods.
///
/// A weighted least-squares fit with exponential forgetting. It smooths the jitter out of the
/// timestamps, says when a sample that was not seen would have been captured, and its slope is
/// the sound card's drift. Samples are measured against a nominal line, so that the sums stay
/// small; the origin of the sums moves with the newest sample, so that they stay well conditioned.
struct SampleClockFit: Sendable {
    /// After this time a measurement weighs 1/e.
    private static let memorySeconds = 60.0
    /// The evidence for the slope known beforehand, in s²: what periods of 5 ms jitter and
    /// cards within 0.5 ‰ are worth.
    private static let priorWeight = 100.0
    private static let largestDrift = 0.002

    private let secondsPerSample: Double
    private var anchorSample: Int64
    private var anchorTime: Int64
    private var originSample: Int64
    private var priorSlope: Double

    // Sums of weight, x, y, x², xy; x in s from `originSample`, y in s late of the nominal line.
    private var weight = 0.0
    private var sumX = 0.0
    private var sumY = 0.0
    private var sumXX = 0.0
    private var sumXY = 0.0

    /// Starts a line at one measurement.
    init(rateHz: Int, sample: Int64, time: Int64, slope: Double = 0) {
        secondsPerSample = 1 / Double(rateHz)
        anchorSample = sample
        anchorTime = time
        originSample = sample
        priorSlope = slope
        add(sample: sample, time: time)
    }

    /// Seconds gained per second by the wall against the samples: above 0 for a slow card.
    var slope: Double {
        guard weight > 0 else { return priorSlope }
        let spreadXX = max(sumXX - sumX * sumX / weight, 0)
        let spreadXY = sumXY - sumX * sumY / weight
        let slope =
            (spreadXY + Self.priorWeight * priorSlope) / (spreadXX + Self.priorWeight)
        return min(max(slope, -Self.largestDrift), Self.largestDrift)
    }

    /// When `sample` was, or will be, captured.
    func time(of sample: Int64) -> Int64 {
        let x = Double(sample - originSample) * secondsPerSample
        let late = weight > 0 ? (sumY + slope * (x * weight - sumX)) / weight : 0
        return nominalTime(of: sample) + Int64(late * 1e9)
    }

    /// The number of samples that fit into a stretch of time, at the fitted rate.
    func samples(in nanoseconds: Int64) -> Int64 {
        Int64((Double(nanoseconds) * 1e-9 / secondsPerSample / (1 + slope)).rounded())
    }

    /// Takes a measurement in: `sample` was captured at `time`, as far as is known.
    mutating func add(sample: Int64, time: Int64) {
        moveOrigin(to: sample)
        let late = Double(time - nominalTime(of: sample)) * 1e-9
        weight += 1
        sumY += late
    }

    private func nominalTime(of sample: Int64) -> Int64 {
        anchorTime + Int64(Double(sample - anchorSample) * secondsPerSample * 1e9)
    }

    private mutating func moveOrigin(to sample: Int64) {
        let step = Double(sample - originSample) * secondsPerSample
        originSample = sample
        let kept = 1 - min(max(step / Self.memorySeconds, 0), 1)
        sumXX = kept * (sumXX - 2 * step * sumX + step * step * weight)
        sumXY = kept * (sumXY - step * sumY)
        sumX = kept * (sumX - step * weight)
        sumY *= kept
        weight *= kept
    }
}
