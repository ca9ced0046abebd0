/// Subtracts a fixed mean from each band and divides by a fixed deviation.
struct BandNormaliser {
    private let mean: AlignedFloats
    private let scale: AlignedFloats
    private let bandCount: Int

    /// Nil for a front end that has no fixed normalisation.
    init?(_ normalisation: Normalisation, bandCount: Int) {
        let means: [Float]
        let deviations: [Float]
        switch normalisation {
        case .none, .perPatch:
            return nil
        case .global(let mean, let deviation):
            means = Array(repeating: mean, count: bandCount)
            deviations = Array(repeating: deviation, count: bandCount)
        case .perBand(let mean, let deviation):
            means = mean
            deviations = deviation
        }
        precondition(
            means.count == bandCount && deviations.count == bandCount,
            "a mean and a deviation for every band"
        )
        self.bandCount = bandCount
        mean = AlignedFloats(count: bandCount)
        scale = AlignedFloats(count: bandCount)
        for band in 0..<bandCount {
            unsafe mean.pointer[band] = means[band]
            unsafe scale.pointer[band] = 1 / deviations[band]
        }
    }

    /// Normalises `bandCount` bands in place.
    func normalise(_ bands: UnsafeMutablePointer<Float>) {
        let mean = unsafe mean.pointer
        let scale = unsafe scale.pointer
        var band = 0
        while band &+ Lanes.scalarCount <= bandCount {
            unsafe store((load(bands, band) - load(mean, band)) * load(scale, band), bands, band)
            band &+= Lanes.scalarCount
        }
        while band < bandCount {
            unsafe bands[band] = (bands[band] - mean[band]) * scale[band]
            band &+= 1
        }
    }
}
