import Foundation
import TestSupport
import Testing

@testable import LogMelFeatures

/// The small model's reference clip, and what its trainer computed of it.
enum ReferenceModel {
    /// Samples of the clip, a WAV of 16-bit mono with a 44-byte header.
    static func clip() throws -> [Float] {
        let data = try #require(
            FileManager.default.contents(atPath: ReferenceNetworks.path("ref_clip.wav"))
        )
        return stride(from: 44, to: data.count - 1, by: 2).map { offset in
            Float(Int16(bitPattern: UInt16(data[offset]) | UInt16(data[offset + 1]) << 8)) / 32_768
        }
    }

    static func array(_ name: String) throws -> ReferenceArray {
        try ReferenceArray(path: ReferenceNetworks.path(name))
    }

    /// The front end that the model states in its own words, as a value of ours.
    static func frontEnd() throws -> FrontEnd {
        struct Description: Decodable {
            struct Normalisation: Decodable {
                let mean: [Float]
                let std: [Float]
            }
            let frontend: Normalisation
        }
        let data = try #require(
            FileManager.default.contents(atPath: ReferenceNetworks.path("model.json"))
        )
        let stated = try JSONDecoder().decode(Description.self, from: data).frontend
        var frontEnd = Preset.earwitness.frontEnd
        frontEnd.normalisation = .perBand(mean: stated.mean, deviation: stated.std)
        return frontEnd
    }
}
