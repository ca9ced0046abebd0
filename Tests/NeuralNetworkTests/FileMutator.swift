/// Damages files in ways that transmission, other programs and ill will do; the same seed gives the
/// same damage.
struct FileMutator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    /// A damaged copy of a file; `donor` lends pieces.
    mutating func mutant(of file: [UInt8], donor: [UInt8]) -> [UInt8] {
        var bytes = file
        for _ in 0..<1 + random(below: 3) {
            guard !bytes.isEmpty else { break }
            let place = random(below: bytes.count)
            switch random(below: 8) {
            case 0: bytes[place] ^= 1 << UInt8(random(below: 8))
            case 1: bytes[place] = UInt8(random(below: 256))
            case 2: bytes[place] = bytes[place] &+ 1
            case 3: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF][random(below: 5)]
            case 4: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random(below: 16)))
            case 5:
                // The longest numbers of the format: −1, the greatest, a large length.
                let number: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]
                bytes.replaceSubrange(place...place, with: number.suffix(1 + random(below: 10)))
            case 6:
                guard !donor.isEmpty else { continue }
                let start = random(below: donor.count)
                let piece = donor[start..<min(donor.count, start + 1 + random(below: 32))]
                bytes.insert(contentsOf: piece, at: place)
            default: bytes.removeLast(random(below: bytes.count))
            }
        }
        return bytes
    }

    /// Marsaglia's xorshift generator.
    private mutating func random(below bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }
}
