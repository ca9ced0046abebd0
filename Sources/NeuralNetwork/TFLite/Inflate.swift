/// Unpacks what was packed by DEFLATE, as RFC 1951 has it.
struct Inflate {
    /// Why bytes cannot be unpacked.
    enum Fault: Error {
        case damaged
        case tooLong
    }

    private let input: ArraySlice<UInt8>
    private var place: Int
    private var waiting: UInt32 = 0
    private var waitingCount = 0
    private var output: [UInt8] = []
    private let limit: Int

    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115,
        131, 163, 195, 227, 258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
        2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
    ]
    /// The order in which the lengths of codes for lengths come.
    private static let lengthOrder = [
        16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
    ]

    private init(_ input: ArraySlice<UInt8>, limit: Int) {
        self.input = input
        place = input.startIndex
        self.limit = limit
    }

    /// The bytes that were packed.
    ///
    /// - Parameters:
    ///   - input: The packed bytes.
    ///   - limit: The most bytes that there may be.
    /// - Returns: The bytes.
    /// - Throws: ``Fault``.
    static func unpacked(_ input: ArraySlice<UInt8>, limit: Int) throws(Fault) -> [UInt8] {
        var inflate = Inflate(input, limit: limit)
        while true {
            let isLast = try inflate.bits(1) == 1
            switch try inflate.bits(2) {
            case 0: try inflate.copyStored()
            case 1: try inflate.unpack(Self.fixedCodes, Self.fixedDistances)
            case 2:
                let (codes, distances) = try inflate.readCodes()
                try inflate.unpack(codes, distances)
            default: throw .damaged
            }
            if isLast { return inflate.output }
        }
    }

    private mutating func bits(_ count: Int) throws(Fault) -> Int {
        while waitingCount < count {
            guard place < input.endIndex else { throw .damaged }
            waiting |= UInt32(input[place]) << UInt32(waitingCount)
            waitingCount += 8
            place += 1
        }
        let value = waiting & ((1 << UInt32(count)) - 1)
        waiting >>= UInt32(count)
        waitingCount -= count
        return Int(value)
    }

    private mutating func copyStored() throws(Fault) {
        (waiting, waitingCount) = (0, 0)
        guard input.endIndex - place >= 4 else { throw .damaged }
        let length = Int(input[place]) | Int(input[place + 1]) << 8
        let check = Int(input[place + 2]) | Int(input[place + 3]) << 8
        place += 4
        guard length == ~check & 0xFFFF, input.endIndex - place >= length else { throw .damaged }
        guard output.count + length <= limit else { throw .tooLong }
        output += input[place..<place + length]
        place += length
    }

    private mutating func unpack(_ codes: HuffmanCode, _ distances: HuffmanCode) throws(Fault) {
        while true {
            let symbol = try symbol(codes)
            if symbol < 256 {
                guard output.count < limit else { throw .tooLong }
                output.append(UInt8(symbol))
                continue
            }
            guard symbol > 256 else { return }
            guard symbol - 257 < Self.lengthBases.count else { throw .damaged }
            let length =
                Self.lengthBases[symbol - 257] + (try bits(Self.lengthBits[symbol - 257]))
            let far = try self.symbol(distances)
            guard far < Self.distanceBases.count else { throw .damaged }
            let distance = Self.distanceBases[far] + (try bits(max(0, far / 2 - 1)))
            guard distance <= output.count else { throw .damaged }
            guard output.count + length <= limit else { throw .tooLong }
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }

    private mutating func symbol(_ code: HuffmanCode) throws(Fault) -> Int {
        var (value, first, index) = (0, 0, 0)
        for count in code.counts.dropFirst() {
            value |= try bits(1)
            if value - first < count { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw .damaged
    }

    private mutating func readCodes() throws(Fault) -> (HuffmanCode, HuffmanCode) {
        let literalCount = try bits(5) + 257
        let distanceCount = try bits(5) + 1
        var lengths = [Int](repeating: 0, count: 19)
        for index in 0..<(try bits(4)) + 4 { lengths[Self.lengthOrder[index]] = try bits(3) }
        let lengthCode = try HuffmanCode(lengths)
        var all: [Int] = []
        while all.count < literalCount + distanceCount {
            switch try symbol(lengthCode) {
            case let length where length < 16: all.append(length)
            case 16:
                guard let last = all.last else { throw .damaged }
                all += [Int](repeating: last, count: 3 + (try bits(2)))
            case 17: all += [Int](repeating: 0, count: 3 + (try bits(3)))
            default: all += [Int](repeating: 0, count: 11 + (try bits(7)))
            }
        }
        guard all.count == literalCount + distanceCount, all[256] != 0 else { throw .damaged }
        return (
            try HuffmanCode(Array(all[..<literalCount])),
            try HuffmanCode(Array(all[literalCount...]))
        )
    }

    private static let fixedCodes = HuffmanCode(
        unchecked: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
    )
    private static let fixedDistances = HuffmanCode(unchecked: Array(repeating: 5, count: 30))
}

/// Symbols by the lengths of their codes, in the order that RFC 1951 gives the codes.
private struct HuffmanCode: Sendable {
    /// How many codes there are of each length, 0 to 15.
    let counts: [Int]
    /// The symbols by length and number.
    let symbols: [Int]

    /// Takes the length of each symbol's code; 0 for one that is not used.
    ///
    /// - Throws: When there are more codes than lengths leave room for.
    init(_ lengths: [Int]) throws(Inflate.Fault) {
        self.init(unchecked: lengths)
        var room = 1
        for count in counts.dropFirst() {
            room = room * 2 - count
            guard room >= 0 else { throw .damaged }
        }
    }

    init(unchecked lengths: [Int]) {
        var counts = [Int](repeating: 0, count: 16)
        for length in lengths where length > 0 { counts[length] += 1 }
        self.counts = counts
        symbols = (1..<16).flatMap { length in lengths.indices.filter { lengths[$0] == length } }
    }
}
