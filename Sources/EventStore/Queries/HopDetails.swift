import Detection
package import Foundation

/// What it takes beside scores to decide about the hops of a block anew: where they are on their
/// source's timeline, how loud each hundredth of a second was, and which rules judged them.
package struct HopDetails: Sendable, Equatable {
    /// Hops that follow one another and are of the same lengths.
    package struct Run: Sendable, Equatable {
        /// How many.
        package var count: Int
        /// The length of each, in samples.
        package var hopSamples: Int
        /// How much the network saw at each, up to the end of the hop, in samples.
        package var windowSamples: Int

        /// Joins the parts.
        package init(count: Int, hopSamples: Int, windowSamples: Int) {
            self.count = count
            self.hopSamples = hopSamples
            self.windowSamples = windowSamples
        }
    }

    /// When the device was opened: samples are counted anew then.
    package var listeningSince: Date
    /// The rate of the timeline in Hz.
    package var sampleRateHz: Int
    /// The first sample of the first hop.
    package var firstSample: Int64
    /// For how many samples before it the gate was closed, in hops that are not stored.
    package var silentSamples: Int64
    /// The rules that judged the hops, as JSON.
    package var rules: String
    /// The lengths of the hops, in order.
    package internal(set) var runs: [Run] = []
    /// How familiar each window was to the model, shape `[hopCount]`; nil where that was not computed.
    package internal(set) var familiarity: [Float?] = []
    /// The level of each block of 10 ms that ends in a hop, a byte each as in ``StoredPrecision``.
    package internal(set) var envelope: [UInt8] = []

    /// Begins without hops.
    package init(
        listeningSince: Date,
        sampleRateHz: Int,
        firstSample: Int64,
        silentSamples: Int64 = 0,
        rules: String
    ) {
        self.listeningSince = listeningSince
        self.sampleRateHz = sampleRateHz
        self.firstSample = firstSample
        self.silentSamples = silentSamples
        self.rules = rules
    }

    /// One past the last sample of the last hop.
    package var endSample: Int64 {
        runs.reduce(firstSample) { $0 + Int64($1.count * $1.hopSamples) }
    }

    mutating func append(_ hop: ScoredHop) {
        let hopSamples = Int(hop.hop.upperBound - hop.hop.lowerBound)
        let windowSamples = Int(hop.hop.upperBound - hop.window.lowerBound)
        if let last = runs.last, last.hopSamples == hopSamples, last.windowSamples == windowSamples
        {
            runs[runs.count - 1].count += 1
        } else {
            runs.append(Run(count: 1, hopSamples: hopSamples, windowSamples: windowSamples))
        }
        familiarity.append(hop.familiarity)
        var rounding = EnvelopeRounding()
        for meanSquare in hop.envelope {
            envelope.append(rounding.byte(ofMeanSquare: meanSquare))
        }
    }
}

extension HopDetails {
    /// The runs as numbers of 32 bits, little-endian, three a run.
    var runBytes: Data {
        var data = Data(capacity: runs.count * 12)
        for run in runs {
            for value in [run.count, run.hopSamples, run.windowSamples] {
                withUnsafeBytes(of: UInt32(clamping: value).littleEndian) {
                    data.append(contentsOf: $0)
                }
            }
        }
        return data
    }

    /// Each hop's familiarity as a float of 32 bits, little-endian, NaN for none; nil if all have none.
    var familiarityBytes: Data? {
        guard familiarity.contains(where: { $0 != nil }) else { return nil }
        var data = Data(capacity: familiarity.count * 4)
        for value in familiarity {
            let bits = (value ?? .nan).bitPattern.littleEndian
            withUnsafeBytes(of: bits) { data.append(contentsOf: $0) }
        }
        return data
    }

    static func runs(of data: Data) -> [Run] {
        let values = words(of: data).map(Int.init)
        return stride(from: 0, to: values.count - 2, by: 3).map {
            Run(count: values[$0], hopSamples: values[$0 + 1], windowSamples: values[$0 + 2])
        }
    }

    static func familiarity(of data: Data) -> [Float?] {
        words(of: data).map { word in
            let value = Float(bitPattern: word)
            return value.isNaN ? nil : value
        }
    }

    private static func words(of data: Data) -> [UInt32] {
        let bytes = [UInt8](data)
        return stride(from: 0, to: bytes.count - 3, by: 4).map { index in
            (0..<4).reduce(0) { $0 | UInt32(bytes[index + $1]) << UInt32(8 * $1) }
        }
    }
}
