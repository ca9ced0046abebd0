import Testing

@testable import Detection

@Suite struct StoredPrecisionTests {
    private func hop(scores: [Float], levels: [Float]) -> ScoredHop {
        ScoredHop(
            window: .zero..<SampleTime(1_000),
            hop: .zero..<SampleTime(1_000),
            gate: .open,
            scores: scores,
            levelDBFS: levels.first ?? -.infinity,
            envelope: levels.map(Decibels.meanSquare(ofLevel:))
        )
    }

    @Test func everyByteStandsForWhatIsStoredAsThatByte() {
        for byte in 0...StoredPrecision.fullScoreByte {
            let score = StoredPrecision.score(ofByte: byte)
            #expect(StoredPrecision.byte(ofScore: score) == byte)
        }
        for byte in UInt8.min...UInt8.max {
            let meanSquare = StoredPrecision.meanSquare(ofByte: byte)
            #expect(StoredPrecision.byte(ofMeanSquare: meanSquare) == byte)
            #expect(StoredPrecision.byte(ofLevel: StoredPrecision.level(ofByte: byte)) == byte)
        }
    }

    @Test func aHopIsCloseToWhatWasHeardAndTheSameWhenStoredAgain() {
        let heard = hop(
            scores: [0, 0.123, 0.9999, 1, 1.2, -0.1],
            levels: [-20.3, -126.9, -300, 3]
        )
        let stored = heard.inStoredPrecision
        #expect(stored == stored.inStoredPrecision)
        for (score, byte) in zip(stored.scores, [0, 31, 253, 254, 254, 0] as [Float]) {
            #expect(score == byte / 254)
        }
        #expect(stored.levelDBFS == -20.5)
        let levels = stored.envelope.map(Decibels.level(ofMeanSquare:))
        for (level, expected) in zip(levels, [-20.5, -127, -127, 0] as [Float]) {
            #expect(abs(level - expected) < 1e-3)
        }
        #expect((stored.window, stored.hop) == (heard.window, heard.hop))
    }

    @Test func digitalSilenceStaysSilent() {
        let stored = hop(scores: [], levels: [-.infinity]).inStoredPrecision
        #expect(stored.levelDBFS == -.infinity && stored.envelope == [0])
    }
}
