import Settings
import Testing

@Suite struct ValueFormTests {
    private func node(_ text: String, quoted: Bool = false) -> YAMLNode {
        YAMLNode(
            .scalar(text, isQuoted: quoted),
            at: DocumentPosition(file: "f", line: 1, column: 1)
        )
    }

    @Test(arguments: ["-55", "0", "-120", "-1.5e1", "+0.0"])
    func aNumberWithinItsRangeIsRead(text: String) {
        #expect(ValueForm<Double>.number(in: -120...0).read(node(text)) == Double(text))
    }

    @Test(arguments: ["1", "-120.1", "nan", "inf", "0x10", "loud", "", "~", "-5 dB", "1_0"])
    func whatIsNoNumberWithinTheRangeIsRefused(text: String) {
        #expect(ValueForm<Double>.number(in: -120...0).read(node(text)) == nil)
    }

    @Test func aNumberInQuotesIsATextAndRefused() {
        #expect(ValueForm<Double>.number(in: 0...1).read(node("0.5", quoted: true)) == nil)
        #expect(ValueForm<Int>.wholeNumber(in: 0...1).read(node("1", quoted: true)) == nil)
    }

    @Test(arguments: ["1.0", "1e3", "9", "99999999999999999999"])
    func whatIsNoWholeNumberWithinTheRangeIsRefused(text: String) {
        #expect(ValueForm<Int>.wholeNumber(in: 0...8).read(node(text)) == nil)
    }

    @Test(arguments: [
        ("1000000", Int64(1_000_000), "1 MB"), ("2 GB", 2_000_000_000, "2 GB"),
        ("1.5GiB", 1_610_612_736, "1536 MiB"), ("512 mib", 536_870_912, "512 MiB"),
        ("1000001", 1_000_001, "1000001"),
    ])
    func aSizeIsReadInItsUnitAndWrittenInTheLargestThatFits(
        text: String,
        bytes: Int64,
        written: String
    ) {
        let form = ValueForm<Int64>.byteCount(atLeast: 1_000)
        #expect(form.read(node(text)) == bytes)
        #expect(form.write(bytes) == written)
    }

    @Test(arguments: ["12", "-5 GB", "GB", "2 parsecs", "1e30 TB"])
    func whatIsNoSizeIsRefused(text: String) {
        #expect(ValueForm<Int64>.byteCount(atLeast: 1_000).read(node(text)) == nil)
    }

    @Test func aWordStandsForNoValue() {
        let form = ValueForm<Int>.wholeNumber(in: 1...64).or("auto")
        #expect(form.read(node("auto")) == .some(nil))
        #expect(form.read(node("2")) == 2)
        #expect(form.read(node("manual")) == nil)
        #expect(form.write(nil) == "auto")
        #expect(form.allowed == "a whole number from 1 to 64, or auto")
    }

    @Test(arguments: ["porch", "Küche-2", "a.b_c", "8"])
    func aNameOfLettersAndDigitsIsRead(text: String) {
        #expect(ValueForm<String>.name.read(node(text)) == text)
    }

    @Test(arguments: ["", "-x", "a b", "a/b", "../x", "a\nb", String(repeating: "x", count: 65)])
    func aNameThatCouldBeAPathOrSpanWordsIsRefused(text: String) {
        #expect(ValueForm<String>.name.read(node(text)) == nil)
    }
}

/// What YAML makes of what people write: understood, or explained by the message.
@Suite struct YAMLSurpriseTests {
    private struct Section: Sendable {
        var device = ""
        var on = 0.5
        var days = 1
        var isMeasured = true
        var address: String? = "here"
        var size: Int64 = 1
    }

    private static let table = SettingsTable<Section>([
        .value("device", \.device, .text("a device"), "The device."),
        .value("on", \.on, .number(in: 0...10_000), "When."),
        .value("days", \.days, .wholeNumber(in: 0...100_000), "How long."),
        .value("measured", \.isMeasured, .flag, "Whether."),
        .optional("listen", \.address, .text("an address"), word: "off", "Where."),
        .value("size", \.size, .byteCount(atLeast: 1), "How much."),
    ])

    private func read(_ text: String) -> (Section, [String]) {
        var reading = DocumentReading()
        var section = Section()
        do {
            let node = try YAMLReader.read(text, file: "f", reading: &reading)
            Self.table.read(node, path: "", into: &section, reading: &reading)
        } catch {
            reading.report(error)
        }
        return (section, reading.problems.map(\.description))
    }

