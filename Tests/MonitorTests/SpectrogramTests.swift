import Detection
import Foundation
import LogMelFeatures
import ModelLibrary
import TestSupport
import Testing

@testable import Monitor

/// The picture of a source's sound, in the bands of its model.
@Suite struct SpectrogramTests {
    private func tone(
        _ hertz: Double,
        dBFS level: Float,
        rateHz: Int,
        seconds: Double = 1
    ) -> [Float] {
        let amplitude = Double((2 * Decibels.meanSquare(ofLevel: level)).squareRoot())
        return (0..<Int(seconds * Double(rateHz))).map {
            Float(amplitude * sin(2 * .pi * hertz * Double($0) / Double(rateHz)))
        }
    }

    private func columns(
        of samples: [Float],
        _ layout: SpectrogramLayout,
        rateHz: Int,
        pieces: () -> Int = { 640 }
    ) throws -> [SpectrogramColumn] {
        let analysis = try SpectrogramAnalysis(layout, sourceRateHz: rateHz)
        var columns: [SpectrogramColumn] = []
        var first = 0
        while first < samples.count {
            let count = min(pieces(), samples.count - first)
            analysis.process(
                samples.span.extracting(first..<first + count),
                appendingTo: &columns
            )
            first += count
        }
        return columns
    }

    private static func level(_ byte: UInt8) -> Double {
        SpectrogramLayout.floorDB + SpectrogramLayout.stepDB * Double(byte)
    }

    /// A front end without mel bands, one with long hops, and one that emphasises and compresses.
    private static let frontEnds: [FrontEnd] = {
        var waveform = FrontEnd()
        waveform.representation = .waveform
        waveform.sampleRateHz = 48_000
        var slow = FrontEnd()
        slow.hopLength = 2_048
        slow.windowLength = 2_048
        slow.fftLength = 2_048
        var conditioned = FrontEnd()
        conditioned.sampleScale = 32_768
        conditioned.preEmphasis = 0.97
        conditioned.spectrum = .magnitude
        conditioned.melNormalisation = .area
        conditioned.compression = .pcen(PCENSettings())
        return [waveform, slow, conditioned]
    }()

    private func frontEnd(_ number: Int) throws -> FrontEnd {
        switch number {
        case 3: try ShippedModel.load("household-2").frontEnd
        case 4: try ReferenceModel.load().frontEnd
        default: Self.frontEnds[number]
        }
    }

    @Test(arguments: 0..<5, [16_000, 44_100])
    func aToneLightsTheBandOfItsFrequencyAtItsLevel(number: Int, rateHz: Int) throws {
        let layout = SpectrogramLayout(try frontEnd(number))
        let centres = layout.frequenciesHz
        let band = try #require(
            centres.indices.min { abs(centres[$0] - 1_000) < abs(centres[$1] - 1_000) }
        )
        let columns = try columns(
            of: tone(centres[band], dBFS: -20, rateHz: rateHz),
            layout,
            rateHz: rateHz
        )
        let middle = columns[columns.count / 2].levels
        #expect(middle.count == layout.bandCount)
        let loudest = try #require(middle.indices.max { middle[$0] < middle[$1] })
        #expect(loudest == band)
        #expect(abs(Self.level(middle[band]) + 20) < 2.5, "\(Self.level(middle[band]))")
        // Two octaves away there is nothing.
        let far = try #require(centres.firstIndex { $0 > 4_000 })
        #expect(Self.level(middle[far]) < -60)
    }

    @Test(arguments: 0..<5)
    func thereAreAtLeastTwentyColumnsASecondEachDatedByItsBeginning(number: Int) throws {
        let layout = SpectrogramLayout(try frontEnd(number))
        #expect(layout.columnsPerSecond >= 20)
        #expect(layout.columnsPerSecond <= 100)
        let quiet = [Float](repeating: 0, count: 16_000)
        let loud = tone(1_000, dBFS: -10, rateHz: 16_000)
        let columns = try columns(of: quiet + loud, layout, rateHz: 16_000)
        #expect(abs(Double(columns.count) - 2 * layout.columnsPerSecond) < 8)
        for (before, after) in zip(columns, columns.dropFirst()) {
            let step = after.startSeconds - before.startSeconds
            #expect(abs(step - 1 / layout.columnsPerSecond) < 1e-9)
        }
        #expect(columns[0].startSeconds == 0)
        let onset = try #require(columns.first { ($0.levels.max() ?? 0) > 100 })
        #expect(abs(onset.startSeconds - 1) < 0.15, "\(onset.startSeconds)")
    }

    @Test func silenceIsZeroInEveryBand() throws {
        let layout = SpectrogramLayout(FrontEnd())
        let columns = try columns(
            of: [Float](repeating: 0, count: 16_000),
            layout,
            rateHz: 16_000
        )
        #expect(!columns.isEmpty)
        #expect(columns.allSatisfy { $0.levels.allSatisfy { $0 == 0 } })
    }

    @Test func theColumnsDoNotDependOnThePiecesThatTheSoundComesIn() throws {
        let layout = SpectrogramLayout(FrontEnd())
        let scene = Array(DemoSound.samples(rateHz: 44_100).prefix(44_100 * 5))
        let whole = try columns(of: scene, layout, rateHz: 44_100) { scene.count }
        var random = SeededNumbers(seed: 9)
        let pieces = try columns(of: scene, layout, rateHz: 44_100) {
            Int.random(in: 1...5_000, using: &random)
        }
        #expect(whole.count > 100)
        #expect(whole == pieces)
    }

    @Test func oneSampleThatIsNoNumberSpoilsNoLaterColumn() throws {
        let layout = SpectrogramLayout(FrontEnd())
        var samples = tone(1_000, dBFS: -20, rateHz: 16_000)
        samples[1_000] = .nan
        let columns = try columns(of: samples, layout, rateHz: 16_000)
        #expect((columns.last?.levels.max() ?? 0) > 180)
    }
}

/// Whoever follows a source live.
@Suite struct LiveOutletTests {
    private func all(_ stream: AsyncStream<Int>) async -> [Int] {
        await stream.reduce(into: []) { $0.append($1) }
    }

    @Test func aSlowFollowerLosesTheOldestAndTheOthersNothing() async {
        let outlet = LiveOutlet<Int>(capacity: 3)
        let slow = outlet.follow()
        (1...5).forEach(outlet.publish)
        let late = outlet.follow()
        outlet.publish(6)
        outlet.finish()
        #expect(await all(slow) == [4, 5, 6])
        #expect(await all(late) == [6])
        #expect(await all(outlet.follow()).isEmpty)
    }

    @Test func onlyAFollowerOfASourceThatDeliversNothingIsDismissed() async {
        let outlet = LiveOutlet<Int>(capacity: 3)
        let stream = outlet.follow()
        outlet.dismiss(silentFor: .seconds(3_600))
        #expect(outlet.followerCount == 1)
        outlet.dismiss(silentFor: .zero)
        #expect(outlet.followerCount == 0)
        #expect(await all(stream).isEmpty)
        let next = outlet.follow()
        outlet.publish(1)
        outlet.finish()
        #expect(await all(next) == [1])
    }

    @Test func whoStopsFollowingIsForgotten() async {
        let outlet = LiveOutlet<Int>(capacity: 3)
        let task = Task { await all(outlet.follow()) }
        while outlet.followerCount == 0 { await Task.yield() }
        task.cancel()
        _ = await task.value
        #expect(outlet.followerCount == 0)
    }
}
