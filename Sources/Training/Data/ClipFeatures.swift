/// A clip's bands, before compression, and the level of each window.
package struct ClipFeatures: Equatable, Sendable {
    /// [frames, bands], power.
    package let power: [Float]
    /// The number of bands.
    package let bandCount: Int
    /// RMS in dBFS of the samples under the window that begins at each frame; at least one.
    package let levels: [Float]

    /// Creates the features.
    package init(power: [Float], bandCount: Int, levels: [Float]) {
        self.power = power
        self.bandCount = bandCount
        self.levels = levels
    }

    /// The number of frames.
    package var frameCount: Int { power.count / max(bandCount, 1) }
}
