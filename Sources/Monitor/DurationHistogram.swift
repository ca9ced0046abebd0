import Messages
import Synchronization

/// Counts how long something took, by length.
package final class DurationHistogram: Sendable {
    /// The upper bounds that are counted up to, in seconds.
    private static let bounds = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
    ]

    private struct Counts {
        /// How many were in each bucket alone, the last of those beyond all bounds.
        var buckets = [Int](repeating: 0, count: bounds.count + 1)
        var sum = 0.0
    }

    private let counts = Mutex(Counts())

    /// Begins with nothing.
    package init() {}

    /// Counts a duration.
    package func add(_ duration: Duration) {
        let seconds = duration / .seconds(1)
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        counts.withLock { counts in
            counts.buckets[bucket] += 1
            counts.sum += seconds
        }
    }

    /// Runs something and counts how long it took.
    func measure<Value>(_ body: () throws -> Value) rethrows -> Value {
        let began = ContinuousClock.now
        defer { add(ContinuousClock.now - began) }
        return try body()
    }

    /// The samples of a histogram for Prometheus.
    ///
    /// - Parameter labels: What distinguishes them from others of the same metric.
    /// - Returns: The buckets, each with all that is in those before, the sum and the count.
    func samples(_ labels: [MetricFamily.Label] = []) -> [MetricFamily.Sample] {
        let (buckets, sum) = counts.withLock { ($0.buckets, $0.sum) }
        var total = 0
        var samples: [MetricFamily.Sample] = []
        for (index, count) in buckets.enumerated() {
            total += count
            let bound = index < Self.bounds.count ? "\(Self.bounds[index])" : "+Inf"
            samples.append(
                .init(
                    labels: labels + [.init("le", bound)],
                    value: Double(total),
                    suffix: "_bucket"
                )
            )
        }
        return samples + [
            .init(labels: labels, value: sum, suffix: "_sum"),
            .init(labels: labels, value: Double(total), suffix: "_count"),
        ]
    }
}
