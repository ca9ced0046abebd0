/// Order of a patch's axes in the network's input; the channel axis comes before both.
package enum PatchLayout: String, CaseIterable, Sendable, Codable {
    /// `[channels, frames, bands]`.
    case framesByBands = "frames_by_bands"
    /// `[channels, bands, frames]`.
    case bandsByFrames = "bands_by_frames"
}
