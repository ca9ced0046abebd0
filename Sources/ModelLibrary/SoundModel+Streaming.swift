import LogMelFeatures

extension SoundModel {
    /// The axis of the network's input that is time; nil for networks that hear bare samples.
    package var timeAxis: Int? {
        guard frontEnd.representation != .waveform else { return nil }
        return switch frontEnd.layout {
        case .framesByBands: inputShape.count - 2
        case .bandsByFrames: inputShape.count - 1
        }
    }

    /// Why the network cannot be fed frame by frame, whatever it is made of; nil if it may be.
    package var reasonForWholeWindows: String? {
        if frontEnd.needsWholePatch { return "the front end refers each frame to its whole window" }
        if frontEnd.channelCount > 1 { return "its input repeats each window in several channels" }
        return nil
    }
}
