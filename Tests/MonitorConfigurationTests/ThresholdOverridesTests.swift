import Foundation
import MonitorConfiguration
import Testing

@Suite struct ThresholdOverridesTests {
    private let folder: ConfigurationFolder
    private var path: String { "\(folder.path)/overrides.yaml" }

    init() throws {
        folder = try ConfigurationFolder()
    }

    @Test func withoutAFileNothingIsOverridden() throws {
        #expect(try ThresholdOverrides.read(path).thresholds.isEmpty)
    }

    @Test func whatIsSetIsReadAgain() throws {
        try ThresholdOverrides.set("dog_bark", to: 0.7, in: path)
        try ThresholdOverrides.set("it's: odd", to: 0.123456, in: path)
        try ThresholdOverrides.set("dog_bark", to: 0.75, in: path)
        #expect(
            try ThresholdOverrides.read(path).thresholds
                == ["dog_bark": 0.75, "it's: odd": 0.123456]
        )
    }

    @Test func resettingOneClassKeepsTheOthers() throws {
        try ThresholdOverrides.set("rain", to: 0.9, in: path)
        try ThresholdOverrides.set("speech", to: 0.5, in: path)
        try ThresholdOverrides.reset(["rain"], in: path)
        #expect(try ThresholdOverrides.read(path).thresholds == ["speech": 0.5])
    }

    @Test func resettingAllLeavesAnEmptyFileThatReads() throws {
        try ThresholdOverrides.set("rain", to: 0.9, in: path)
        try ThresholdOverrides.resetAll(in: path)
        #expect(try ThresholdOverrides.read(path).thresholds.isEmpty)
        #expect(try folder.read("overrides.yaml").hasSuffix("thresholds: {}\n"))
    }

    @Test func writingLeavesNoOtherFileBehind() throws {
        try ThresholdOverrides.set("rain", to: 0.9, in: path)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["overrides.yaml"]
        )
    }

    @Test func aFileThatCannotBeReadIsNotOverwritten() throws {
        _ = try folder.write("thresholds: [broken]\n", to: "overrides.yaml")
        #expect(throws: ConfigurationError.self) {
            try ThresholdOverrides.set("rain", to: 0.9, in: path)
        }
        #expect(try folder.read("overrides.yaml") == "thresholds: [broken]\n")
    }

    @Test func aFolderThatIsNotThereIsNamed() {
        #expect(
            throws: ConfigurationError.unwritable(
                path: "/nowhere/overrides.yaml",
                reason: "No such file or directory"
            )
        ) {
            try ThresholdOverrides.set("rain", to: 0.9, in: "/nowhere/overrides.yaml")
        }
    }

    @Test func whatIsSetForAModelIsKeptApartFromWhatIsSetForTheClass() throws {
        try ThresholdOverrides.set("rain", to: 0.9, in: path)
        try ThresholdOverrides.set("rain", of: "it's new", to: 0.25, in: path)
        let read = try ThresholdOverrides.read(path)
        #expect(read.threshold(of: "rain", in: "it's new") == 0.25)
        #expect(read.threshold(of: "rain", in: "house") == 0.9)
        try ThresholdOverrides.reset(["rain"], in: path)
        #expect(try ThresholdOverrides.read(path).threshold(of: "rain", in: "it's new") == nil)
    }

    @Test func whatIsTakenBackForOneModelStaysInForceForTheOthers() throws {
        try ThresholdOverrides.set("rain", to: 0.9, in: path)
        try ThresholdOverrides.reset(["rain"], of: "a", others: { _ in ["b"] }, in: path)
        let read = try ThresholdOverrides.read(path)
        #expect(read.threshold(of: "rain", in: "a") == nil)
        #expect(read.threshold(of: "rain", in: "b") == 0.9)
        #expect(read.thresholds.isEmpty)
    }
}
