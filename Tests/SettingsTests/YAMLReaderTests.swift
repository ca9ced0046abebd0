import Settings
import Testing

@Suite struct YAMLReaderTests {
    private func read(_ text: String) throws -> (YAMLNode, [DocumentProblem]) {
        var reading = DocumentReading()
        let node = try YAMLReader.read(text, file: "f.yaml", reading: &reading)
        return (node, reading.problems)
    }

    private func problem(of text: String) -> DocumentProblem? {
        var reading = DocumentReading()
        do {
            _ = try YAMLReader.read(text, file: "f.yaml", reading: &reading)
            return nil
        } catch {
            return error
        }
    }

    @Test func keysAndValuesKnowTheirLineAndColumn() throws {
        let (node, _) = try read("gate:\n  open_dbfs: -55\n")
        guard case .mapping(let sections) = node.content,
            case .mapping(let settings) = sections[0].value.content
        else {
            Issue.record("no mapping")
            return
        }
        #expect("\(settings[0].keyPosition)" == "f.yaml:2:3")
        #expect("\(settings[0].value.position)" == "f.yaml:2:14")
    }

    @Test(arguments: ["", "# only a comment\n", "---\n"])
    func aTextWithoutContentIsAnEmptySection(text: String) throws {
        let (node, problems) = try read(text)
        #expect(node.content == .mapping([]) || node.isNothing)
        #expect(problems.isEmpty)
    }

    @Test func aRepeatedKeyIsReportedAtItsSecondPlaceAndTheRestIsStillRead() throws {
        let (node, problems) = try read("on: 1\nöff: 2\non: 3\nlog: x\nöff: 4\n")
        #expect(
            problems.map(\.description) == [
                "f.yaml:3:1: on: found the same key again, allowed: each key once; "
                    + "it stands in line 1 already",
                "f.yaml:5:1: öff: found the same key again, allowed: each key once; "
                    + "it stands in line 2 already",
            ]
        )
        guard case .mapping(let entries) = node.content else {
            Issue.record("no mapping")
            return
        }
        #expect(entries.map(\.key) == ["on", "öff", "log"])
        #expect(entries.map(\.value.text) == ["1", "2", "x"])
    }

    @Test func aRepeatedKeyInQuotesIsRefused() {
        #expect(
            problem(of: "\"on\": 1\n\"on\": 2\n")?.description
                == "f.yaml:1:1: on: found the same key twice, allowed: each key once"
        )
    }

    @Test func aSyntaxErrorNamesItsLine() {
        let text = problem(of: "gate:\n  open_dbfs: [1, 2\nlog: info\n")?.description ?? ""
        #expect(text.hasPrefix("f.yaml:3:"))
        #expect(text.contains("found a syntax error ("))
        #expect(!text.contains("\n"))
    }

    @Test func aTabAsIndentationNamesItsLine() {
        #expect(problem(of: "gate:\n\topen_dbfs: -50\n")?.position.line == 2)
    }

    @Test func aControlCharacterIsRefused() {
        #expect(problem(of: "log: in\u{01}fo\n")?.position.line == 1)
    }

    @Test func aSecondDocumentIsRefused() {
        #expect(problem(of: "log: info\n---\nlog: debug\n")?.position.line == 2)
    }

    @Test func aFewAliasesThatStandForBillionsOfValuesAreRefused() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(problem(of: text)?.found == "more than 100000 values")
    }

    @Test func aTextOfSeveralMegabytesIsRefused() {
        #expect(
            problem(of: String(repeating: "#", count: 2 << 20))?.description
                == "f.yaml:1:1: found 2097152 bytes, allowed: at most 1048576"
        )
    }

    @Test func quotedTextIsNotPlain() throws {
        let (node, _) = try read("'5'\n")
        #expect(node.plainText == nil)
        #expect(node.text == "5")
        #expect(node.summary == "the text \"5\"")
    }
}
