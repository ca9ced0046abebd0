import ModelLibrary
import Settings
import Synchronization

/// What is to be in force on a source from the next period on; nil: as it was.
struct NewSettings {
    /// The same models with other learnt sounds.
    var models: [SoundModel]?
    var analysis: [AnalysisSettings]?
    var clips: ClipSettings?
}

/// Called from other threads.
extension AnalysisWorker {
    /// Changes how scores are judged, from the next period on.
    func apply(_ settings: [AnalysisSettings]) {
        newSettings.withLock { $0.analysis = settings }
    }

    /// Goes on with the same models and other learnt sounds, from the next period on.
    func apply(_ models: [SoundModel], _ settings: [AnalysisSettings]) {
        newSettings.withLock {
            $0.models = models
            $0.analysis = settings
        }
    }

    /// Changes which clips are cut, from the next period on.
    func apply(_ settings: ClipSettings) {
        newSettings.withLock { $0.clips = settings }
    }
}
