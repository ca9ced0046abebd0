import Detection
import LogMelFeatures
import ModelLibrary

extension [ModelUse] {
    /// How long after its onset an event of one of the models may be announced, in seconds.
    var longestAnnouncementSeconds: Double {
        map { use in
            let window = Double(use.model.windowSamples) / Double(use.model.frontEnd.sampleRateHz)
            return use.settings.detection.longestAnnouncementSeconds(windowSeconds: window)
        }.max() ?? 0
    }

    /// Every class that one of the models may announce.
    var announcedClasses: [SoundClass] { flatMap(\.model.about.eventClasses) }
}