    @Test(arguments: ["off", "\"off\"", "'Off'", "OFF", "no", "false", "'false'", "~", "null"])
    func everyWayToSayOffIsOff(word: String) {
        let (section, problems) = read("listen: \(word)\n")
        #expect(section.address == nil)
        #expect(problems.isEmpty)
    }

    @Test(arguments: [
        ("yes", true), ("on", true), ("True", true), ("'true'", true), ("no", false),
        ("OFF", false), ("\"false\"", false),
    ])
    func everyWayToSayYesOrNoIsUnderstood(word: String, meaning: Bool) {
        let (section, problems) = read("measured: \(word)\n")
        #expect(section.isMeasured == meaning)
        #expect(problems.isEmpty)
    }

    @Test func aDeviceWithACommaIsReadInItsOwnLineAndInQuotes() {
        for text in ["device: hw:2,0\n", "{device: \"hw:2,0\"}\n"] {
            #expect(read(text).0.device == "hw:2,0")
            #expect(read(text).1.isEmpty)
        }
    }

    @Test(arguments: [
        (
            "{device: hw:2,0}",
            "f:1:15: 0: found an unknown key, allowed: device, on, days, measured, listen, size; "
                + "between braces a comma ends the value: write it in quotes, 'device: \"hw:2,0\"'"
        ),
        (
            "{on: 0,5}",
            "f:1:8: 5: found an unknown key, allowed: device, on, days, measured, listen, size; "
                + "between braces a comma ends the value: write 'on: 0.5', with a decimal point"
        ),
        (
            "{size: 1,5 GB, on: 1}",
            "f:1:10: 5 GB: found an unknown key, allowed: device, on, days, measured, listen, "
                + "size; between braces a comma ends the value: write 'size: 1.5 GB', with a "
                + "decimal point"
        ),
        (
            "on: −50",
            "f:1:5: on: found '−50', allowed: a number from 0 to 10000; write it as -50"
        ),
        (
            "true: 0.5",
            "f:1:1: true: found an unknown key, allowed: device, on, days, measured, listen, size; "
                + "some programs that write YAML turn 'on' into 'true': write it in quotes"
        ),
        (
            "on: \"0.5\"",
            "f:1:5: on: found the text \"0.5\", allowed: a number from 0 to 10000; "
                + "remove the quotes"
        ),
        (
            "on: 0,5",
            "f:1:5: on: found '0,5', allowed: a number from 0 to 10000; "
                + "write it with a decimal point: 0.5"
        ),
        (
            "on: 500 ms",
            "f:1:5: on: found '500 ms', allowed: a number from 0 to 10000; "
                + "give the number only, in the unit of the key's name"
        ),
        (
            "on: 22:30",
            "f:1:5: on: found '22:30', allowed: a number from 0 to 10000; "
                + "write it as one number, 1350"
        ),
        (
            "on: ~",
            "f:1:5: on: found nothing, allowed: a number from 0 to 10000; "
                + "'~' and 'null' are no value: remove the key, or write the text in quotes"
        ),
        (
            "days: 1e3",
            "f:1:7: days: found '1e3', allowed: a whole number from 0 to 100000; write it as 1000"
        ),
        (
            "days: 1_000",
            "f:1:7: days: found '1_000', allowed: a whole number from 0 to 100000; "
                + "write it as 1000"
        ),
        (
            "days: 0x10",
            "f:1:7: days: found '0x10', allowed: a whole number from 0 to 100000; "
                + "write it in decimal digits"
        ),
        (
            "size: 2G",
            "f:1:7: size: found '2G', allowed: a size of at least 1, such as 500 MB or 2 GB; "
                + "write 2 GB (powers of 1000) or 2 GiB (powers of 1024)"
        ),
    ])
    func whatCannotBeUnderstoodIsExplained(text: String, message: String) {
        #expect(read(text + "\n").1 == [message])
    }

    @Test func digitsThatYAMLOnceTookForOctalAreDecimal() {
        #expect(read("days: 08\n").0.days == 8)
        #expect(read("days: 010\n").0.days == 10)
        #expect(read("on: 1e3\n").0.on == 1_000)
        #expect(read("on: 0.5   # comment\n").0.on == 0.5)
    }

