import Foundation

/// Triangles over a spectrum's bins, of which only the bins inside each triangle are kept.
struct MelFilterbank {
    /// One triangle: consecutive weights from a first bin on, padded with zeros to fours.
    private struct Triangle {
        let firstBin: Int32
        let fourCount: Int32
    }

    let bandCount: Int
    let binCount: Int
    /// Floats that a spectrum's buffer must hold: bins past the last are read and weighted by zero.
    let readableBinCount: Int
    private let triangles: [Triangle]
    private let weights: AlignedFloats

    /// Builds the triangles of a front end.
    ///
    /// Triangles and area normalisation follow Slaney's Auditory Toolbox (1998), as librosa's
    /// `filters.mel`; triangles straight over mel follow the HTK Book, section 5.4.
    init(_ frontEnd: FrontEnd) {
        self.init(dense: Self.denseWeights(frontEnd), binCount: frontEnd.binCount)
    }

    private init(dense: [[Float]], binCount: Int) {
        var triangles: [Triangle] = []
        var packed: [Float] = []
        for band in dense {
            let first = band.firstIndex { $0 != 0 } ?? 0
            let last = band.lastIndex { $0 != 0 } ?? first
            let fours = (last - first) / 4 + 1
            triangles.append(Triangle(firstBin: Int32(first), fourCount: Int32(fours)))
            packed += band[first...last]
            packed += Array(repeating: 0, count: 4 * fours - (last - first + 1))
        }
        bandCount = dense.count
        self.binCount = binCount
        readableBinCount = triangles.reduce(binCount) {
            max($0, Int($1.firstBin + 4 * $1.fourCount))
        }
        // Four bands are summed at once: empty ones fill up the last four.
        while !triangles.count.isMultiple(of: 4) {
            triangles.append(Triangle(firstBin: 0, fourCount: 0))
        }
        self.triangles = triangles
        weights = AlignedFloats(packed)
    }

    /// Projects a spectrum onto the bands.
    /// - Parameters:
    ///   - spectrum: Power or magnitude, `readableBinCount` floats, finite beyond `binCount`.
    ///   - bands: Receives `bandCount` values, linear.
    func project(_ spectrum: AlignedFloats, into bands: UnsafeMutablePointer<Float>) {
        precondition(spectrum.count >= readableBinCount, "the spectrum's buffer is too short")
        let spectrum = unsafe UnsafePointer(spectrum.pointer)
        unsafe triangles.withUnsafeBufferPointer { triangles in
            var weights = unsafe UnsafePointer(self.weights.pointer)
            var band = 0
            while band < bandCount {
                let first = unsafe sums(spectrum, &weights, triangles[band])
                let second = unsafe sums(spectrum, &weights, triangles[band &+ 1])
                let third = unsafe sums(spectrum, &weights, triangles[band &+ 2])
                let fourth = unsafe sums(spectrum, &weights, triangles[band &+ 3])
                let fours = sumOfPairs(sumOfPairs(first, second), sumOfPairs(third, fourth))
                if band &+ 4 <= bandCount {
                    unsafe storeFour(fours, bands, band)
                } else {
                    for lane in 0..<(bandCount - band) { unsafe bands[band + lane] = fours[lane] }
                }
                band &+= 4
            }
        }
    }

    /// Four partial sums of a triangle's weighted bins; moves on to the next triangle's weights.
    @inline(__always)
    private func sums(
        _ spectrum: UnsafePointer<Float>,
        _ weights: inout UnsafePointer<Float>,
        _ triangle: Triangle
    ) -> SIMD4<Float> {
        var sum = SIMD4<Float>()
        var bins = unsafe UnsafeRawPointer(spectrum + Int(triangle.firstBin))
        var factors = unsafe UnsafeRawPointer(weights)
        for _ in 0..<triangle.fourCount {
            unsafe sum +=
                bins.loadUnaligned(as: SIMD4<Float>.self)
                * factors.loadUnaligned(as: SIMD4<Float>.self)
            unsafe bins += MemoryLayout<SIMD4<Float>>.stride
            unsafe factors += MemoryLayout<SIMD4<Float>>.stride
        }
        unsafe weights += 4 &* Int(triangle.fourCount)
        return sum
    }

