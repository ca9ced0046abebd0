internal import CSoxr

/// Converts one mono stream from one sample rate to another with libsoxr.
///
/// The quality is soxr's HQ recipe: 20 bits, linear phase, 0.01 dB of ripple up to 91 % of the
/// lower rate's Nyquist frequency. The filter's delay is taken out: output sample `n` is the
/// signal at `n / toRateHz` seconds after the first input sample. Samples come out in blocks,
/// some 10 to 100 ms after the input that they depend on went in; `flush` brings out the rest.
///
/// The same input gives bit-identical output whatever the sizes of the chunks it arrives in.
/// Where the rates are equal, samples pass through untouched and at once.
///
/// Not safe for use from several threads at once; one analysis owns one resampler.
@safe package final class StreamingResampler {
    /// The rate of the input in Hz.
    package let fromRateHz: Int

    /// The rate of the output in Hz.
    package let toRateHz: Int

    /// The rates that are accepted, in Hz.
    package static let supportedRatesHz = 1_000...1_000_000

    private let engine: soxr_t?
    private var scratch = [Float](repeating: 0, count: outputBlock)
    private var inputCount: Int64 = 0
    private var isFlushed = false

    /// Makes a resampler with an empty history.
    ///
    /// - Parameters:
    ///   - fromRateHz: The rate of the input.
    ///   - toRateHz: The rate of the output.
    /// - Throws: `unsupportedRates` where a rate is outside `supportedRatesHz`, `libraryFailed`
    ///   where the library gives up.
    package init(fromRateHz: Int, toRateHz: Int) throws(ResamplerError) {
        let supported = Self.supportedRatesHz
        guard supported.contains(fromRateHz), supported.contains(toRateHz) else {
            throw .unsupportedRates(fromHz: fromRateHz, toHz: toRateHz, supportedHz: supported)
        }
        self.fromRateHz = fromRateHz
        self.toRateHz = toRateHz
        guard fromRateHz != toRateHz else {
            unsafe engine = nil
            return
        }
        var failure: soxr_error_t?
        var samples = unsafe soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I)
        var quality = unsafe soxr_quality_spec(UInt(SOXR_20_BITQ), 0)
        var runtime = unsafe soxr_runtime_spec(1)
        let made = unsafe soxr_create(
            Double(fromRateHz),
            Double(toRateHz),
            1,
            &failure,
            &samples,
            &quality,
            &runtime
        )
        guard unsafe made != nil, unsafe failure == nil else {
            let reason = unsafe failure.map { unsafe String(cString: $0) } ?? "out of memory"
            unsafe soxr_delete(made)
            throw .libraryFailed(fromHz: fromRateHz, toHz: toRateHz, reason: reason)
        }
        unsafe engine = made
    }

    deinit {
        unsafe soxr_delete(engine)
    }

    /// Takes samples in and appends those that have become ready.
    ///
    /// - Parameters:
    ///   - input: The next samples at `fromRateHz`; any number.
    ///   - output: Receives samples at `toRateHz`; what it holds already is kept.
    /// - Precondition: `flush` was not called since the beginning or the last `reset`.
    package func process(_ input: Span<Float>, appendingTo output: inout [Float]) {
        precondition(!isFlushed, "A flushed resampler takes no input before reset()")
        inputCount += Int64(input.count)
        guard unsafe engine != nil else {
            output.reserveCapacity(output.count + input.count)
            for index in input.indices {
                output.append(input[index])
            }
            return
        }
        unsafe input.withUnsafeBufferPointer { samples in
            guard let start = samples.baseAddress else { return }
            var position = 0
            repeat {
                let (used, made) = unsafe exchange(
                    start + position,
                    count: samples.count - position,
                    appendingTo: &output
                )
                position += used
                if position == samples.count, made < Self.outputBlock { return }
            } while true
        }
    }

    /// Appends the remaining samples and ends the stream.
    ///
    /// Afterwards as many samples have come out as the input lasts at `toRateHz`, rounded.
    package func flush(appendingTo output: inout [Float]) {
        guard !isFlushed else { return }
        isFlushed = true
        guard unsafe engine != nil, inputCount > 0 else { return }
        while unsafe exchange(nil, count: 0, appendingTo: &output).made > 0 {}
    }

    /// Forgets the past; the next sample is the first one of a new stream.
    package func reset() {
        inputCount = 0
        isFlushed = false
        guard unsafe engine != nil else { return }
        let failure = unsafe soxr_clear(engine)
        unsafe precondition(failure == nil, "soxr_clear fails only when memory runs out")
    }

    /// The most samples asked of the library at once.
    private static let outputBlock = 4_096

    /// Passes input to the library and takes output from it.
    ///
    /// - Returns: The number of input samples used and of output samples made.
    private func exchange(
        _ input: UnsafePointer<Float>?,
        count: Int,
        appendingTo output: inout [Float]
    ) -> (used: Int, made: Int) {
        var used = 0
        var made = 0
        unsafe scratch.withUnsafeMutableBufferPointer { buffer in
            let failure = unsafe soxr_process(
                engine,
                input,
                count,
                &used,
                buffer.baseAddress,
                buffer.count,
                &made
            )
            unsafe precondition(failure == nil, "soxr_process fails only when memory runs out")
        }
        output.append(contentsOf: scratch[..<made])
        return (used, made)
    }
}

/// Why a resampler could not be made or went wrong.
package enum ResamplerError: Error, Equatable, CustomStringConvertible {
    /// One of the two rates is outside what the library resamples well.
    case unsupportedRates(fromHz: Int, toHz: Int, supportedHz: ClosedRange<Int>)

    /// The library failed, most likely because memory ran out.
    case libraryFailed(fromHz: Int, toHz: Int, reason: String)

    package var description: String {
        switch self {
        case .unsupportedRates(let from, let to, let supported):
            "Cannot resample from \(from) Hz to \(to) Hz: supported are "
                + "\(supported.lowerBound) to \(supported.upperBound) Hz. Choose another sample rate."
        case .libraryFailed(let from, let to, let reason):
            "Resampling from \(from) Hz to \(to) Hz failed: \(reason). "
                + "If memory is short, close other programs and try again."
        }
    }
}
