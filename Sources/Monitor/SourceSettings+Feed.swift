import AudioCapture
import AudioFiles
import Realtime
import Settings

extension SourceSettings {
    /// Makes what will write this source's samples into a ring.
    ///
    /// - Parameters:
    ///   - producer: The ring's writing end.
    ///   - modelRateHz: The rate to ask a device for when the configuration names none, in Hz.
    ///   - pace: How many times as fast as real time a recording is played.
    ///   - knownFloor: The noise floor that a device is known to have; nil: it is learnt.
    /// - Returns: The feed, which does not write yet.
    /// - Throws: When a recording can't be opened or a setting can't be used.
    func makeFeed(
        producer: consuming SampleProducer,
        modelRateHz: Int,
        pace: Double = 1,
        knownFloor: LearntFloor? = nil
    ) throws -> any SampleFeed {
        switch input {
        case .device(let device):
            return try MicrophoneFeed(
                device: device,
                source: self,
                producer: producer,
                modelRateHz: modelRateHz,
                knownFloor: knownFloor
            )
        case .file(let path):
            return try PacedPlayback(
                recording: path,
                channel: recordingChannel,
                pace: pace,
                producer: producer
            )
        case .demo:
            return PacedPlayback(
                demoAtRateHz: max(16_000, modelRateHz),
                pace: pace,
                producer: producer
            )
        }
    }

    /// The channel that is listened to, for a recording.
    var recordingChannel: RecordingChannel {
        channel.index.map(RecordingChannel.only) ?? .mix
    }
}
