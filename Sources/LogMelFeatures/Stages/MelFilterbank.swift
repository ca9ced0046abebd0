/// Triangles over a spectrum's bins, of which only the bins inside each triangle are kept.
struct MelFilterbank {
    /// One triangle: consecutive weights from a first bin on.
    private struct Triangle {
        let firstBin: Int
        let firstWeight: Int
        /// A multiple of the lanes; the weights beyond the triangle are zero.
        let paddedCount: Int
    }

    let bandCount: Int
    let binCount: Int
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
            let padded = (last - first + 1).roundedUpToLanes
            triangles.append(
                Triangle(firstBin: first, firstWeight: packed.count, paddedCount: padded)
            )
            packed += band[first...last]
            packed += Array(repeating: 0, count: padded - (last - first + 1))
        }
        bandCount = dense.count
        self.binCount = binCount
        self.triangles = triangles
        weights = AlignedFloats(count: packed.count)
        for (index, weight) in packed.enumerated() { unsafe weights.pointer[index] = weight }
    }

    /// Floats that a spectrum's buffer must hold: bins past the last are read and weighted by zero.
    var readableBinCount: Int {
        triangles.reduce(binCount) { max($0, $1.firstBin + $1.paddedCount) }
    }

    /// Projects a spectrum onto the bands.
    /// - Parameters:
    ///   - spectrum: Power or magnitude, `readableBinCount` floats, finite beyond `binCount`.
    ///   - bands: Receives `bandCount` values, linear.
    func project(_ spectrum: AlignedFloats, into bands: UnsafeMutablePointer<Float>) {
        precondition(spectrum.count >= readableBinCount, "the spectrum's buffer is too short")
        let spectrum = unsafe spectrum.pointer
        let weights = unsafe weights.pointer
        for (band, triangle) in triangles.enumerated() {
            var sum = Lanes()
            var offset = 0
            while offset < triangle.paddedCount {
                unsafe sum +=
                    load(spectrum, triangle.firstBin &+ offset)
                    * load(weights, triangle.firstWeight &+ offset)
                offset &+= Lanes.scalarCount
            }
            unsafe bands[band] = sum.sum()
        }
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
