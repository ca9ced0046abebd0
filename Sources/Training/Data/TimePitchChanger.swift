import Glibc

/// Stretches and pitch-shifts sounds with librubberband, which is loaded on demand.
///
/// Sendable: the functions of the library never change, and each call has a stretcher of its own.
@safe package struct TimePitchChanger: @unchecked Sendable {
    private typealias Make =
        @convention(c) (UInt32, UInt32, Int32, Double, Double) -> OpaquePointer?
    private typealias Drop = @convention(c) (OpaquePointer?) -> Void
    private typealias Take =
        @convention(c) (
            OpaquePointer?, UnsafePointer<UnsafePointer<Float>?>?, UInt32, Int32
        ) -> Void
    private typealias Announce = @convention(c) (OpaquePointer?, UInt32) -> Void
    private typealias Count = @convention(c) (OpaquePointer?) -> Int32
    private typealias Give =
        @convention(c) (
            OpaquePointer?, UnsafePointer<UnsafeMutablePointer<Float>?>?, UInt32
        ) -> UInt32

    private let make: Make
    private let drop: Drop
    private let study: Take
    private let process: Take
    private let announce: Announce
    private let available: Count
    private let retrieve: Give

    /// Single-threaded, so that the same sound always gives the same samples.
    private static let noThreads: Int32 = 0x0001_0000
    private static let blockLength = 4_096

    /// Finds the library.
    ///
    /// - Parameter name: The library's file.
    /// - Throws: `libraryMissing`, with the package that holds it.
    package init(library name: String = "librubberband.so.2") throws(TimePitchError) {
        let handle = unsafe dlopen(name, RTLD_NOW)
        func symbol(_ function: String) throws(TimePitchError) -> UnsafeMutableRawPointer {
            guard let handle = unsafe handle, let symbol = unsafe dlsym(handle, function) else {
                throw .libraryMissing(name: name)
            }
            return unsafe symbol
        }
        unsafe make = try unsafeBitCast(symbol("rubberband_new"), to: Make.self)
        unsafe drop = try unsafeBitCast(symbol("rubberband_delete"), to: Drop.self)
        unsafe study = try unsafeBitCast(symbol("rubberband_study"), to: Take.self)
        unsafe process = try unsafeBitCast(symbol("rubberband_process"), to: Take.self)
        unsafe announce = try unsafeBitCast(
            symbol("rubberband_set_max_process_size"),
            to: Announce.self
        )
        unsafe available = try unsafeBitCast(symbol("rubberband_available"), to: Count.self)
        unsafe retrieve = try unsafeBitCast(symbol("rubberband_retrieve"), to: Give.self)
    }

    /// A sound that lasts `stretch` times as long and is so many semitones higher.
    ///
    /// - Parameters:
    ///   - samples: Mono.
    ///   - rateHz: Their rate.
    ///   - stretch: 0.1 to 10.
    ///   - semitones: −24 to 24.
    /// - Returns: The changed sound, of `stretch` times as many samples.
    package func changed(
        _ samples: [Float],
        rateHz: Int,
        stretch: Double,
        semitones: Double
    ) -> [Float] {
        precondition((0.1...10).contains(stretch), "a stretch of \(stretch)")
        precondition((-24...24).contains(semitones), "\(semitones) semitones")
        guard !samples.isEmpty else { return [] }
        let pitch = pow(2, semitones / 12)
        let state = unsafe make(UInt32(rateHz), 1, Self.noThreads, stretch, pitch)
        guard let state = unsafe state else { return samples }
        defer { unsafe drop(state) }
        unsafe announce(state, UInt32(Self.blockLength))
        var changed: [Float] = []
        unsafe samples.withUnsafeBufferPointer { buffer in
            for isStudy in [true, false] {
                for start in stride(from: 0, to: buffer.count, by: Self.blockLength) {
                    let count = min(Self.blockLength, buffer.count - start)
                    let isLast: Int32 = start + count == buffer.count ? 1 : 0
                    var block = unsafe buffer.baseAddress.map { unsafe $0 + start }
                    if isStudy {
                        unsafe study(state, &block, UInt32(count), isLast)
                    } else {
                        unsafe process(state, &block, UInt32(count), isLast)
                        unsafe append(from: state, to: &changed)
                    }
                }
            }
        }
        let expected = Int((Double(samples.count) * stretch).rounded())
        return Array(changed.prefix(expected))
            + [Float](repeating: 0, count: max(expected - changed.count, 0))
    }

    private func append(from state: OpaquePointer, to changed: inout [Float]) {
        while true {
            let count = Int(unsafe available(state))
            guard count > 0 else { return }
            var block = [Float](repeating: 0, count: count)
            let given = unsafe block.withUnsafeMutableBufferPointer { room in
                var start = room.baseAddress
                return Int(unsafe retrieve(state, &start, UInt32(count)))
            }
            changed += block.prefix(given)
        }
    }
}

/// Why sounds cannot be made longer or higher.
package enum TimePitchError: Error, Equatable, CustomStringConvertible {
    /// librubberband is not installed.
    case libraryMissing(name: String)

    package var description: String {
        switch self {
        case .libraryMissing(let name):
            "'\(name)' is missing; stretching and pitch shifting need it. Install the package "
                + "librubberband2, or remove 'stretch_probability' and 'pitch_probability'."
        }
    }

    /// The exit code (sysexits) of a command that fails for this reason.
    package var exitCode: Int32 { 69 }
}
