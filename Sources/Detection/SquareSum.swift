/// A sum of squared samples that does not depend on how the samples were cut into pieces.
///
/// Each sample goes to the lane of its position, modulo the number of lanes, and each lane adds
/// in order: any chunking does the same additions in the same order.
struct SquareSum {
    private static let laneCount = 8

    private var lanes = SIMD8<Double>()
    /// How many samples were added.
    private(set) var count = 0

    /// The sum over all samples added, linear.
    var total: Double {
        lanes.sum()
    }

    /// The mean over all samples added, linear; 0 when there are none.
    var mean: Double {
        count > 0 ? total / Double(count) : 0
    }

    /// Adds the samples of `range`.
    mutating func add(_ samples: Span<Float>, in range: Range<Int>) {
        var index = range.lowerBound
        while index < range.upperBound, count % Self.laneCount != 0 {
            addOne(samples[index])
            index += 1
        }
        while index + Self.laneCount <= range.upperBound {
            let eight = SIMD8<Double>(
                SIMD8<Float>(
                    samples[index],
                    samples[index + 1],
                    samples[index + 2],
                    samples[index + 3],
                    samples[index + 4],
                    samples[index + 5],
                    samples[index + 6],
                    samples[index + 7]
                )
            )
            lanes += eight * eight
            index += Self.laneCount
            count += Self.laneCount
        }
        while index < range.upperBound {
            addOne(samples[index])
            index += 1
        }
    }

    private mutating func addOne(_ sample: Float) {
        let value = Double(sample)
        lanes[count % Self.laneCount] += value * value
        count += 1
    }
}
