import Detection
import Settings
import Testing

@Suite struct ClassRuleOverlayTests {
    @Test func anEmptyOverlayChangesNothing() {
        #expect(ClassRuleOverlay().applied(to: ClassRule()) == ClassRule())
    }

    @Test func movingOnAloneMovesOffInProportion() {
        var overlay = ClassRuleOverlay()
        overlay.on = 0.4
        let rule = overlay.applied(to: ClassRule())
        #expect(rule.on == 0.4)
        #expect(rule.off == 0.25)
    }

    @Test func offNeverLiesAboveOn() {
        var overlay = ClassRuleOverlay()
        overlay.off = 0.9
        #expect(overlay.applied(to: ClassRule()).off == 0.8)
        overlay.on = 0
        #expect(overlay.applied(to: ClassRule()).off == 0)
    }

    @Test func offAboveOnInOneOverlayIsAContradiction() {
        var overlay = ClassRuleOverlay()
        overlay.on = 0.5
        overlay.off = 0.6
        #expect(overlay.contradiction()?.key == "off")
    }

    @Test(arguments: [
        ("7", WindowSmoothing(windows: 7)), ("mean 1", WindowSmoothing(windows: 1)),
        ("median 5", WindowSmoothing(kind: .median, windows: 5)),
        ("exponential 64", WindowSmoothing(kind: .exponential, windows: 64)),
        ("0", nil), ("65", nil), ("mode 3", nil), ("mean", nil), ("mean 3 4", nil),
    ])
    func smoothingIsANumberOfWindowsWithOrWithoutItsKind(text: String, value: WindowSmoothing?) {
        #expect(read("smoothing: \(text)").smoothing == value)
    }

    @Test(arguments: [
        ("2 of 3", WindowConfirmation(hits: 2, windows: 3)),
        ("1 of 1", WindowConfirmation(hits: 1, windows: 1)),
        ("3 of 2", nil), ("0 of 2", nil), ("2", nil), ("2 in 3", nil), ("1 of 65", nil),
    ])
    func confirmationIsSomeOfSoManyWindows(text: String, value: WindowConfirmation?) {
        #expect(read("confirmation: \(text)").confirmation == value)
    }

    @Test func maximumDurationCanBeSwitchedOffOverAModelsOwn() {
        var rule = ClassRule()
        rule.maxDurationSeconds = 30
        #expect(read("max_duration_s: off").applied(to: rule).maxDurationSeconds == nil)
        #expect(read("max_duration_s: 60").applied(to: rule).maxDurationSeconds == 60)
        #expect(read("on: 0.5").applied(to: rule).maxDurationSeconds == 30)
    }

    private func read(_ text: String) -> ClassRuleOverlay {
        var overlay = ClassRuleOverlay()
        var reading = DocumentReading()
        if let node = try? YAMLReader.read(text, file: "f", reading: &reading) {
            ClassRuleOverlay.settings.read(node, path: "", into: &overlay, reading: &reading)
        }
        return overlay
    }
}

@Suite struct SeveralModelsTests {
    private let folder: ConfigurationFolder
    private let house = ModelRules(name: "house", classNames: ["dog_bark", "rain"])
    private let birds = ModelRules(name: "birds", classNames: ["blackbird", "dog_bark"])

    init() throws {
        folder = try ConfigurationFolder()
    }

    private func load(_ text: String, overrides: String? = nil) throws -> MonitorConfiguration {
        try MonitorConfiguration.load(
            path: try folder.write(text),
            environment: [:],
            overridesPath: try overrides.map { try folder.write($0, to: "overrides.yaml") }
        )
    }

    private func problems(of text: String) throws -> [String] {
        try MonitorConfiguration.check(path: folder.write(text)).map(\.description)
    }

