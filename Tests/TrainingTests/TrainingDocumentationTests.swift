import Foundation
import Settings
import Testing

@testable import Training

/// Holds docs/training.md against the code.
@Suite struct TrainingDocumentationTests {
    private let text: String

    init() throws {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        text = try String(
            contentsOf: root.appendingPathComponent("docs/training.md"),
            encoding: .utf8
        )
    }

    @Test func everyArchitectureIsDocumentedWithItsSize() throws {
        for architecture in Architecture.allCases {
            let plan = try TrainingPlan(
                NetworkDesign(architecture).network(classCount: 10, seed: 1),
                inputShapes: [
                    Architecture.inputName: NetworkDesign(architecture).inputShape(batch: 2)
                ],
                output: Architecture.logitsName
            )
            let thousands = plan.parameterCount / 1_000
            let rest = "\(1_000 + plan.parameterCount % 1_000)".dropFirst()
            let row = text.split(separator: "\n").first {
                $0.hasPrefix("| `\(architecture.rawValue)` |")
            }
            #expect(
                row?.hasSuffix("| \(thousands),\(rest) |") == true,
                "\(architecture.rawValue): \(plan.parameterCount)"
            )
        }
    }

    @Test func everyOperatorWithAGradientIsDocumented() {
        let words = Set(text.split { !$0.isLetter && !$0.isNumber }.map(String.init))
        let missing = StepRegistry.operators.filter { !words.contains($0) }
        #expect(missing.isEmpty)
    }

    @Test func everyAugmentationSettingIsDocumented() {
        #expect(
            AugmentationSettings.table.rows.count
                == Mirror(reflecting: AugmentationSettings()).children.count
        )
        for row in AugmentationSettings.table.rows {
            #expect(text.contains("`\(row.key)`"), "\(row.key)")
        }
    }

    @Test func everyKeyOfARecipeIsDocumented() {
        let settings = TrainingSettings.table.descriptions(defaults: TrainingSettings())
        for setting in settings {
            let row = text.split(separator: "\n").first { $0.hasPrefix("| `\(setting.key)` |") }
            #expect(row?.contains("| \(setting.defaultText) |") == true, "\(setting)")
        }
        for setting in WaveformSettings.table.descriptions(defaults: WaveformSettings()) {
            let row = "| `\(setting.key)` | \(setting.defaultText) |"
            #expect(text.contains(row), "\(row)")
        }
        let keys =
            TrainingRecipe.table.rows.map(\.key) + RecordingSource.table.rows.map(\.key)
            + KindShare.table.rows.map { "kinds.NAME.\($0.key)" }
        for key in keys {
            #expect(text.contains("`\(key)`") || text.contains("`\(key)."), "\(key)")
        }
    }
}
