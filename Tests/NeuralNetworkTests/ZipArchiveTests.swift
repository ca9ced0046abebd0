import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// Archives at the end of a file, made with Python's zipfile behind eight bytes of something else.
@Suite struct ZipArchiveTests {
    static let archive = Checkout.folder
        .appendingPathComponent("Tests/NeuralNetworkTests/Fixtures/labels.zip.bin")

    private static func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: archive)) }

    @Test func storedAndPackedFilesBehindANetworkAreRead() throws {
        let archive = try #require(ZipArchive(Self.bytes()))
        #expect(
            archive.entries.map(\.name) == ["readme.txt", "labels.txt", "labels-de.txt", "all.bin"]
        )
        let numbers = try archive.content(of: archive.entries[3])
        // 0, 1, 4, 9, … as bytes: little that repeats, then much that does.
        let squares = (0..<3000).map { UInt8(truncatingIfNeeded: $0 * $0) }
        #expect(numbers == squares + [UInt8](repeating: 7, count: 70_000))
    }

    @Test func theLabelsAreTheTextOfTheRightLength() throws {
        let bytes = try Self.bytes()
        #expect(TFLiteLabels.read(bytes, count: 300)?.first == "class 0 of many")
        #expect(TFLiteLabels.read(bytes)?.last == "class 299 of many")
        #expect(TFLiteLabels.read(bytes, count: 2) == ["Nothing here", "is a label."])
        #expect(TFLiteLabels.read(bytes, count: 5) == nil)
        #expect(TFLiteLabels.read(Array(bytes.dropLast())) == nil)
    }

    @Test func damagedArchivesAreRefused() throws {
        let whole = try Self.bytes()
        var generator = SeededNumbers(seed: 3)
        var damaged = 0
        for _ in 0..<3000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) {
                bytes.removeFirst(Int.random(in: 0..<200, using: &generator))
            }
            guard let archive = ZipArchive(bytes) else {
                damaged += 1
                continue
            }
            for entry in archive.entries {
                do {
                    #expect(try archive.content(of: entry).count == entry.size)
                } catch {
                    damaged += 1
                }
            }
        }
        #expect(damaged > 1000)
    }
}
