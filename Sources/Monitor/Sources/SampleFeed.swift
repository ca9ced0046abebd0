import AudioCapture
import AudioFiles
import Realtime
import Settings

/// What writes a source's samples into its ring: a microphone, or a recording played at its pace.
protocol SampleFeed: Sendable {
    /// Begins to write.
    func start()

    /// Ceases to write and waits until nothing is written any more.
    func stop()

    /// What the device delivers; nil until it was open for the first time.
    var format: FeedFormat? { get }

    /// Whether it waits for a slow reader, and so loses nothing.
    var waitsForAnalysis: Bool { get }

    /// How many times as fast as real time its dates run; 1 for a device.
    var pace: Double { get }

    /// Why nothing comes at the moment; nil while the device delivers.
    var absence: String? { get }

    /// Whether the device is open and only silent, so that what it captured may still come.
    var mayCatchUp: Bool { get }

    /// Why what comes can't be the world's sound, for people; nil while it can.
    var fault: String? { get }

    /// The noise floor that was learnt; nil without one, or while the signal has a fault.
    var learntFloor: LearntFloor? { get }

    /// How often the device's buffer ran over.
    var overruns: Int64 { get }

    /// How many samples were at full scale.
    var clippedSamples: Int64 { get }

    /// How the feed ended; nil while it goes on.
    var ending: FeedEnding? { get }
}

extension SampleFeed {
    /// Only a device has a buffer that runs over.
    var overruns: Int64 { 0 }
}

/// What a source delivers.
package struct FeedFormat: Equatable, Sendable {
    /// Samples per second.
    package let rateHz: Int
    /// The channels that the device gives, before they are mixed or one is chosen.
    package let channels: Int
    /// Whether the capture thread runs with real-time priority; nil where there is none.
    package let isRealtime: Bool?
    /// Whether the ring and the capture thread's stack are locked in memory; nil where there is none.
    package var isMemoryLocked: Bool?
    /// Format and period, for people.
    package let detail: String

    /// What the system refused that capture asked for, a line each.
    var remarks: [String] {
        var remarks: [String] = []
        if isRealtime == false {
            remarks.append(
                "The capture thread runs without real-time priority: the system denied it. Samples may be lost on a busy machine; set LimitRTPRIO= in the unit."
            )
        }
        if isMemoryLocked == false {
            remarks.append(
                "The system does not lock the ring and the capture thread's stack in memory. Samples may be lost when memory is short; LimitMEMLOCK= in the unit permits it."
            )
        }
        return remarks
    }
}

/// How a feed ended.
enum FeedEnding: Equatable, Sendable {
    /// Everything there was has been written.
    case complete
    /// It can't go on, and why.
    case failed(reason: String)

    /// Why, if it failed.
    var reason: String? {
        switch self {
        case .complete: nil
        case .failed(let reason): reason
        }
    }
}

extension SourceSettings {
    /// Makes what will write this source's samples into a ring.
    ///
    /// - Parameters:
    ///   - producer: The ring's writing end.
    ///   - modelRateHz: The rate to ask a device for when the configuration names none, in Hz.
    ///   - periodGrid: Where the periods of a device are to end; nil: each tenth of a second.
    ///   - pace: How many times as fast as real time a recording is played.
    ///   - knownFloor: The noise floor that a device is known to have; nil: it is learnt.
    /// - Returns: The feed, which does not write yet.
    /// - Throws: When a recording can't be opened or a setting can't be used.
    func makeFeed(
        producer: consuming SampleProducer,
        modelRateHz: Int,
        periodGrid: PeriodGrid? = nil,
        pace: Double = 1,
        knownFloor: LearntFloor? = nil
    ) throws -> any SampleFeed {
        if var settings = captureSettings(modelRateHz: modelRateHz) {
            settings.periodGrid = periodGrid
            return try MicrophoneFeed(
                settings: settings,
                producer: producer,
                knownFloor: knownFloor
            )
        }
        switch input {
        case .device, .program: preconditionFailure("what is captured has settings for it")
        case .file(let path):
            return try PacedPlayback(
                recording: path,
                channel: recordingChannel,
                pace: pace,
                producer: producer
            )
        case .demo:
            return try PacedPlayback(demoAtPace: pace, producer: producer)
        }
    }

    /// The channel that is listened to, for a recording.
    var recordingChannel: RecordingChannel {
        channel.index.map(RecordingChannel.only) ?? .mix
    }
}
