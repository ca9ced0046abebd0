/// A wall clock: two ticks a second, each a click that rings in a small case.
enum ClockTick {
    static func render(rateHz: Double, random: inout SceneRandom) -> [Double] {
        let seconds = 5.0
        var samples = [Double](repeating: 0, count: Int(seconds * rateHz))
        var start = 0.1
        var isTick = true
        while start < seconds - 0.4 {
            let height = isTick ? 1 : 0.9
            strike(
                height,
                loudness: 0.29,
                at: start,
                rateHz: rateHz,
                random: &random,
                into: &samples
            )
            // The pallet lets go of one tooth, and a little later the next one falls on it.
            strike(
                height,
                loudness: 1,
                at: start + 0.02,
                rateHz: rateHz,
                random: &random,
                into: &samples
            )
            start += 0.5
            isTick.toggle()
        }
        var room = SceneRoom(decaySeconds: 0.16, decibels: -5, rateHz: rateHz)
        return samples.map { room.process($0) }
    }

    private static func strike(
        _ height: Double,
        loudness: Double,
        at start: Double,
        rateHz: Double,
        random: inout SceneRandom,
        into samples: inout [Double]
    ) {
        var ring = VocalTract(
            [
                (220 * height, 61, -8.5), (480 * height, 90, -3), (900 * height, 123, -15),
                (1_450 * height, 156, -7.5), (2_300 * height, 197, -4), (3_300 * height, 236, -5),
                (4_400 * height, 272, -2.5), (5_900 * height, 315, -0.5), (7_000, 343, -8),
            ],
            rateHz: rateHz
        )
        let first = Int(start * rateHz)
        for index in 0..<Int(0.16 * rateHz) {
            let blow = Double(index) / rateHz <= 0.0005 ? 1 + random.noise() : 0
            samples[first + index] += loudness * ring.process(blow)
        }
    }
}
