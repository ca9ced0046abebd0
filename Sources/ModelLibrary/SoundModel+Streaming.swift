import LogMelFeatures

extension SoundModel {
    /// Why the network cannot be fed frame by frame, whatever it is made of; nil if it may be.
    package var reasonForWholeWindows: String? {
        if frontEnd.needsWholePatch { return "the front end refers each frame to its whole window" }
        if frontEnd.channelCount > 1 { return "its input repeats each window in several channels" }
        if frontEnd.representation != .waveform, timeAxis == nil {
            return "its input is one row of numbers"
        }
        if windowFrames == 1 { return "its window is one frame" }
        return nil
    }
}
