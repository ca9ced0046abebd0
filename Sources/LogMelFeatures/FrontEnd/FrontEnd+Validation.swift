extension FrontEnd {
    /// Checks that the description can be computed.
    /// - Throws: The first field found wrong, with its value and what is allowed.
    package func validate() throws(FrontEndError) {
        try require("sample_rate_hz", sampleRateHz, in: 1_000...768_000)
        try requirePositive("sample_scale", sampleScale)
        try require("hop_length", hopLength, in: 1...1_048_576)
        try require("channel_count", channelCount, in: 1...64)
        if representation == .waveform {
            try validateWaveform()
        } else {
            try validateSpectrum()
        }
        if representation == .melBands { try validateBands() }
        try validateCompression()
        try validateNormalisation()
    }

    private func validateWaveform() throws(FrontEndError) {
        guard compression == .none else {
            throw .invalidValue(
                field: "compression.kind",
                value: compression.kind.rawValue,
                allowed: "none with representation: waveform"
            )
        }
        if case .perBand = normalisation {
            throw .invalidValue(
                field: "normalisation.kind",
                value: "per_band",
                allowed: "none, global or per_patch with representation: waveform"
            )
        }
    }

    private func validateSpectrum() throws(FrontEndError) {
        guard preEmphasis >= 0, preEmphasis < 1 else {
            throw .invalidValue(
                field: "pre_emphasis",
                value: "\(preEmphasis)",
                allowed: "at least 0 and below 1"
            )
        }
        guard (4...65_536).contains(fftLength), fftLength.isMultiple(of: 2) else {
            throw .invalidValue(
                field: "fft_length",
                value: "\(fftLength)",
                allowed: "an even number, 4 to 65536"
            )
        }
        guard (2...fftLength).contains(windowLength) else {
            throw .invalidValue(
                field: "window_length",
                value: "\(windowLength)",
                allowed: "2 to fft_length, which is \(fftLength)"
            )
        }
    }

    private func validateBands() throws(FrontEndError) {
        guard (1...binCount).contains(melBandCount) else {
            throw .invalidValue(
                field: "band_count",
                value: "\(melBandCount)",
                allowed: "1 to \(binCount), the bins of an fft_length of \(fftLength)"
            )
        }
        let nyquistHz = Double(sampleRateHz) / 2
        guard maximumFrequencyHz > 0, maximumFrequencyHz <= nyquistHz else {
            throw .invalidValue(
                field: "max_frequency_hz",
                value: "\(maximumFrequencyHz)",
                allowed: "above 0 and up to half the sample rate, \(nyquistHz)"
            )
        }
        guard minimumFrequencyHz >= 0, minimumFrequencyHz < maximumFrequencyHz else {
            throw .invalidValue(
                field: "min_frequency_hz",
                value: "\(minimumFrequencyHz)",
                allowed: "at least 0 and below max_frequency_hz, \(maximumFrequencyHz)"
            )
        }
    }

    private func validateCompression() throws(FrontEndError) {
        switch compression {
        case .none, .cubeRoot:
            return
        case .logOffset(let offset):
            try requireSmallestLogarithm("compression.offset", offset)
        case .logFloor(let floor):
            try requireSmallestLogarithm("compression.floor", floor)
        case .log10(let scale), .decibel(let scale):
            try requireSmallestLogarithm("compression.floor", scale.floor)
            if case .value(let reference) = scale.reference {
                try requireSmallestLogarithm("compression.reference", reference)
            }
            if let range = scale.topDecibels { try requirePositive("compression.top_db", range) }
        case .pcen(let settings):
            try validate(settings)
        }
    }

    private func validate(_ pcen: PCENSettings) throws(FrontEndError) {
        try requirePositive("compression.power", pcen.power)
        try requirePositive("compression.time_constant_s", pcen.timeConstantSeconds)
        try requireSmallestLogarithm("compression.epsilon", pcen.epsilon)
        for (field, value) in [("gain", pcen.gain), ("bias", pcen.bias)]
        where !(value >= 0 && value.isFinite) {
            throw .invalidValue(
                field: "compression.\(field)",
                value: "\(value)",
                allowed: "0 or more"
            )
        }
    }

    private func validateNormalisation() throws(FrontEndError) {
        switch normalisation {
        case .none:
            return
        case .global(let mean, let deviation):
            try requireFinite("normalisation.mean", mean)
            try requirePositive("normalisation.deviation", deviation)
        case .perBand(let mean, let deviation):
            for (field, values) in [("mean", mean), ("deviation", deviation)]
            where values.count != bandCount {
                throw .invalidValue(
                    field: "normalisation.\(field)",
                    value: "a list of \(values.count)",
                    allowed: "a list of \(bandCount) numbers, one per band"
                )
            }
            for (band, value) in mean.enumerated() {
                try requireFinite("normalisation.mean[\(band)]", value)
            }
            for (band, value) in deviation.enumerated() {
                try requirePositive("normalisation.deviation[\(band)]", value)
            }
        case .perPatch(let floor):
            try requirePositive("normalisation.deviation_floor", floor)
        }
    }

    private func require(
        _ field: String,
        _ value: Int,
        in range: ClosedRange<Int>
    ) throws(FrontEndError) {
        guard range.contains(value) else {
            throw .invalidValue(
                field: field,
                value: "\(value)",
                allowed: "\(range.lowerBound) to \(range.upperBound)"
            )
        }
    }

    private func requirePositive(_ field: String, _ value: Float) throws(FrontEndError) {
        guard value > 0, value.isFinite else {
            throw .invalidValue(field: field, value: "\(value)", allowed: "a number above 0")
        }
    }

    private func requireFinite(_ field: String, _ value: Float) throws(FrontEndError) {
        guard value.isFinite else {
            throw .invalidValue(field: field, value: "\(value)", allowed: "a finite number")
        }
    }

    /// Logarithms are taken of normal numbers only, well away from the smallest.
    private func requireSmallestLogarithm(
        _ field: String,
        _ value: Float
    ) throws(FrontEndError) {
        guard value >= 1e-30, value.isFinite else {
            throw .invalidValue(field: field, value: "\(value)", allowed: "1e-30 or more")
        }
    }
}

/// Why a front-end description cannot be used.
package enum FrontEndError: Error, Equatable, Sendable {
    /// A value out of range, not among those known, or `missing` though nothing stands for it.
    case invalidValue(field: String, value: String, allowed: String)
}

extension FrontEndError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidValue(let field, let value, let allowed):
            "front_end.\(field) is \(value); give \(allowed)."
        }
    }
}
