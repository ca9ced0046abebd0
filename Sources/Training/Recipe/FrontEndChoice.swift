import Foundation
package import LogMelFeatures
import ModelLibrary
import Settings

/// A front end as one names it to a training: a preset, or a file with the section `front_end` of a
/// `model.yaml`.
package struct FrontEndChoice: Equatable, Sendable {
    /// From samples to features.
    package private(set) var frontEnd = FrontEnd()

    private init() {}

    /// Finds a front end.
    ///
    /// - Parameter name: The name of a preset or the path of a YAML file.
    /// - Throws: That there is neither, or every problem of the file with its line.
    package init(_ name: String) throws(TrainingError) {
        if let preset = Preset(rawValue: name) {
            frontEnd = preset.frontEnd
            return
        }
        guard let text = try? String(contentsOf: URL(fileURLWithPath: name), encoding: .utf8) else {
            let presets = Preset.allCases.map(\.rawValue).joined(separator: ", ")
            throw .unsupportedFrontEnd(
                reason: "'\(name)' is neither a file nor one of the presets \(presets)"
            )
        }
        var reading = DocumentReading()
        do {
            let document = try YAMLReader.read(text, file: name, reading: &reading)
            Self.settings.read(document, path: "", into: &self, reading: &reading)
        } catch {
            reading.report(error)
        }
        if let problem = reading.problems.first {
            throw .unsupportedFrontEnd(reason: problem.description)
        }
    }

    private static let settings = SettingsTable<FrontEndChoice>([
        SettingsRow.node(
            "front_end",
            \.frontEnd,
            allowed: "a section, see docs/front-ends.md",
            "What the network's input is, from samples to features.",
            read: ModelDescription.readFrontEnd
        ).required
    ])
}
