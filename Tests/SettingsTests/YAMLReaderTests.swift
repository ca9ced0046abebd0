import Foundation
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
                "f.yaml:3:1: on: found a duplicate key, allowed: each key once; "
                    + "it is already in line 1",
                "f.yaml:5:1: öff: found a duplicate key, allowed: each key once; "
                    + "it is already in line 2",
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
                == "f.yaml:1:1: on: found a duplicate key, allowed: each key once"
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

/// Damaged texts: the reader answers with values or problems, each with its place.
@Suite struct DamagedTextTests {
    /// Reads a text; every problem has a place in it, and so has every value.
    private func expectPlaces(in text: String) {
        let lines = 1...(text.split(separator: "\n", omittingEmptySubsequences: false).count + 1)
        var reading = DocumentReading()
        do {
            let node = try YAMLReader.read(text, file: "f", reading: &reading)
            expectPlaces(of: node, within: lines)
        } catch {
            #expect(lines.contains(error.position.line), "\(error)")
        }
        for problem in reading.problems {
            #expect(lines.contains(problem.position.line), "\(problem)")
        }
    }

    private func expectPlaces(of node: YAMLNode, within lines: ClosedRange<Int>) {
        #expect(lines.contains(node.position.line) && node.position.column > 0)
        switch node.content {
        case .scalar: break
        case .sequence(let nodes): nodes.forEach { expectPlaces(of: $0, within: lines) }
        case .mapping(let entries):
            entries.forEach { expectPlaces(of: $0.value, within: lines) }
        }
    }

    @Test(arguments: ["[", "{", "- ", "? ", "{a: ", "&a [", "!!seq [", "\"", "'", "|", "a: "])
    func thousandsOfOpeningsAreRefusedOrRead(opening: String) {
        expectPlaces(in: String(repeating: opening, count: 20_000))
    }

    @Test func deepIndentationIsRefusedOrRead() {
        expectPlaces(in: (0..<1_200).map { String(repeating: " ", count: $0) + "a:\n" }.joined())
    }

    @Test func theSampleWithRandomDamageIsRefusedOrRead() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let sample = try String(
            contentsOf: root.appendingPathComponent("config/earwitness.yaml"),
            encoding: .utf8
        )
        let bytes = Array(sample.replacing("#", with: "").utf8)
        let nasty = Array("[]{}:,-#&*!|>'\"%@`?\n\t \u{0}\u{1}~é\u{feff}".utf8)
        var random = SplitMix(state: 2_026)
        for _ in 0..<2_000 {
            var damaged = bytes
            for _ in 0..<(1 + Int(random.next() % 8)) {
                let index = Int(random.next() % UInt64(damaged.count))
                switch random.next() % 3 {
                case 0: damaged[index] = nasty[Int(random.next() % UInt64(nasty.count))]
                case 1: damaged.insert(nasty[Int(random.next() % UInt64(nasty.count))], at: index)
                default: damaged.removeSubrange(index..<min(damaged.count, index + 20))
                }
            }
            expectPlaces(in: String(decoding: damaged, as: UTF8.self))
        }
    }

    /// Steele and others 2014; the same numbers on every machine.
    private struct SplitMix {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
