import Testing

@testable import LogMelFeatures

/// The features of the small model, against what its trainer computed of the reference clip.
@Suite struct BootstrapFrontEndTests {
    private func features(_ change: (inout FrontEnd) -> Void) throws -> [Float] {
        var frontEnd = try ReferenceModel.frontEnd()
        change(&frontEnd)
        return try FeatureExtractor.features(of: ReferenceModel.clip(), frontEnd)
    }

    @Test func melPowerEqualsTheTrainersToAHundredThousandth() throws {
        let reference = try ReferenceModel.array("ref_mel_power.npy")
        let power = try features {
            $0.compression = .none
            $0.normalisation = .none
        }
        try #require(power.count == reference.values.count)
        for (found, expected) in zip(power, reference.values) {
            #expect(abs(found - expected) <= 1e-5 * expected + 1e-7)
        }
    }

    @Test func logMelEqualsTheTrainers() throws {
        let reference = try ReferenceModel.array("ref_logmel.npy")
        let difference = try reference.difference(from: features { $0.normalisation = .none })
        #expect(difference.maximum <= 1e-4)
        print("earwitness: largest difference \(difference.maximum) of \(difference.range)")
    }

    @Test func normalisedLogMelEqualsTheTrainers() throws {
        let reference = try ReferenceModel.array("ref_logmel_norm.npy")
        let difference = try reference.difference(from: features { _ in })
        #expect(difference.maximum <= 1e-4)
    }

    @Test func fiveSecondsGive498Frames() throws {
        let frontEnd = try ReferenceModel.frontEnd()
        #expect(try ReferenceModel.array("ref_logmel.npy").shape == [498, 64])
        #expect(frontEnd.frameCount(forSamples: 80_000) == 498)
    }
}