    @Test(arguments: [
        ("listen: [::1]:8137", "write the value in quotes: listen: '[::1]:8137'"),
        ("device: @mic", "write the value in quotes: device: '@mic'"),
        ("device: *mic", "write the value in quotes: device: '*mic'"),
        ("{on: 1, device: *mic}", "write the value in quotes: device: '*mic'"),
        ("device: a: b", "write the value in quotes: device: 'a: b'"),
        ("device: x\n\ton: 1", "indent with spaces, not with tabs"),
    ])
    func aLineThatIsNoYAMLSaysWhatToDo(text: String, advice: String) {
        let problems = read(text + "\n").1
        #expect(problems.count == 1)
        #expect(problems.first?.hasSuffix("; \(advice)") == true, "\(problems)")
    }
}

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("", "", 0), ("gate", "gate", 0), ("opne_dbfs", "open_dbfs", 1), ("Gate", "gate", 0),
        ("kitten", "sitting", 3), ("", "abc", 3), ("hold", "hold_s", 2),
    ])
    func editDistanceCountsInsertionsDeletionsReplacementsAndSwaps(
        left: String,
        right: String,
        distance: Int
    ) {
        #expect(NearestName.editDistance(left, right) == distance)
        #expect(NearestName.editDistance(right, left) == distance)
    }

    @Test func aLikelyNameIsAskedForAndAFarOneOnlyStated() {
        let names = ["open_dbfs", "close_dbfs", "hold_s"]
        #expect(
            NearestName.advice(for: "opne_dbfs", among: names) == "did you mean 'open_dbfs'?"
        )
        #expect(
            NearestName.advice(for: "volume", among: names) == "the nearest known key is 'hold_s'"
        )
        #expect(NearestName.advice(for: "x", among: []) == "")
        #expect(NearestName.question(for: "opne_dbfs", among: names) == "did you mean 'open_dbfs'?")
        #expect(NearestName.question(for: "cough", among: ["other"]) == "")
        #expect(NearestName.question(for: "x", among: []) == "")
    }
}

@Suite struct SoundCalibrationTests {
    @Test(arguments: [
        ("125.2", 125.2), ("+94", 94), ("94 dB at -31.2 dBFS", 125.2),
        ("114.03 dB at -8.5 dBFS", 122.53), ("94 dB at -0.1 dBFS", 94.1),
    ])
    func calibrationGivesTheSoundPressureOfFullScale(text: String, fullScaleDB: Double) throws {
        let calibration = try #require(SoundCalibration(text))
        #expect(abs(calibration.fullScaleDB - fullScaleDB) < 1e-9)
        #expect(SoundCalibration(calibration.description) == calibration)
    }

    @Test(arguments: [
        "", "loud", "39.9", "200.1", "1e2", "0x60", "nan", "94 dB", "94 dB at 31.2 dBFS",
        "94 dB at 0 dBFS", "94 at -31.2", "94 dB at -31.2 dB", "20 dB at -31.2 dBFS",
        "150 dB at -31.2 dBFS", "94 dB at -130 dBFS", "94 dB  at -31.2 dBFS",
    ])
    func whatCannotBeACalibrationIsRefused(text: String) {
        #expect(SoundCalibration(text) == nil)
    }

    @Test func configurationReadsBothForms() throws {
        let folder = try ConfigurationFolder()
        let path = try folder.write(
            """
            sources:
              - name: porch
                calibration: 94 dB at -31.2 dBFS
              - name: garden
                calibration: 118
                levels: false
              - name: attic
                calibration: none
            """
        )
        let configuration = try MonitorConfiguration.load(
            path: path,
            environment: [:],
            overridesPath: nil
        )
        #expect(configuration.sources.map { $0.calibration?.fullScaleDB } == [125.2, 118, nil])
        #expect(configuration.sources.map(\.measuresLevels) == [true, false, true])
        let shown = configuration.shownSettings().filter { $0.key.hasSuffix(".calibration") }
        #expect(shown.map(\.value) == ["94 dB at -31.2 dBFS", "118", "none"])
    }

    @Test func badCalibrationIsRefusedWithWhatIsAllowed() throws {
        let folder = try ConfigurationFolder()
        let path = try folder.write("sources:\n  - name: porch\n    calibration: 94 dB\n")
        #expect(
            try MonitorConfiguration.check(path: path).map(\.description) == [
                "\(path):3:18: sources[0].calibration: found '94 dB', allowed: the sound pressure "
                    + "level of 0 dBFS from 40 to 200 dB such as 125.2, or a calibrator's and the "
                    + "level it gave such as 94 dB at -31.2 dBFS, or none"
            ]
        )
    }
}
