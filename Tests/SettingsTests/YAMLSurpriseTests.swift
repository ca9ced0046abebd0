import Settings
import Testing

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
                + "take the quotes away"
        ),
        (
            "on: 0,5",
            "f:1:5: on: found '0,5', allowed: a number from 0 to 10000; "
                + "write it with a decimal point: 0.5"
        ),
        (
            "on: 500 ms",
            "f:1:5: on: found '500 ms', allowed: a number from 0 to 10000; "
                + "give the number alone, in the unit that the key's name or its description says"
        ),
        (
            "on: 22:30",
            "f:1:5: on: found '22:30', allowed: a number from 0 to 10000; "
                + "write it as one number, 1350"
        ),
        (
            "on: ~",
            "f:1:5: on: found nothing, allowed: a number from 0 to 10000; "
                + "'~' and 'null' mean nothing: leave the key out, or write the text in quotes"
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
                + "write 2 GB for powers of 1000, 2 GiB for those of 1024"
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
