import Foundation
import Settings
import Testing

/// Texts that nobody would write on purpose: the reader answers with nodes or a problem.
@Suite struct DamagedTextTests {
    private func survives(_ text: String) {
        var reading = DocumentReading()
        _ = try? YAMLReader.read(text, file: "f", reading: &reading)
    }

    @Test(arguments: ["[", "{", "- ", "? ", "{a: ", "&a [", "!!seq [", "\"", "'", "|", "a: "])
    func thousandsOfOpeningsAreRefusedOrRead(opening: String) {
        survives(String(repeating: opening, count: 20_000))
    }

    @Test func deepIndentationIsRefusedOrRead() {
        survives((0..<1_200).map { String(repeating: " ", count: $0) + "a:\n" }.joined())
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
            survives(String(decoding: damaged, as: UTF8.self))
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
