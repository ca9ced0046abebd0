import Foundation
import Testing

/// What `scripts/list-recordings` says may be trained on.
@Suite struct RecordingSplitTests {
    private struct Row {
        let path: String
        let split: String
        let role: String
        let source: String
    }

    private func list(split: String? = nil) throws -> String {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("scripts/list-recordings").path
        let command = try split.map { try Command(script, "--split", $0) } ?? Command(script)
        #expect(command.exitCode == 0, "\(command.output)")
        return command.output
    }

    private func rows(_ text: String) -> [Row] {
        text.split(separator: "\n").dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
                .map(String.init)
            return Row(path: cells[0], split: cells[1], role: cells[2], source: cells[6])
        }
    }

    @Test func noSourceIsInTwoSplits() throws {
        let rows = rows(try list())
        #expect(rows.count > 1_900)
        for (source, all) in Dictionary(grouping: rows, by: \.source) {
            #expect(Set(all.map(\.split)).count == 1, "\(source)")
        }
        for split in ["train", "tune", "test"] {
            for role in ["sound", "background", "room"] {
                #expect(rows.contains { $0.split == split && $0.role == role })
            }
        }
    }

    @Test func theFoldsOfESC10StayTogether() throws {
        for row in rows(try list()) where row.path.hasPrefix("esc10/") {
            let name = row.path.split(separator: "/").last ?? ""
            let expected = ["1": "train", "2": "train", "3": "train", "4": "tune", "5": "test"]
            #expect(row.split == expected[String(name.prefix(1))])
        }
    }

    @Test func theSameListIsGivenAgainAndItsPartsMakeTheWhole() throws {
        let all = try list()
        #expect(try list() == all)
        let train = rows(try list(split: "train")).map(\.path)
        let kept = rows(try list(split: "held-out")).map(\.path)
        #expect(Set(train).isDisjoint(with: kept))
        #expect((train + kept).sorted() == rows(all).map(\.path).sorted())
    }
}
