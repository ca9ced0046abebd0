package import AudioCapture
import Realtime
package import Settings
import Synchronization

/// A microphone as a feed, with what the capture thread last reported of its device.
final class MicrophoneFeed: SampleFeed {
    private struct Condition {
        var format: FeedFormat?
        var absence: String?
        var isOnlySilent = false
    }

    private let capture: MicrophoneCapture
    private let condition = Mutex(Condition())

    /// Makes the capture thread ready.
    ///
    /// - Parameters:
    ///   - device: The name of the ALSA PCM.
    ///   - source: Rate, channels and gain as configured.
    ///   - producer: The ring's writing end.
    ///   - modelRateHz: The rate to ask for when the configuration names none, in Hz.
    ///   - knownFloor: The noise floor learnt before from this device; nil: it is learnt now.
    /// - Throws: When a setting can't be used.
    init(
        device: String,
        source: SourceSettings,
        producer: consuming SampleProducer,
        modelRateHz: Int,
        knownFloor: LearntFloor? = nil
    ) throws(CaptureError) {
        capture = try MicrophoneCapture(
            settings: source.captureSettings(device: device, modelRateHz: modelRateHz),
            producer: producer,
            knownFloor: knownFloor
        )
    }

    func start() {
        capture.start()
        Task { [weak self, reports = capture.reports] in
            for await report in reports {
                self?.update(with: report)
            }
        }
    }

    func stop() {
        capture.stop()
    }

    let waitsForAnalysis = false
    let pace = 1.0
    var format: FeedFormat? { condition.withLock { $0.format } }
    var absence: String? { condition.withLock { $0.absence } }
    var mayCatchUp: Bool { condition.withLock { $0.isOnlySilent } }
    var fault: String? { capture.counters.signalFault?.description }
    /// While something is wrong with the signal, its level says nothing about the place.
    var learntFloor: LearntFloor? {
        capture.counters.signalFault == nil ? capture.counters.learntFloor : nil
    }
    var overruns: Int64 { capture.counters.overruns }
    var clippedSamples: Int64 { capture.counters.clippedSamples }
    /// A microphone that is gone is waited for; it never ends.
    let ending: FeedEnding? = nil

    private func update(with report: CaptureReport) {
        condition.withLock { condition in
            switch report {
            case .opened(let stream, let grants):
                condition.format = FeedFormat(
                    rateHz: stream.rateHz,
                    channels: stream.channels,
                    isRealtime: grants.priority == .granted,
                    isMemoryLocked: grants.lockedMemory == .granted,
                    detail: "\(stream.format.rawValue), \(stream.periodFrames) frames a period"
                )
                condition.absence = nil
            case .returned:
                condition.absence = nil
            case .absent(let error):
                condition.absence = error.description
                condition.isOnlySilent = if case .deliversNothing = error { true } else { false }
            }
        }
    }
}

extension SourceSettings {
    /// What is asked of the capture device.
    package func captureSettings(device: String, modelRateHz: Int) -> CaptureSettings {
        let choice: ChannelChoice =
            switch channel {
            case .mix: .mix
            case .only(let number): .only(number)
            }
        return CaptureSettings(
            device: device,
            requestedRateHz: sampleRateHz ?? modelRateHz,
            channels: channels,
            channel: choice,
            gainDB: gainDB
        )
    }
}
