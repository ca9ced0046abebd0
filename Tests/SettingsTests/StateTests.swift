import Detection
import Foundation
import Settings
import Testing

@Suite struct ThresholdOverridesTests {
    private let folder: ConfigurationFolder
    private var path: String { "\(folder.path)/overrides.yaml" }

    init() throws {
        folder = try ConfigurationFolder()
    }

    @Test func withoutAFileNothingIsOverridden() throws {
        #expect(ThresholdOverrides.read(path).thresholds.isEmpty)
    }

    @Test func whatIsSetIsReadAgain() throws {
        try ThresholdOverrides.set("dog_bark", to: ClassChange(on: 0.7), in: path)
        try ThresholdOverrides.set("it's: odd", to: ClassChange(on: 0.123456), in: path)
        try ThresholdOverrides.set("dog_bark", to: ClassChange(on: 0.75), in: path)
        #expect(
            ThresholdOverrides.read(path).thresholds
                == ["dog_bark": 0.75, "it's: odd": 0.123456]
        )
    }

    @Test func resettingOneClassKeepsTheOthers() throws {
        try ThresholdOverrides.set("rain", to: ClassChange(on: 0.9), in: path)
        try ThresholdOverrides.set("speech", to: ClassChange(on: 0.5), in: path)
        try ThresholdOverrides.reset(["rain"], in: path)
        #expect(ThresholdOverrides.read(path).thresholds == ["speech": 0.5])
    }

    @Test func resettingAllLeavesAnEmptyFileThatReads() throws {
        try ThresholdOverrides.set("rain", to: ClassChange(on: 0.9), in: path)
        try ThresholdOverrides.resetAll(in: path)
        #expect(ThresholdOverrides.read(path).thresholds.isEmpty)
        #expect(try folder.read("overrides.yaml").hasSuffix("thresholds: {}\n"))
    }

    @Test func writingLeavesNoOtherFileBehind() throws {
        try ThresholdOverrides.set("rain", to: ClassChange(on: 0.9), in: path)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["overrides.yaml"]
        )
    }

    @Test(arguments: [
        "", String(repeating: "\0", count: 4_096), "thresholds: [broken]\n", "- 1\n", "thresh",
        "thresholds:\n  'rain': 0.7\n  'sea_wa", "\u{1}\u{2}", "thresholds: {rain: high}\n",
    ])
    func aDamagedFileCountsAsNoneAndIsSetAsideBeforeItIsWritten(content: String) throws {
        _ = try folder.write(content, to: "overrides.yaml")
        let found = ThresholdOverrides.read(path)
        #expect(found.damage != nil)
        #expect(found.byKeyIsEmpty)
        let written = try ThresholdOverrides.set("rain", to: ClassChange(on: 0.9), in: path)
        let aside = try #require(written.asidePath)
        #expect(aside.hasPrefix("\(path).damaged-"))
        #expect(try String(contentsOfFile: aside, encoding: .utf8) == content)
        #expect(ThresholdOverrides.read(path).thresholds == ["rain": 0.9])
    }

    @Test func bytesThatAreNoTextAFolderAndALinkToNothingAreSetAside() throws {
        let files = FileManager.default
        try Data([0xFF, 0xFE, 0x00, 0x80]).write(to: URL(fileURLWithPath: path))
        #expect(
            try ThresholdOverrides.set("rain", to: ClassChange(on: 0.9), in: path).asidePath != nil
        )
        try files.removeItem(atPath: path)
        try files.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(ThresholdOverrides.read(path).damage == "it is a folder")
        #expect(
            try ThresholdOverrides.set("rain", to: ClassChange(on: 0.8), in: path).asidePath != nil
        )
        try files.removeItem(atPath: path)
        try files.createSymbolicLink(atPath: path, withDestinationPath: "/nowhere/else")
        #expect(ThresholdOverrides.read(path).damage != nil)
        #expect(
            try ThresholdOverrides.set("rain", to: ClassChange(on: 0.7), in: path).asidePath != nil
        )
        #expect(ThresholdOverrides.read(path).thresholds == ["rain": 0.7])
    }

    @Test func ofAFileOfALaterVersionWhatIsKnownHoldsAndTheFileIsKeptWhenItIsWritten() throws {
        let content = "quiet: {from: '22:30'}\nthresholds:\n  rain: 0.7\n  snow: {on: 0.5}\n"
        _ = try folder.write(content, to: "overrides.yaml")
        let found = ThresholdOverrides.read(path)
        #expect(found.damage == nil)
        #expect(found.thresholds == ["rain": 0.7])
        #expect(found.leftOut.map(\.key) == ["quiet", "thresholds.snow"])
        let written = try ThresholdOverrides.set("speech", to: ClassChange(on: 0.6), in: path)
        #expect(ThresholdOverrides.read(path).thresholds == ["rain": 0.7, "speech": 0.6])
        let aside = try #require(written.asidePath)
        #expect(try String(contentsOfFile: aside, encoding: .utf8) == content)
    }

    @Test func aFileOfOnlyUnknownKeysIsALaterVersionsAndStaysWhereItIs() throws {
        _ = try folder.write("quiet: {from: '22:30'}\n", to: "overrides.yaml")
        let found = ThresholdOverrides.read(path)
        #expect(found.damage == nil)
        #expect(found.leftOut.count == 1)
    }

    @Test func aFileThatIsDamagedWhileTheServiceRunsIsReplacedByWhatIsInForce() throws {
        let inForce = try ThresholdOverrides.set("rain", to: ClassChange(on: 0.9), in: path)
        _ = try folder.write("\0\0\0", to: "overrides.yaml")
        try ThresholdOverrides.set("speech", to: ClassChange(on: 0.5), in: path, lastGood: inForce)
        #expect(ThresholdOverrides.read(path).thresholds == ["rain": 0.9, "speech": 0.5])
    }

    @Test func theAdviceIsForWhatIsWrong() {
        let full = ConfigurationError.unwritable(path: "/x", reason: "no space left", isFull: true)
        #expect(full.description == "Cannot write '/x': no space left. Free some space.")
        let forbidden = ConfigurationError.unwritable(path: "/x", reason: "Permission denied")
        #expect(forbidden.description.hasSuffix("Make its folder writable for this user."))
    }

    @Test func aFolderThatIsNotThereIsNamed() {
        #expect(
            throws: ConfigurationError.unwritable(
                path: "/nowhere/overrides.yaml",
                reason: "No such file or directory"
            )
        ) {
            try ThresholdOverrides.set(
                "rain",
                to: ClassChange(on: 0.9),
                in: "/nowhere/overrides.yaml"
            )
        }
    }

    @Test func whatIsSetForAModelIsKeptApartFromWhatIsSetForTheClass() throws {
        try ThresholdOverrides.set("rain", to: ClassChange(on: 0.9), in: path)
        try ThresholdOverrides.set("rain", of: "it's new", to: ClassChange(on: 0.25), in: path)
        let read = ThresholdOverrides.read(path)
        #expect(read.threshold(of: "rain", in: "it's new") == 0.25)
        #expect(read.threshold(of: "rain", in: "house") == 0.9)
        try ThresholdOverrides.reset(["rain"], in: path)
        #expect(ThresholdOverrides.read(path).threshold(of: "rain", in: "it's new") == nil)
    }

    @Test func whatIsTakenBackForOneModelStaysInForceForTheOthers() throws {
        try ThresholdOverrides.set("rain", to: ClassChange(on: 0.9), in: path)
        try ThresholdOverrides.reset(["rain"], of: "a", others: { _ in ["b"] }, in: path)
        let read = ThresholdOverrides.read(path)
        #expect(read.threshold(of: "rain", in: "a") == nil)
        #expect(read.threshold(of: "rain", in: "b") == 0.9)
        #expect(read.thresholds.isEmpty)
    }
}

