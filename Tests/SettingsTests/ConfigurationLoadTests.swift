import Detection
import Foundation
import Settings
import Testing

@Suite struct ConfigurationLoadTests {
    private let folder: ConfigurationFolder

    init() throws {
        folder = try ConfigurationFolder()
    }

    private func load(_ path: String, overridesPath: String? = nil) throws -> MonitorConfiguration {
        try MonitorConfiguration.load(path: path, environment: [:], overridesPath: overridesPath)
    }

    @Test func anEmptyFileGivesTheDefaults() throws {
        var expected = MonitorConfiguration()
        let loaded = try load(folder.write(""))
        #expect(loaded.sources == expected.sources)
        #expect(loaded.shownSettings() == expected.shownSettings())
        #expect(loaded.shownSettings().allSatisfy { $0.origin == .builtIn })
        expected.log = .debug
        #expect(loaded.shownSettings() != expected.shownSettings())
    }

    @Test func everySettingIsRead() throws {
        let file = try folder.write(
            """
            sources:
              - {name: porch, device: "plughw:CARD=Mic", sample_rate: 48000, channels: 2,
                 channel: 2, gain_db: 6.5, levels: false, calibration: 94 dB at -31.2 dBFS,
                 models: [mine, birds]}
              - {name: tape, device: "file:/tmp/a b.wav"}
            models: [/srv/models/mine]
            gate: {open_dbfs: -40, close_dbfs: -45, hold_s: 2, floor_margin_db: 6, floor_limits_dbfs: [-80, -40]}
            detection:
              hop_s: 0.48
              smoothing: median 5
              confirmation: 2 of 3
              max_duration_s: 60
              cool_down_s: 5
              suppressed_by: [speech]
              on: 0.7
              off: 0.4
              min_duration_s: 0.3
              merge_gap_s: 2
              classes:
                rain: {enabled: false}
            storage: {retention_days: forever, score_days: 0, print_days: 7, level_days: 30,
              max_size: 100 MB, check_hours: never}
            clips:
              keep: events
              pre_roll_s: 1
              post_roll_s: 3
              max_length_s: 30
              format: wav24
              max_days: forever
              max_size: 5 GB
              min_free: 1 GB
              classes:
                rain: {keep: false, max_days: 3, max_size: 10 MB}
            web: {listen: off, token_file: /etc/token, password_file: /etc/word, socket_mode: 0666,
                  socket_group: audio, listen_live: 3}
            mqtt: {broker: "broker.lan:1884", topic: home/box, client_id: box, user: ear,
                   password_file: credential:mqtt, keepalive_s: 20, tls: on, ca_file: /etc/ca.pem,
                   certificate_file: /etc/box.pem, key_file: /etc/box.key, verify: false,
                   max_days: 3, level_s: 10, classes: [rain], home_assistant: true,
                   home_assistant_prefix: ha, control: true}
            fleet: {database: "host=db.lan dbname=earwitness user=box", password_file: credential:fleet}
            log: debug
            """
        )
        let loaded = try load(file)
        #expect(
            loaded.sources == [
                SourceSettings(
                    name: "porch",
                    input: .device("plughw:CARD=Mic"),
                    models: ["mine", "birds"],
                    sampleRateHz: 48_000,
                    channels: 2,
                    channel: .only(number: 2),
                    gainDB: 6.5,
                    measuresLevels: false,
                    calibration: .calibrator(soundPressureDB: 94, levelDBFS: -31.2)
                ),
                SourceSettings(name: "tape", input: .file(path: "/tmp/a b.wav")),
            ]
        )
        #expect(loaded.models == ["/srv/models/mine"])
        #expect(loaded.gate.openDBFS == -40)
        #expect(loaded.gate.floorMarginDB == 6)
        #expect(loaded.gate.floorLimitsDBFS == -80 ... -40)
        #expect(loaded.detection.hopSeconds == 0.48)
        #expect(loaded.detection.rules.all.smoothing == WindowSmoothing(kind: .median, windows: 5))
        #expect(loaded.detection.rules.all.confirmation == WindowConfirmation(hits: 2, windows: 3))
        #expect(loaded.detection.rules.all.maxDurationSeconds == .some(60))
        #expect(loaded.detection.rules.all.suppressedBy == ["speech"])
        #expect(loaded.detection.rules.classes["rain"]?.isEnabled == false)
        #expect(loaded.storage.retentionDays == nil)
        #expect(loaded.storage.printDays == 7)
        #expect(loaded.storage.levelDays == 30)
        #expect(loaded.storage.maxSizeBytes == 100_000_000)
        #expect(loaded.clips.keep == .events)
        #expect(loaded.clips.maxLengthSeconds == 30)
        #expect(loaded.clips.format == .wav24)
        #expect(loaded.clips.maxDays == nil)
        #expect(loaded.clips.minFreeBytes == 1_000_000_000)
        #expect(loaded.clips.classes["rain"]?.keep == false)
        #expect(loaded.clips.classes["rain"]?.maxDays == 3)
        #expect(loaded.clips.classes["rain"]?.maxSizeBytes == 10_000_000)
        #expect(loaded.web.listen == nil)
        #expect(loaded.web.tokenFile == "/etc/token")
        #expect(loaded.web.passwordFile == "/etc/word")
        #expect(loaded.mqtt.broker == BrokerAddress(host: "broker.lan", port: 1_884))
        #expect(loaded.mqtt.usesTLS && !loaded.mqtt.verifies)
        #expect(loaded.mqtt.classes == ["rain"])
        #expect(loaded.mqtt.homeAssistantPrefix == "ha")
        #expect(loaded.fleet.database == "host=db.lan dbname=earwitness user=box")
        #expect(loaded.fleet.passwordFile == "credential:fleet")
        #expect(loaded.log == .debug)
        let unset = loaded.shownSettings().filter { $0.origin == .builtIn }.map(\.key)
        #expect(
            Set(unset).isSubset(
                of: MonitorConfiguration.settings.values(of: loaded).map(\.key).filter {
                    // One file names either 'model' or 'models', a source a device or a program.
                    ["sources[0].command", "sources[0].format"].contains($0)
                        || $0.hasPrefix("sources[1]") || $0.hasPrefix("detection") || $0 == "model"
                }
            )
        )
    }

    @Test func eachValueKnowsItsLine() throws {
        let file = try folder.write("log: debug\ngate:\n  hold_s: 3\n")
        let loaded = try load(file)
        #expect(loaded.origin(of: "log").description == "\(file):1")
        #expect(loaded.origin(of: "gate.hold_s").description == "\(file):3")
        #expect(loaded.origin(of: "gate.open_dbfs").description == "default")
    }

    @Test func dropInsLieOverTheFileInAlphabeticalOrder() throws {
        let file = try folder.write("log: debug\ngate: {hold_s: 3, open_dbfs: -50}\n")
        _ = try folder.write("log: error\n", to: "earwitness.d/20-b.yaml")
        let first = try folder.write(
            "log: notice\ngate: {hold_s: 4}\n",
            to: "earwitness.d/10-a.yaml"
        )
        _ = try folder.write("log: broken", to: "earwitness.d/ignored.txt")
        let loaded = try load(file)
        #expect(loaded.log == .error)
        #expect(loaded.gate.holdSeconds == 4)
        #expect(loaded.gate.openDBFS == -50)
        #expect(loaded.origin(of: "gate.hold_s").description == "\(first):2")
        #expect(
            loaded.files.map { URL(fileURLWithPath: $0).lastPathComponent } == [
                "earwitness.yaml", "10-a.yaml", "20-b.yaml",
            ]
        )
    }

    @Test func theFileOfTheEnvironmentIsRead() throws {
        let file = try folder.write("log: warning\n")
        let loaded = try MonitorConfiguration.load(
            path: nil,
            environment: ["EARWITNESS_CONFIG": file],
            overridesPath: nil
        )
        #expect(loaded.log == .warning)
    }

    @Test func thresholdsSetByCommandAreReadWithTheirLine() throws {
        let file = try folder.write("detection: {classes: {rain: {on: 0.6}}}\n")
        let overrides = try folder.write("thresholds:\n  rain: 0.95\n", to: "overrides.yaml")
        let loaded = try load(file, overridesPath: overrides)
        #expect(loaded.thresholds.thresholds == ["rain": 0.95])
        #expect(loaded.origin(of: "thresholds.rain").description == "\(overrides):2")
        #expect(loaded.shownSettings().last?.value == "0.95")
    }

    @Test func aDamagedOverridesFileIsNoMistakeOfTheConfigurationAndSaid() throws {
        let file = try folder.write("log: info\n")
        let overrides = try folder.write("thresholds:\n  rain: high\n", to: "overrides.yaml")
        let loaded = try load(file, overridesPath: overrides)
        #expect(loaded.thresholds.thresholds.isEmpty)
        #expect(
            loaded.overridesRemarks == [
                "Cannot read the thresholds set by command: line 2, thresholds.rain: found "
                    + "'high'. The configuration's and models' thresholds apply."
            ]
        )
    }

    @Test func whatNoModelInUseHasIsSaidAndHoldsNothingUp() throws {
        let file = try folder.write("detection: {classes: {dog_brak: {on: 0.5}}}\n")
        let overrides = try folder.write(
            "thresholds:\n  whale: 0.95\nmodels:\n  sea:\n    thresholds: {orca: 0.5}\n",
            to: "overrides.yaml"
        )
        let loaded = try load(file, overridesPath: overrides)
        let house = ModelRules(name: "house", classNames: ["dog_bark", "rain"])
        let lines = loaded.settingsWithoutEffect(in: [house])
        #expect(
            lines == [
                "\(file):1:23: detection.classes.dog_brak: found a class that the model 'house' "
                    + "does not have (did you mean 'dog_bark'?); the setting has no effect.",
                "\(overrides):5:18: models.sea.thresholds.orca: a model that is not in use; it is "
                    + "kept until that model is back, or until 'earwitness thresholds reset'.",
                "\(overrides):2:3: thresholds.whale: a class that no model in use has; it is kept "
                    + "until that model is back, or until 'earwitness thresholds reset'.",
            ]
        )
        #expect(try loaded.detectionSettings(for: [house], refusesUnknown: false).count == 1)
    }

    @Test func sourcesOfTheCommandLineReplaceTheConfigured() throws {
        var loaded = try load(folder.write("sources: [{name: porch, gain_db: 6}]\n"))
        loaded.replaceSources(with: [.demo, .device("hw:1,0"), .device("hw:2,0")])
        #expect(loaded.sources.map(\.name) == ["demo", "microphone", "microphone-2"])
        #expect(loaded.sources.map(\.gainDB) == [0, 0, 0])
        #expect(
            loaded.origin(of: "sources[0].device").description == "command line (--source)"
        )
    }

    @Test func rulesWinInTheOrderOfTheirNearnessToTheUser() throws {
        let loaded = try load(
            folder.write("detection: {smoothing: 4, classes: {rain: {on: 0.6}}}\n")
        )
        var modelRule = ClassRuleOverlay()
        modelRule.mergeGapSeconds = 5
        modelRule.smoothing = WindowSmoothing(windows: 2)
        var rain = ClassRuleOverlay()
        rain.isEnabled = false
        rain.on = 0.9
        rain.smoothing = WindowSmoothing(windows: 9)
        let settings = loaded.detection.settings(
            for: ModelRules(
                name: "house",
                rules: ClassRules(all: modelRule, classes: ["rain": rain]),
                classNames: ["rain", "dog_bark"]
            ),
            thresholds: ThresholdOverrides(thresholds: ["dog_bark": 0.4])
        )
        let rainRule = settings.rule(for: "rain")
        #expect(rainRule.isEnabled == false)
        #expect(rainRule.on == 0.6)
        #expect(rainRule.smoothingWindows == 4)
        #expect(rainRule.mergeGapSeconds == 5)
        #expect(settings.rule(for: "dog_bark").on == 0.4)
        #expect(settings.rule(for: "dog_bark").off == 0.25)
        #expect(settings.defaults.on == 0.8)
    }

    @Test func rulesThatContradictOneAnotherAreRefusedForTheModel() throws {
        let file = try folder.write(
            """
            detection:
              classes:
                rain: {suppressed_by: [dog_bark]}
                dog_bark: {suppressed_by: [rain]}
            """
        )
        #expect {
            try load(file).detectionSettings(
                for: [ModelRules(name: "house", classNames: ["rain", "dog_bark"])]
            )
        } throws: {
            "\($0)".hasPrefix("\(file):4:31: detection.classes.dog_bark.suppressed_by: found rain")
        }
    }

    @Test func aThresholdSetForAnotherModelIsIgnored() throws {
        var loaded = try load(folder.write(""))
        loaded.thresholds = ThresholdOverrides(thresholds: ["siren": 0.5, "rain": 0.6])
        let settings = try loaded.detectionSettings(
            for: [ModelRules(name: "house", classNames: ["rain"])]
        )
        #expect(settings[0].classes.mapValues(\.on) == ["rain": 0.6])
    }

    @Test func aClassThatTheModelDoesNotHaveIsRefused() throws {
        let file = try folder.write("detection: {classes: {rian: {on: 0.5}}}")
        #expect {
            try load(file).detectionSettings(
                for: [ModelRules(name: "house", classNames: ["rain"])]
            )
        } throws: {
            "\($0)".hasSuffix("allowed: rain; did you mean 'rain'?")
        }
    }

    @Test func changesSayWhichNeedARestart() throws {
        let before = try load(folder.write("log: debug\n"))
        let after = try load(
            folder.write("web: {listen: off}\ndetection: {classes: {rain: {on: 0.5}}}\n")
        )
        let lines = before.changes(to: after).map(\.description)
        #expect(lines.contains("log: debug -> info"))
        #expect(lines.contains("web.listen: 127.0.0.1:8137 -> off (needs a restart)"))
        #expect(lines.contains("detection.classes.rain.on: unset -> 0.5"))
        #expect(before.changes(to: before).isEmpty)
    }
}
