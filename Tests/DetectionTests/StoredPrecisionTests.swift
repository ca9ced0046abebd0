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

    private func rounded(_ envelope: [Float]) -> [UInt8] {
        var rounding = EnvelopeRounding()
        return envelope.map { rounding.byte(ofMeanSquare: $0) }
    }

    @Test func everyByteStandsForWhatIsStoredAsThatByte() {
        let scores = [0, 4, 8, 12] + Array(16...StoredPrecision.fullScoreByte)
        for byte in scores {
            let score = StoredPrecision.score(ofByte: byte)
            #expect(StoredPrecision.byte(ofScore: score) == byte)
        }
        for byte in UInt8.min...UInt8.max {
            #expect(StoredPrecision.byte(ofLevel: StoredPrecision.level(ofByte: byte)) == byte)
        }
    }

    @Test func aHopIsCloseToWhatWasHeardAndTheSameWhenStoredAgain() {
        let heard = hop(
            scores: [0, 0.123, 0.9999, 1, 1.2, -0.1, 0.02, 0.06],
            levels: [-20.3, -126.9, -300, 3]
        )
        let stored = heard.inStoredPrecision
        #expect(stored == stored.inStoredPrecision)
        for (score, byte) in zip(stored.scores, [0, 31, 253, 254, 254, 0, 4, 16] as [Float]) {
            #expect(score == byte / 254)
        }
        #expect(stored.levelDBFS == -20.5)
        let levels = stored.envelope.map(Decibels.level(ofMeanSquare:))
        for (level, expected) in zip(levels, [-20, -126, -126, 0] as [Float]) {
            #expect(abs(level - expected) < 1e-3)
        }
        #expect((stored.window, stored.hop) == (heard.window, heard.hop))
    }

    @Test func aSteadySoundKeepsItsLevelThoughItsStepsAreCoarse() {
        for level in stride(from: Float(-100), through: -1, by: 0.37) {
            let envelope = [Float](repeating: Decibels.meanSquare(ofLevel: level), count: 24)
            let bytes = rounded(envelope)
            #expect(Set(bytes).count <= 3)
            let energies = bytes.map(StoredPrecision.meanSquare(ofByte:))
            let mean = energies.reduce(0, +) / Float(energies.count)
            #expect(abs(Decibels.level(ofMeanSquare: mean) - level) < 0.1, "\(level)")
            #expect(rounded(energies) == bytes)
        }
    }

    @Test func digitalSilenceStaysSilent() {
        let stored = hop(scores: [], levels: [-.infinity]).inStoredPrecision
        #expect(stored.levelDBFS == -.infinity && stored.envelope == [0])
    }
}