extension ThresholdOverridesTests {
    @Test func aSwitchIsReadAgainBesideTheThresholdAndIsResetWithIt() throws {
        try ThresholdOverrides.set("rain", to: ClassChange(on: 0.9), in: path)
        try ThresholdOverrides.set("rain", to: ClassChange(isReported: false), in: path)
        try ThresholdOverrides.set("rain", of: "new", to: ClassChange(isReported: true), in: path)
        let read = ThresholdOverrides.read(path)
        #expect(read.change(of: "rain", in: "house") == ClassChange(on: 0.9, isReported: false))
        #expect(read.change(of: "rain", in: "new") == ClassChange(on: 0.9, isReported: true))
        #expect(read.leftOut.isEmpty)
        try ThresholdOverrides.reset(["rain"], of: "new", others: { _ in ["house"] }, in: path)
        let left = ThresholdOverrides.read(path)
        #expect(left.change(of: "rain", in: "house") == ClassChange(on: 0.9, isReported: false))
        #expect(left.change(of: "rain", in: "new") == ClassChange())
        try ThresholdOverrides.reset(["rain"], in: path)
        #expect(ThresholdOverrides.read(path).change(of: "rain", in: "house") == ClassChange())
    }

    @Test func aSwitchWinsOverTheConfigurationInEitherDirection() throws {
        let model = ModelRules(name: "house", classNames: ["rain", "siren"])
        var detection = DetectionConfiguration()
        var off = ClassRuleOverlay()
        off.isEnabled = false
        detection.rules.classes = ["rain": off]
        #expect(!detection.settings(for: model).reports("rain"))
        try ThresholdOverrides.set("rain", to: ClassChange(isReported: true), in: path)
        let overrides = try ThresholdOverrides.set(
            "siren",
            of: "house",
            to: ClassChange(isReported: false),
            in: path
        )
        let settings = detection.settings(for: model, thresholds: overrides)
        #expect(settings.reports("rain") && !settings.reports("siren"))
    }

