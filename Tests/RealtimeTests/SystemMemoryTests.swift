import Foundation
import Realtime
import Testing

@Suite(.serialized)
struct SystemMemoryTests {
    /// A line of the process's status, in KiB.
    private func status(_ name: String) throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("\(name):") })
        let words = line.split(whereSeparator: \.isWhitespace)
        return try #require(Int(words[1]))
    }

    @Test func codeThatRanOnceIsGivenBackAndRunsAgain() throws {
        let words = ["b", "a"]
        #expect(words.sorted().joined() == "ab")
        let before = try status("RssFile")
        SystemMemory.returnUnused()
        let after = try status("RssFile")
        #expect(after < before - 1_024, "\(before) KiB, then \(after) KiB")
        #expect(words.sorted().joined() == "ab")
    }
}
