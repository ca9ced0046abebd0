/// Numbers that look random and are the same in every run.
struct SmallNumbers {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// A number between `low` and `high`.
    mutating func next(_ low: Float = -1, _ high: Float = 1) -> Float {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return low + (high - low) * Float(state >> 40) / Float(1 << 24)
    }

    mutating func array(_ count: Int, _ low: Float = -1, _ high: Float = 1) -> [Float] {
        (0..<count).map { _ in next(low, high) }
    }
}