    @Test func aSwitchIsShownWithItsOriginAndAChangeOfItAppliesAtOnce() throws {
        try ThresholdOverrides.set("rain", to: ClassChange(isReported: false), in: path)
        var configuration = MonitorConfiguration()
        let before = configuration
        configuration.readOverrides(path)
        let shown = try #require(configuration.shownSettings().last)
        #expect(shown.key == "reported.rain" && shown.value == "false")
        #expect(shown.origin.description == "\(path):4")
        #expect(
            before.changes(to: configuration).map(\.description)
                == ["reported.rain: unset -> false"]
        )
    }
}

extension ThresholdOverrides {
    fileprivate var byKeyIsEmpty: Bool { thresholds.isEmpty && models.isEmpty }
}

@Suite struct StateLocationTests {
    @Test func systemdsDirectoriesComeFirst() {
        let location = StateLocation(
            environment: [
                "STATE_DIRECTORY": "/var/lib/private/earwitness:/var/lib/other",
                "RUNTIME_DIRECTORY": "/run/earwitness-2",
            ],
            userID: 0
        )
        #expect(location.databasePath == "/var/lib/private/earwitness/events.sqlite")
        #expect(location.socketPath == "/run/earwitness-2/api.sock")
        #expect(location.stateOrigin == .environment(variable: "STATE_DIRECTORY"))
    }

    @Test func rootUsesTheSystemsPlaces() {
        let location = StateLocation(
            environment: ["XDG_STATE_HOME": "/x", "XDG_RUNTIME_DIR": "/y"],
            userID: 0
        )
        #expect(location.stateDirectory == "/var/lib/earwitness")
        #expect(location.clientSocketPaths == ["/run/earwitness/api.sock"])
        #expect(location.configuration.path == "/etc/earwitness/earwitness.yaml")
        #expect(!location.configuration.isExplicit)
    }

    @Test func aUserHasPlacesOfTheirOwn() {
        let location = StateLocation(
            environment: ["HOME": "/home/kim", "XDG_RUNTIME_DIR": "/run/user/1000"],
            userID: 1000
        )
        #expect(location.overridesPath == "/home/kim/.local/state/earwitness/overrides.yaml")
        #expect(
            location.clientSocketPaths == [
                "/run/user/1000/earwitness/api.sock", "/run/earwitness/api.sock",
            ]
        )
    }

    @Test func aRelativeDirectoryInTheEnvironmentIsIgnored() {
        let location = StateLocation(
            environment: ["HOME": "/home/kim", "XDG_STATE_HOME": "state"],
            userID: 1000
        )
        #expect(location.stateDirectory == "/home/kim/.local/state/earwitness")
        #expect(location.runtimeDirectory == location.stateDirectory)
    }

    @Test func theOptionWinsOverTheEnvironment() {
        let environment = ["EARWITNESS_CONFIG": "/a.yaml"]
        #expect(ConfigurationPath(option: "/b.yaml", environment: environment).path == "/b.yaml")
        let named = ConfigurationPath(option: nil, environment: environment)
        #expect(named.path == "/a.yaml")
        #expect(named.origin.description == "environment ($EARWITNESS_CONFIG)")
    }
}
