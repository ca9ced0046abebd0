import Foundation
import SoundDatasets
import Testing

@testable import Evaluation

/// What other programs say of the cases in `Fixtures/references.json`.
struct ReferenceResults: Decodable {
    struct Recording: Decodable {
        let name: String
        let durationSeconds: Double
        let reference: [SoundRow]
        let detected: [SoundRow]?

        func compared(with detected: [SoundRow]) -> ComparedRecording {
            ComparedRecording(
                name: name,
                durationSeconds: durationSeconds,
                reference: reference.map(\.sound),
                detected: detected.map(\.sound)
            )
        }
    }

    struct Tally: Decodable {
        let precision: Double?
        let recall: Double?
        let f1: Double?
        let errorRate: Double
        let substitutionRate: Double
        let deletionRate: Double
        let insertionRate: Double
    }

    struct Counts: Decodable {
        let reference: Int
        let detected: Int
        let correct: Int
    }

    struct Results: Decodable {
        let overall: Tally
        let byClass: [String: Tally]
        let counts: [String: Counts]
    }

    struct EventResults: Decodable {
        let edges: String
        let collarSeconds: Double
        let offsetLengthShare: Double
        let results: Results
    }

    struct SegmentResults: Decodable {
        let segmentSeconds: Double
        let results: Results
    }

    struct SoundEventCase: Decodable {
        let classNames: [String]
        let recordings: [Recording]
        let event: [EventResults]
        let segment: [SegmentResults]
    }

    struct PSDResult: Decodable {
        let detectionTolerance: Double
        let referenceIntersection: Double
        let crossTriggerTolerance: Double
        let crossTriggerWeight: Double
        let instabilityWeight: Double
        let maximumRatePerHour: Double
        let value: Double
    }

    struct PSDCase: Decodable {
        let classNames: [String]
        let recordings: [Recording]
        let operatingPoints: [[[SoundRow]]]
        let scores: [PSDResult]
    }

    struct ClassificationCase: Decodable {
        let classCount: Int
        let actual: [Int]
        let predicted: [Int]
        let scores: [[Double]]
        let accuracy: Double
        let balancedAccuracy: Double
        let confusion: [[Int]]
        let precision: [Double]
        let recall: [Double]
        let f1: [Double]
        let averagePrecision: [Double?]
    }

    struct Interval: Decodable {
        let count: Int
        let confidence: Double
        let low: Double
        let high: Double
    }

    let sed: [SoundEventCase]
    let psds: [PSDCase]
    let classification: [ClassificationCase]
    let intervals: [Interval]

    /// Reads the file beside the tests.
    static func load() throws -> ReferenceResults {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/references.json")
        return try JSONDecoder().decode(ReferenceResults.self, from: Data(contentsOf: file))
    }
}

/// Fails unless two values, or their absence, agree to 1e-6.
func expectAgreement(
    _ value: Double?,
    _ reference: Double?,
    _ what: @autoclosure () -> String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    switch (value, reference) {
    case (nil, nil): return
    case (let value?, let reference?):
        #expect(
            abs(value - reference) <= 1e-6,
            "\(what()): \(value) is not \(reference)",
            sourceLocation: sourceLocation
        )
    default:
        Issue.record(
            "\(what()): \(String(describing: value)) is not \(String(describing: reference))",
            sourceLocation: sourceLocation
        )
    }
}

/// `[onset, offset, label]` in the references.
struct SoundRow: Decodable {
    let sound: LabelledSound

    init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        sound = LabelledSound(
            onsetSeconds: try row.decode(Double.self),
            offsetSeconds: try row.decode(Double.self),
            label: try row.decode(String.self)
        )
    }
}
