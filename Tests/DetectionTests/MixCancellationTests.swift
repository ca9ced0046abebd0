import Detection
import Testing

@Suite struct MixCancellationTests {
    private static let rateHz = 8_000

    /// Frames of two channels from one noise: `right` gives the right sample of left and a second,
    /// unrelated noise.
    private func frames(seconds: Int, right: (_ left: Float, _ other: Float) -> Float) -> [Float] {
        var generator = Noise()
        return (0..<seconds * Self.rateHz).flatMap { _ in
            let left = generator.next()
            return [left, right(left, generator.next())]
        }
    }

    private struct Noise {
        var state: UInt32 = 1
        mutating func next() -> Float {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(Int32(bitPattern: state)) / 0x1p32
        }
    }

    private func cancellation(of samples: [Float], channels: Int = 2) -> MixCancellation? {
        var energies = ChannelEnergies(channelCount: channels)
        energies.add(samples.span)
        return energies.cancellation
    }

    @Test func oppositeChannelsCancelAndTheLossIsTold() throws {
        let found = try #require(cancellation(of: frames(seconds: 1) { left, _ in -left }))
        #expect(found.mixDBFS == -.infinity)
        #expect(found.lossText == "silent, unlike channel 1")
        let uneven = try #require(
            cancellation(of: frames(seconds: 1) { left, _ in left * -0.9 })
        )
        #expect(abs(uneven.lossDB - 26.02) < 0.01)
        #expect(uneven.loudestChannel == 0)
        #expect(uneven.lossText == "26 dB quieter than channel 1")
        #expect(cancellation(of: frames(seconds: 1) { left, other in other * 0.2 - left }) != nil)
    }

    @Test func equalUnrelatedAndSingleChannelsDoNotCancel() {
        #expect(cancellation(of: frames(seconds: 1) { left, _ in left }) == nil)
        #expect(cancellation(of: frames(seconds: 1) { _, other in other }) == nil)
        #expect(cancellation(of: frames(seconds: 1) { _, _ in 0 }) == nil)
        #expect(cancellation(of: frames(seconds: 1) { left, other in other - left * 0.5 }) == nil)
        // One microphone of eight connected: the mix is 18 dB quieter, and nothing cancels.
        let lone = frames(seconds: 1) { _, _ in 0 }.flatMap { sample -> [Float] in
            [sample, 0, 0, 0]
        }
        #expect(cancellation(of: lone, channels: 8) == nil)
        #expect(cancellation(of: [0, 0]) == nil)
        #expect(cancellation(of: frames(seconds: 1) { _, _ in .nan }) == nil)
    }

    @Test func theLeastSignificantBitOfSilenceIsNoSound() {
        #expect(
            cancellation(of: frames(seconds: 1) { left, _ in -left }.map { $0 / 0x1p15 }) == nil
        )
    }

    @Test func aLiveSourceIsReportedOnceWhenAWholeStretchShowsIt() {
        var watch = MixCancellationWatch(channelCount: 2, sampleRateHz: Self.rateHz)
        let same = frames(seconds: 1) { left, _ in left }
        let opposite = frames(seconds: 1) { left, _ in -left }
        var reportedAt: [Int] = []
        for second in 1...200 {
            let isTone = second == 5
            let found = watch.update((second <= 60 && !isTone ? same : opposite).span)
            if found != nil { reportedAt.append(second) }
        }
        #expect(reportedAt == [90])
    }
}
