/// What a network found out about a window, in 64 bytes: sounds that are alike have prints alike.
///
/// The square roots of the embedding's numbers, so that a few large ones do not decide alone, are
/// folded into 64 sums by signs that are random but always the same, and scaled so that the product
/// of two prints is the cosine between them. The folding keeps angles as far as 64 numbers can
/// (Charikar, Chen and Farach-Colton 2002, "Finding frequent items in data streams"; Weinberger et
/// al. 2009, "Feature hashing for large scale multitask learning"). Prints of different networks say
/// nothing about one another.
package struct SoundPrint: Equatable, Sendable {
    /// The numbers of a print, each of one byte.
    package static let length = 64
    /// The length of a print as a vector: the product of two is the cosine times its square.
    private static let norm: Float = 127

    /// The numbers.
    package let numbers: SIMD64<Int8>

    /// Makes the print of an embedding; nil where all its numbers are 0, or one is not finite.
    ///
    /// Allocates nothing.
    /// - Parameter embedding: What the network gave for a window, in its own order.
    package init?(of embedding: Span<Float>) {
        // In memory: lanes of a vector that are chosen in a loop are slow.
        var sums = InlineArray<64, Float>(repeating: 0)
        var first = 0
        while first < embedding.count {
            var signs = Self.signs(ofRow: UInt64(first / Self.length))
            for lane in 0..<min(Self.length, embedding.count - first) {
                let value = embedding[first + lane]
                let root = value.magnitude.squareRoot()
                sums[lane] += (signs & 1 == 0) == (value >= 0) ? root : -root
                signs >>= 1
            }
            first += Self.length
        }
        var vector = SIMD64<Float>()
        for lane in 0..<Self.length { vector[lane] = sums[lane] }
        self.init(along: vector)
    }

    /// Makes the print that points the same way as a vector; nil where that has no direction.
    private init?(along sums: SIMD64<Float>) {
        let length = (sums * sums).sum().squareRoot()
        guard length.isFinite, length > 1e-6 else { return nil }
        let scaled = (sums * (Self.norm / length)).rounded(.toNearestOrAwayFromZero)
        numbers = SIMD64<Int8>(clamping: SIMD64<Int32>(scaled))
    }

    /// Reads a stored print.
    ///
    /// - Parameter bytes: 64 bytes in two's complement.
    package init(bytes: ArraySlice<UInt8>) {
        precondition(bytes.count == Self.length, "a print has 64 bytes")
        var numbers = SIMD64<Int8>()
        for (lane, byte) in bytes.enumerated() { numbers[lane] = Int8(bitPattern: byte) }
        self.numbers = numbers
    }

    /// The print of several windows together: what they have in common.
    ///
    /// nil where there are none, or they cancel each other out.
    package init?(mean prints: [SoundPrint]) {
        var sums = SIMD64<Float>()
        for print in prints { sums += SIMD64<Float>(print.numbers) }
        self.init(along: sums)
    }

    /// The bytes to be stored, in two's complement.
    package var bytes: [UInt8] { (0..<Self.length).map { UInt8(bitPattern: numbers[$0]) } }

    /// How alike two sounds are: the cosine between their prints, 0 where it is negative.
    ///
    /// - Parameter product: The sum of the products of the numbers of two prints.
    /// - Returns: 0...1.
    package static func likeness(ofProduct product: Int32) -> Double {
        min(1, max(0, Double(product) / Double(norm * norm)))
    }

    /// The signs of 64 numbers of the embedding, one a bit: SplitMix64 of the row's number.
    ///
    /// They must never change: prints are compared with those of earlier years.
    private static func signs(ofRow row: UInt64) -> UInt64 {
        var bits = (row &+ 1) &* 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
