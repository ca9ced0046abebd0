import Settings
import Testing

@Suite struct ConfigurationCheckTests {
    private let folder: ConfigurationFolder

    init() throws {
        folder = try ConfigurationFolder()
    }

    /// The problems of a configuration, the folder's path taken off.
    private func problems(of text: String) throws -> [String] {
        let file = try folder.write(text)
        return try MonitorConfiguration.check(path: file)
            .map { String($0.description.dropFirst(folder.path.count + 1)) }
    }

    @Test func anUnknownKeyIsRefusedWithPlaceAllowedKeysAndTheNearest() throws {
        #expect(
            try problems(of: "gate:\n  opne_dbfs: -50\n") == [
                "earwitness.yaml:2:3: gate.opne_dbfs: found an unknown key, allowed: open_dbfs, "
                    + "close_dbfs, hold_s, floor_margin_db, floor_limits_dbfs; did you mean 'open_dbfs'?"
            ]
        )
    }

    @Test func anUnknownSectionIsRefused() throws {
        #expect(
            try problems(of: "detektion:\n  on: 0.5\n") == [
                "earwitness.yaml:1:1: detektion: found an unknown key, allowed: sources, model, "
                    + "models, gate, detection, storage, clips, web, rules, mqtt, fleet, log; did you mean 'detection'?"
            ]
        )
    }

    @Test func aWrongTypeIsRefusedWithWhatWasFound() throws {
        #expect(
            try problems(of: "gate:\n  open_dbfs: loud\n  hold_s: [1]\n") == [
                "earwitness.yaml:2:14: gate.open_dbfs: found 'loud', "
                    + "allowed: a number from -120 to 0",
                "earwitness.yaml:3:11: gate.hold_s: found a list, "
                    + "allowed: a number from 0 to 3600",
            ]
        )
    }

    @Test func aPreRollThatFillsTheLongestClipIsRefused() throws {
        #expect(
            try problems(of: "clips:\n  pre_roll_s: 20\n  max_length_s: 20\n") == [
                "earwitness.yaml:2:15: clips.pre_roll_s: found 20, "
                    + "allowed: less than clips.max_length_s, which is 20"
            ]
        )
        #expect(
            try problems(of: "clips:\n  max_length_s: 1\n") == [
                "earwitness.yaml:2:17: clips.max_length_s: found 1, "
                    + "allowed: more than clips.pre_roll_s, which is 2"
            ]
        )
    }

    @Test func aBrokerThatIsAnAddressOfAPageIsRefusedWithAdvice() throws {
        #expect(
            try problems(of: "mqtt:\n  broker: mqtts://broker.lan:8883\n") == [
                "earwitness.yaml:2:11: mqtt.broker: found 'mqtts://broker.lan:8883', allowed: a host, "
                    + "or a host and port, such as 192.168.1.5 or broker.lan:1884, or none; leave out "
                    + "what is before the host; 'tls: on' encrypts"
            ]
        )
    }

    @Test(arguments: ["home/+", "#", "/home", "home/", "$SYS/x"])
    func aTopicThatNobodyCanPublishBelowIsRefused(topic: String) throws {
        let found = try problems(of: "mqtt:\n  topic: '\(topic)'\n")
        #expect(found.count == 1)
        #expect(found.first?.contains("without '+', '#' and a '/' at its ends") == true)
    }

    @Test func halfACertificateAndAPasswordOfNobodyAreRefused() throws {
        #expect(
            try problems(of: "mqtt: {broker: b, tls: on, certificate_file: /c.pem}\n") == [
                "earwitness.yaml:1:46: mqtt.certificate_file: found mqtt.certificate_file without "
                    + "mqtt.key_file, allowed: both or neither"
            ]
        )
        #expect(
            try problems(of: "mqtt: {broker: b, password_file: /p}\n") == [
                "earwitness.yaml:1:34: mqtt.password_file: found mqtt.password_file without "
                    + "mqtt.user, allowed: both or neither"
            ]
        )
        #expect(
            try problems(of: "mqtt: {broker: b, ca_file: /c.pem}\n") == [
                "earwitness.yaml:1:28: mqtt.ca_file: found a setting of TLS without it, "
                    + "allowed: only with mqtt.tls; set 'tls: on'"
            ]
        )
    }

    @Test func aClassOfClipsThatTheModelDoesNotHaveIsFoundWithTheNearest() throws {
        let file = try folder.write("clips:\n  classes:\n    dog_brak: {keep: false}\n")
        let found = try MonitorConfiguration.check(
            path: file,
            models: [ModelRules(name: "bootstrap", classNames: ["dog_bark", "rain"])]
        )
        #expect(found.count == 1)
        #expect(found.first?.description.contains("clips.classes.dog_brak") == true)
        #expect(found.first?.description.contains("did you mean 'dog_bark'?") == true)
    }

    @Test func aValueOutOfRangeIsRefused() throws {
        #expect(
            try problems(of: "detection:\n  classes:\n    dog_bark: {on: 1.5}\n") == [
                "earwitness.yaml:3:20: detection.classes.dog_bark.on: found '1.5', "
                    + "allowed: a number from 0 to 1"
            ]
        )
    }

    @Test func aSectionWhereAValueBelongsAndTheReverseAreRefused() throws {
        #expect(
            try problems(of: "log: {level: info}\ngate: 5\nsources: microphone\n") == [
                "earwitness.yaml:1:6: log: found a section, "
                    + "allowed: trace, debug, info, notice, warning, error or critical",
                "earwitness.yaml:2:7: gate: found '5', "
                    + "allowed: a section with open_dbfs, close_dbfs, hold_s, floor_margin_db, "
                    + "floor_limits_dbfs",
                "earwitness.yaml:3:10: sources: found 'microphone', "
                    + "allowed: a list, each element beginning with '- '",
            ]
        )
    }

    @Test func everyProblemOfAFileIsReportedAtOnce() throws {
        let text = """
            sources:
              - nam: porch
                channel: left
            gate: {open_dbfs: 3}
            log: loud
            log: info
            """
        let places = try problems(of: text).map { $0.split(separator: ": ")[0] }
        #expect(
            Set(places) == [
                "earwitness.yaml:2:5", "earwitness.yaml:3:14", "earwitness.yaml:4:19",
                "earwitness.yaml:5:6", "earwitness.yaml:6:1",
            ]
        )
    }

    @Test func aSourceWithoutANameIsRefusedAtItsBeginning() throws {
        #expect(
            try problems(of: "sources:\n  - device: default\n") == [
                "earwitness.yaml:2:5: sources[0].name: found nothing, allowed: a name of letters, "
                    + "digits, '_', '-' and '.', at most 64 long; "
                    + "add the key 'name' to this section"
            ]
        )
    }

    @Test func twoSourcesOfOneNameAreRefused() throws {
        #expect(
            try problems(of: "sources:\n  - name: porch\n  - name: porch\n") == [
                "earwitness.yaml:3:11: sources[1].name: found 'porch' again, "
                    + "allowed: a different name for each source"
            ]
        )
    }

    @Test func aChannelBeyondTheDevicesChannelsIsRefused() throws {
        #expect(
            try problems(of: "sources:\n  - {name: a, channels: 2, channel: 3}\n") == [
                "earwitness.yaml:2:37: sources[0].channel: found 3, "
                    + "allowed: at most 'channels', which is 2"
            ]
        )
    }

    @Test func anEmptyListOfSourcesIsRefused() throws {
        #expect(
            try problems(of: "sources: []\n") == [
                "earwitness.yaml:1:10: sources: found an empty list, allowed: at least one source"
                    + "; leave 'sources' out to listen to the default device"
            ]
        )
    }

    @Test func aGateThatClosesAboveWhereItOpensIsRefused() throws {
        #expect(
            try problems(of: "gate:\n  close_dbfs: -40\n") == [
                "earwitness.yaml:2:15: gate.close_dbfs: found -40, "
                    + "allowed: at most gate.open_dbfs, which is -55; "
                    + "set both, 'open_dbfs' the higher"
            ]
        )
        #expect(
            try problems(of: "gate:\n  open_dbfs: -70\n") == [
                "earwitness.yaml:2:14: gate.open_dbfs: found -70, "
                    + "allowed: at least gate.close_dbfs, which is -60; "
                    + "set both, 'open_dbfs' the higher"
            ]
        )
    }

    @Test func offAboveOnIsRefused() throws {
        #expect(
            try problems(of: "detection:\n  on: 0.5\n  off: 0.6\n") == [
                "earwitness.yaml:3:8: detection.off: found 0.6, "
                    + "allowed: at most 'on', which is 0.5"
            ]
        )
    }

    @Test(arguments: [
        "127.0.0.1:80", "localhost:0", "'[::1]:80'", "127.9.9.9:65535", "off", "0.0.0.0:80",
        "'[::]:80'", "example.org:80",
    ])
    func anyAddressCanBeListenedAtBecauseOthersMustSignIn(address: String) throws {
        #expect(try problems(of: "web:\n  listen: \(address)\n").isEmpty)
    }

    @Test(arguments: ["0660", "660", "'0600'", "0666"])
    func permissionsOfTheSocketAreOctalDigits(mode: String) throws {
        #expect(try problems(of: "web: {socket_mode: \(mode)}\n").isEmpty)
    }

    @Test(arguments: ["0680", "1666", "66", "rw-rw----", "-660", "0o660"])
    func whatAreNoPermissionsIsRefused(mode: String) throws {
        #expect(
            try problems(of: "web: {socket_mode: \(mode)}\n").first?.hasSuffix(
                "allowed: three or four octal digits such as 0660"
            ) == true
        )
    }

    @Test(arguments: ["8080", "localhost", "'::1:80'", "a b:1", "x:99999", "':80'"])
    func whatIsNoAddressIsRefused(address: String) throws {
        #expect(
            try problems(of: "web:\n  listen: \(address)\n").first?.contains(
                "allowed: an address and port such as 127.0.0.1:8137 or [::1]:8137, or off"
            )
                == true
        )
    }

    @Test func aClassThatTheModelDoesNotHaveIsNamedWithTheNearest() throws {
        let file = try folder.write("detection:\n  classes:\n    dog_brak:\n      on: 0.5\n")
        let problems = try MonitorConfiguration.check(
            path: file,
            models: [ModelRules(name: "bootstrap", classNames: ["dog_bark", "rain"])]
        )
        #expect(
            problems.map(\.description) == [
                "\(file):3:5: detection.classes.dog_brak: found a class that the model "
                    + "'bootstrap' does not have, allowed: dog_bark, rain; "
                    + "did you mean 'dog_bark'?"
            ]
        )
    }

    @Test func aFileThatIsNotThereIsSaidToBeMissing() {
        let missing = ConfigurationError.missing(path: "/nowhere.yaml")
        #expect(throws: missing) {
            try MonitorConfiguration.check(path: "/nowhere.yaml")
        }
        #expect(
            missing.description
                == "Cannot read the configuration '/nowhere.yaml': no such file. "
                + "Create it, or choose another with --config or EARWITNESS_CONFIG."
        )
    }

    @Test func aFileThatNobodyNamedNeedNotBeThere() throws {
        var main = ConfigurationPath(option: nil, environment: [:])
        main.path = "/nowhere.yaml"
        #expect(try MonitorConfiguration.check(main).isEmpty)
    }

    @Test func aFolderOrBytesThatAreNoTextAreUnreadable() throws {
        #expect(
            throws: ConfigurationError.unreadable(path: folder.path, reason: "it is a folder")
        ) {
            try MonitorConfiguration.check(path: folder.path)
        }
    }
}
