import LogMelFeatures

/// From a patch under one front end's normalisation to the same patch under another's.
struct PatchRescaling {
    /// What each band is multiplied by and what is added then; nil where nothing changes.
    let bands: [(factor: Float, offset: Float)]?
    let isFramesByBands: Bool

    /// Front ends that normalise each patch must do so alike.
    init(from source: FrontEnd, to target: FrontEnd) {
        isFramesByBands = target.layout == .framesByBands
        guard source.normalisation != target.normalisation,
            let old = Self.bands(of: source), let new = Self.bands(of: target)
        else {
            bands = nil
            return
        }
        bands = zip(old, new).map { old, new in
            (old.deviation / new.deviation, (old.mean - new.mean) / new.deviation)
        }
    }

    /// Changes a patch [channels, frames, bands] or [channels, bands, frames].
    ///
    /// - Parameters:
    ///   - patch: The patch.
    ///   - frames: How many frames it has.
    func apply(to patch: inout [Float], frames: Int) {
        guard let bands else { return }
        for index in patch.indices {
            let band = isFramesByBands ? index % bands.count : index / frames % bands.count
            patch[index] = patch[index] * bands[band].factor + bands[band].offset
        }
    }

    private static func bands(of frontEnd: FrontEnd) -> [(mean: Float, deviation: Float)]? {
        switch frontEnd.normalisation {
        case .none: [(Float, Float)](repeating: (0, 1), count: frontEnd.bandCount)
        case .global(let mean, let deviation):
            [(Float, Float)](repeating: (mean, deviation), count: frontEnd.bandCount)
        case .perBand(let mean, let deviation): Array(zip(mean, deviation))
        case .perPatch: nil
        }
    }
}
