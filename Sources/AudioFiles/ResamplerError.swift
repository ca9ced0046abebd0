/// Why a resampler could not be made or went wrong.
package enum ResamplerError: Error, Equatable, CustomStringConvertible {
    /// One of the two rates is outside what the library resamples well.
    case unsupportedRates(fromHz: Int, toHz: Int, supportedHz: ClosedRange<Int>)

    /// The library failed, most likely for want of memory.
    case libraryFailed(fromHz: Int, toHz: Int, reason: String)

    package var description: String {
        switch self {
        case .unsupportedRates(let from, let to, let supported):
            "Cannot resample from \(from) Hz to \(to) Hz: rates from \(supported.lowerBound) to "
                + "\(supported.upperBound) Hz are supported. Choose another sample rate."
        case .libraryFailed(let from, let to, let reason):
            "Resampling from \(from) Hz to \(to) Hz failed: \(reason). "
                + "If memory is short, close other programs and try again."
        }
    }
}
