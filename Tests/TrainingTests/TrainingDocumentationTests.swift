import Foundation
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
        for child in Mirror(reflecting: AugmentationSettings()).children {
            guard let label = child.label else { continue }
            #expect(text.contains("`\(label)`"), "\(label)")
        }
    }
}
