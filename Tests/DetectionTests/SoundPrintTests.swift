import Testing

@testable import Detection

@Suite struct SoundPrintTests {
    private func embedding(length: Int) -> [Float] {
        (0..<length).map { (Float($0 * 37 % 101) - 20) / 10 }
    }

    private func made(of values: [Float]) -> SoundPrint? { SoundPrint(of: values.span) }

    private func product(_ one: SoundPrint, _ other: SoundPrint) -> Int32 {
        zip(one.bytes, other.bytes).reduce(0) {
            $0 + Int32(Int8(bitPattern: $1.0)) * Int32(Int8(bitPattern: $1.1))
        }
    }

    /// Prints of earlier years are compared with those of today: the numbers were computed by NumPy
    /// from the definition.
    @Test func theNumbersNeverChange() throws {
        let long = try #require(made(of: embedding(length: 1024)))
        let expected: [Int8] = [
            -26, 2, -4, -28, -3, -19, 7, -4, 5, 1, 1, 7, 19, -17, 23, -9, -16, 26, -21, -43, -8, 27,
            4, -12, -24, 20, 17, 16, -4, 7, 11, 16, 28, 1, 0, -15, -18, -7, 6, -12, -14, 4, 2, -26,
            -20, 6, 5, -13, -8, 6, 8, 0, -5, -5, 19, 8, 0, -29, -26, 27, 19, -19, 3, 10,
        ]
        #expect(long.bytes.map { Int8(bitPattern: $0) } == expected)
        let short = try #require(made(of: embedding(length: 100)))
        let first: [Int8] = [20, 8, -13, 19, -7, -23, -14, -4, -27, 22, -8, 20, 27, 14, -7, 7]
        #expect(short.bytes.prefix(16).map { Int8(bitPattern: $0) } == first)
    }

    @Test func aPrintIsAsAlikeToItselfAsCanBeHoweverLoudTheEmbeddingIs() throws {
        let values = embedding(length: 1024)
        let one = try #require(made(of: values))
        let other = try #require(made(of: values.map { $0 * 1e-3 }))
        #expect(SoundPrint.likeness(ofProduct: product(one, other)) > 0.999)
        let opposite = try #require(made(of: values.map { -$0 }))
        #expect(SoundPrint.likeness(ofProduct: product(one, opposite)) == 0)
    }

    @Test func whatHasNoDirectionHasNoPrint() {
        #expect(made(of: [Float](repeating: 0, count: 1024)) == nil)
        #expect(made(of: [.nan] + embedding(length: 1023)) == nil)
        #expect(made(of: [.infinity] + embedding(length: 1023)) == nil)
        #expect(made(of: []) == nil)
        #expect(SoundPrint(mean: []) == nil)
    }

    @Test func aPrintComesBackFromItsBytesAndTheMeanOfOneIsItself() throws {
        let print = try #require(made(of: embedding(length: 100)))
        #expect(SoundPrint(bytes: print.bytes[...]) == print)
        let mean = try #require(SoundPrint(mean: [print, print]))
        #expect(SoundPrint.likeness(ofProduct: product(mean, print)) > 0.99)
    }
}