    /// a₀+a₁, a₂+a₃, b₀+b₁, b₂+b₃.
    @inline(__always)
    private func sumOfPairs(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
        let both = SIMD8(lowHalf: a, highHalf: b)
        return both.evenHalf + both.oddHalf
    }

    /// The weights as a matrix `[bandCount][binCount]`, computed in double precision.
    static func denseWeights(_ frontEnd: FrontEnd) -> [[Float]] {
        let scale = frontEnd.melScale
        let lowest = scale.mel(fromHertz: frontEnd.minimumFrequencyHz)
        let highest = scale.mel(fromHertz: frontEnd.maximumFrequencyHz)
        let step = (highest - lowest) / Double(frontEnd.melBandCount + 1)
        let edgesMel = (0..<frontEnd.melBandCount + 2).map { lowest + Double($0) * step }
        let edgesHz = edgesMel.map { scale.hertz(fromMel: $0) }
        let binHz = Double(frontEnd.sampleRateHz) / Double(frontEnd.fftLength)
        let binsHz = (0..<frontEnd.binCount).map { Double($0) * binHz }
        let overMel = frontEnd.melTriangles == .mel
        let bins = overMel ? binsHz.map { scale.mel(fromHertz: $0) } : binsHz
        let edges = overMel ? edgesMel : edgesHz

        return (0..<frontEnd.melBandCount).map { band in
            let height =
                frontEnd.melNormalisation == .area
                ? 2 / (edgesHz[band + 2] - edgesHz[band]) : 1
            return bins.map { bin in
                let rising = (bin - edges[band]) / (edges[band + 1] - edges[band])
                let falling = (edges[band + 2] - bin) / (edges[band + 2] - edges[band + 1])
                return Float(height * max(0, min(rising, falling)))
            }
        }
    }
}

/// Formula from hertz to mel.
package enum MelScale: String, CaseIterable, Sendable {
    /// 2595 · log₁₀(1 + f / 700): HTK, Kaldi, TensorFlow.
    case htk
    /// Linear to 1 kHz (15 mel), then 27 mel for a factor of 6.4: Slaney's Auditory Toolbox, librosa.
    case slaney
}

extension MelScale {
    private static let slaneyHertzPerMel = 200.0 / 3
    private static let slaneyCornerHz = 1_000.0
    private static let slaneyCornerMel = 15.0
    private static let slaneyLogStep = Foundation.log(6.4) / 27

    /// Mel value of a frequency.
    package func mel(fromHertz hertz: Double) -> Double {
        switch self {
        case .htk:
            2_595 * log10(1 + hertz / 700)
        case .slaney where hertz < Self.slaneyCornerHz:
            hertz / Self.slaneyHertzPerMel
        case .slaney:
            Self.slaneyCornerMel
                + Foundation.log(hertz / Self.slaneyCornerHz) / Self.slaneyLogStep
        }
    }

    /// Frequency of a mel value.
    func hertz(fromMel mel: Double) -> Double {
        switch self {
        case .htk:
            700 * (pow(10, mel / 2_595) - 1)
        case .slaney where mel < Self.slaneyCornerMel:
            mel * Self.slaneyHertzPerMel
        case .slaney:
            Self.slaneyCornerHz * exp(Self.slaneyLogStep * (mel - Self.slaneyCornerMel))
        }
    }
}

/// Height of the mel triangles.
package enum MelNormalisation: String, CaseIterable, Sendable {
    /// Every triangle has height 1.
    case peak
    /// Every triangle has area 1 over hertz: height 2 / (upper − lower edge), librosa's `slaney`.
    case area
}

/// Axis on which the sides of the mel triangles are straight.
package enum TriangleAxis: String, CaseIterable, Sendable {
    /// Straight over hertz, as librosa and torchaudio.
    case hertz
    /// Straight over mel, as HTK, Kaldi and TensorFlow.
    case mel
}
