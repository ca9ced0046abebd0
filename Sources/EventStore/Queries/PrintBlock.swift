package import Detection
package import Foundation

/// Prints of sounds of one source by one model, of up to five minutes.
package struct PrintBlock: Sendable, Equatable {
    /// As many fit on a page of the database, so that none of it is left empty.
    package static let mostPrints = 60
    /// The longest time between the first print and the last, in seconds.
    package static let longestSeconds = 300.0
    /// The unit of the times of prints, in seconds.
    private static let tickSeconds = 0.01

    /// When the window of the first print begins.
    package let start: Date
    /// How long the window of a print is, in seconds.
    package let windowSeconds: Double
    /// When the window of each print begins, in hundredths of a second after ``start``.
    package private(set) var offsets: [UInt16] = []
    /// The prints one after the other, shape `[count, SoundPrint.length]`, in two's complement.
    package private(set) var bytes: [UInt8] = []

    /// Creates a block without prints.
    package init(start: Date, windowSeconds: Double) {
        precondition(windowSeconds > 0, "a window has a length")
        self.start = start
        self.windowSeconds = windowSeconds
    }

    /// The number of prints.
    package var count: Int { offsets.count }

    /// Whether another print, whose window begins at a date, belongs into this block.
    package func hasRoom(at date: Date) -> Bool {
        count < Self.mostPrints && (0...Self.longestSeconds).contains(date.timeIntervalSince(start))
    }

    /// Adds a print for which there is room.
    ///
    /// - Parameters:
    ///   - print: The print.
    ///   - date: When its window begins.
    package mutating func append(_ print: SoundPrint, at date: Date) {
        precondition(hasRoom(at: date), "a block holds prints of up to five minutes")
        offsets.append(UInt16((date.timeIntervalSince(start) / Self.tickSeconds).rounded()))
        bytes += print.bytes
    }

    /// When the window of a print begins.
    package func start(of index: Int) -> Date { start + Double(offsets[index]) * Self.tickSeconds }

    /// A print.
    package subscript(index: Int) -> SoundPrint {
        SoundPrint(
            bytes: bytes[index * SoundPrint.length..<(index + 1) * SoundPrint.length]
        )
    }

    /// Decodes a row of the database; nil if it is inconsistent.
    init?(start: Date, windowSeconds: Double, offsets: Data, prints: Data) {
        guard windowSeconds > 0, offsets.count * SoundPrint.length == prints.count * 2 else {
            return nil
        }
        self.init(start: start, windowSeconds: windowSeconds)
        let pairs = [UInt8](offsets)
        self.offsets = stride(from: 0, to: pairs.count, by: 2).map {
            UInt16(pairs[$0]) | UInt16(pairs[$0 + 1]) << 8
        }
        bytes = [UInt8](prints)
    }

    /// The offsets as they are stored: 16 bits each, little-endian.
    var offsetData: Data {
        Data(offsets.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
    }
}