    @Test func aSourceWithoutModelsOfItsOwnHasTheCommonOnes() throws {
        let loaded = try load(
            """
            models: [house, birds]
            sources:
              - name: porch
              - name: garden
                models: [owls, birds]
              - name: cellar
                models: owls
            """
        )
        #expect(
            loaded.sources.map(loaded.models) == [
                ["house", "birds"], ["owls", "birds"], ["owls"],
            ]
        )
        #expect(loaded.modelsInUse == ["house", "birds", "owls"])
    }

    @Test func aSingleModelIsNamedAsEver() throws {
        #expect(try load("model: house\n").modelsInUse == ["house"])
        #expect(try load("").modelsInUse == ["household-2"])
        #expect(try load("models: house\n").modelsInUse == ["house"])
    }

    @Test func modelAndModelsInOneFileAreRefusedInOneLine() throws {
        let found = try problems(of: "model: house\nmodels: [birds]\n")
        try #require(found.count == 1)
        #expect(
            found[0].hasSuffix(
                ":2:9: models: found both 'model' and 'models', allowed: one of the two; remove "
                    + "'model', and list it under 'models' if it is meant too"
            )
        )
    }

    @Test func theLastFileSaysWhichModelsThereAre() throws {
        let main = try folder.write("models: [house, birds]\n")
        _ = try folder.write("model: owls\n", to: "earwitness.d/1.yaml")
        var loaded = try MonitorConfiguration.load(path: main, environment: [:], overridesPath: nil)
        #expect(loaded.modelsInUse == ["owls"])
        _ = try folder.write("models: [house, owls]\n", to: "earwitness.d/2.yaml")
        loaded = try MonitorConfiguration.load(path: main, environment: [:], overridesPath: nil)
        #expect(loaded.modelsInUse == ["house", "owls"])
    }

    @Test(arguments: [
        ("models: []\n", "models: found an empty list, allowed: at least one model"),
        ("models: [a, b, a]\n", "models: found 'a' twice, allowed: every model once"),
        (
            "sources: [{name: a, models: []}]\n",
            "sources[0].models: found an empty list, allowed: at least one model"
        ),
        (
            "detection: {models: {house: {on: 0.4, off: 0.5}}}\n",
            "detection.models.house.off: found 0.5, allowed: at most 'on', which is 0.4"
        ),
    ])
    func contradictionsAreRefusedInOneLine(text: String, problem: String) throws {
        let found = try problems(of: text)
        try #require(found.count == 1)
        #expect(found[0].hasSuffix(problem))
    }

    @Test func whatIsSaidOfAModelHoldsForThatModelAlone() throws {
        let loaded = try load(
            """
            detection:
              hop_s: 0.5
              on: 0.7
              classes:
                dog_bark: {on: 0.6}
              models:
                birds:
                  hop_s: 0.1
                  on: 0.5
                  classes:
                    dog_bark: {on: 0.4}
            """
        )
        let settings = try loaded.detectionSettings(for: [house, birds])
        #expect(settings.map(\.hopSeconds) == [0.5, 0.1])
        #expect(settings[0].classes.mapValues(\.on) == ["dog_bark": 0.6, "rain": 0.7])
        #expect(settings[1].classes.mapValues(\.on) == ["dog_bark": 0.4, "blackbird": 0.5])
    }

    @Test func aRuleForAClassIsStrongerThanOneForAModel() throws {
        let loaded = try load(
            "detection: {models: {birds: {on: 0.5}}, classes: {dog_bark: {on: 0.6}}}\n"
        )
        let settings = try loaded.detectionSettings(for: [birds])
        #expect(settings[0].classes.mapValues(\.on) == ["dog_bark": 0.6, "blackbird": 0.5])
    }

    @Test func namesThatNoModelInUseHasAreRefused() throws {
        let loaded = try load(
            """
            detection:
              classes: {blackbrid: {on: 0.5}}
              models:
                houes: {on: 0.5}
                birds: {classes: {rain: {on: 0.5}}}
            """
        )
        let found = loaded.unknownNames(in: [house, birds]).map(\.description)
        try #require(found.count == 3)
        #expect(
            found[0].hasSuffix(
                "detection.classes.blackbrid: found a class that none of the models house, birds "
                    + "has, allowed: dog_bark, rain, blackbird; did you mean 'blackbird'?"
            )
        )
        #expect(
            found[1].hasSuffix(
                "detection.models.birds.classes.rain: found a class that the model 'birds' does "
                    + "not have, allowed: blackbird, dog_bark"
            )
        )
        #expect(
            found[2].hasSuffix(
                "detection.models.houes: found a model that is not in use, allowed: house, birds; "
                    + "did you mean 'house'?"
            )
        )
    }

    @Test func namesAreNotAskedForWhereOtherModelsWereChosen() throws {
        let loaded = try load("detection: {models: {birds: {on: 0.5}}}\n")
        let settings = try loaded.detectionSettings(for: [house], refusesUnknown: false)
        #expect(settings[0].rule(for: "rain").on == 0.8)
    }

    @Test func aThresholdOfOneModelWinsOverThatOfTheClass() throws {
        let loaded = try load(
            "",
            overrides: """
                thresholds: {dog_bark: 0.6}
                models: {birds: {thresholds: {dog_bark: 0.3}}}
                """
        )
        let settings = try loaded.detectionSettings(for: [house, birds])
        #expect(settings.map { $0.rule(for: "dog_bark").on } == [0.6, 0.3])
        #expect(
            loaded.shownSettings().suffix(2).map(\.key) == [
                "models.birds.thresholds.dog_bark", "thresholds.dog_bark",
            ]
        )
    }
}
