/// The SHA-256 digest of bytes (FIPS 180-4), by which a model is recognised.
package struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
    /// The digest, eight big-endian words.
    private let words: [UInt32]

    /// Computes the digest of `bytes`.
    package init(of bytes: [UInt8]) {
        var state = Self.initialState
        var padded = bytes[(bytes.count - bytes.count % 64)...]
        padded.append(0x80)
        while padded.count % 64 != 56 {
            padded.append(0)
        }
        let bitCount = UInt64(bytes.count) * 8
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            padded.append(UInt8(truncatingIfNeeded: bitCount >> shift))
        }
        var schedule = [UInt32](repeating: 0, count: 64)
        for start in stride(from: 0, to: bytes.count - bytes.count % 64, by: 64) {
            Self.compress(bytes[start..<(start + 64)], schedule: &schedule, into: &state)
        }
        for start in stride(from: padded.startIndex, to: padded.endIndex, by: 64) {
            Self.compress(padded[start..<(start + 64)], schedule: &schedule, into: &state)
        }
        words = state
    }

    /// The digest in 64 hexadecimal digits.
    package var description: String {
        words.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    private static let initialState: [UInt32] = primeFractions(count: 8, root: squareRoot)
    private static let roundConstants: [UInt32] = primeFractions(count: 64, root: cubeRoot)

    private static func compress(
        _ block: ArraySlice<UInt8>,
        schedule: inout [UInt32],
        into state: inout [UInt32]
    ) {
        for index in 0..<16 {
            let start = block.startIndex + 4 * index
            schedule[index] = block[start..<(start + 4)].reduce(0) { $0 << 8 | UInt32($1) }
        }
        for index in 16..<64 {
            let (near, far) = (schedule[index - 2], schedule[index - 15])
            let sigma0 = rotated(far, 7) ^ rotated(far, 18) ^ (far >> 3)
            let sigma1 = rotated(near, 17) ^ rotated(near, 19) ^ (near >> 10)
            schedule[index] = schedule[index - 16] &+ sigma0 &+ schedule[index - 7] &+ sigma1
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<64 {
            let sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
            let choice = (e & f) ^ (~e & g)
            let first = h &+ sum1 &+ choice &+ roundConstants[index] &+ schedule[index]
            let sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
            let majority = (a & b) ^ (a & c) ^ (b & c)
            (h, g, f, e) = (g, f, e, d &+ first)
            (d, c, b, a) = (c, b, a, first &+ sum0 &+ majority)
        }
        for (index, value) in [a, b, c, d, e, f, g, h].enumerated() {
            state[index] &+= value
        }
    }

    private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word >> count | word << (32 - count)
    }

    /// The first 32 bits of the fractions of the roots of the first primes, as the standard
    /// defines its constants.
    private static func primeFractions(count: Int, root: (UInt64) -> UInt32) -> [UInt32] {
        var primes: [UInt64] = []
        var candidate: UInt64 = 2
        while primes.count < count {
            if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
            candidate += 1
        }
        return primes.map(root)
    }

    /// Exact: the largest x with x² ≤ prime · 2⁶⁴, its low 32 bits being the fraction.
    private static func squareRoot(_ prime: UInt64) -> UInt32 {
        fraction { x in
            let square = x.multipliedFullWidth(by: x)
            return square.high < prime || (square.high == prime && square.low == 0)
        }
    }

    /// Exact: the largest x with x³ ≤ prime · 2⁹⁶, its low 32 bits being the fraction.
    private static func cubeRoot(_ prime: UInt64) -> UInt32 {
        fraction { x in
            let square = x.multipliedFullWidth(by: x)
            let low = square.low.multipliedFullWidth(by: x)
            let (high, overflow) = square.high.multipliedFullWidth(by: x).low
                .addingReportingOverflow(low.high)
            let limit = prime << 32
            return !overflow && (high < limit || (high == limit && low.low == 0))
        }
    }

    private static func fraction(isAtMostRoot: (UInt64) -> Bool) -> UInt32 {
        var (low, high): (UInt64, UInt64) = (0, 1 << 37)
        while high - low > 1 {
            let middle = (low + high) / 2
            if isAtMostRoot(middle) { low = middle } else { high = middle }
        }
        return UInt32(truncatingIfNeeded: low)
    }
}
