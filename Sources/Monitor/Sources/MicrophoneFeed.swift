package import AudioCapture
import Realtime
package import Settings
import Synchronization

/// A microphone, or a program that writes sound, as a feed, with what the capture thread last reported of its device.
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
    ///   - settings: What is asked of the device.
    ///   - producer: The ring's writing end.
    ///   - knownFloor: The noise floor learnt before from this device; nil: it is learnt now.
    /// - Throws: When a setting can't be used.
    init(
        settings: CaptureSettings,
        producer: consuming SampleProducer,
        knownFloor: LearntFloor? = nil
    ) throws(CaptureError) {
        capture = try MicrophoneCapture(
            settings: settings,
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
                condition.isOnlySilent =
                    switch error {
                    case .deliversNothing, .programStalls: true
                    default: false
                    }
            }
        }
    }
}

extension SourceSettings {
    /// What is asked of the capture device, or of the program that stands in for one.
    ///
    /// - Parameter modelRateHz: The rate to ask for when the configuration names none, in Hz.
    /// - Returns: The settings; nil for a recording and the demo.
    package func captureSettings(modelRateHz: Int) -> CaptureSettings? {
        var device = ""
        var program: ProgramCommand?
        switch input {
        case .device(let name): device = name
        case .program(let words):
            program = ProgramCommand(words: words, format: (format ?? .s16le).sampleFormat)
            device = words.first ?? ""
        case .file, .demo: return nil
        }
        let choice: ChannelChoice =
            switch channel {
            case .mix: .mix
            case .only(let number): .only(number)
            }
        return CaptureSettings(
            device: device,
            program: program,
            requestedRateHz: sampleRateHz ?? modelRateHz,
            channels: channels,
            channel: choice,
            gainDB: gainDB
        )
    }
}

extension SampleEncoding {
    fileprivate var sampleFormat: SampleFormat {
        switch self {
        case .s16le: .int16
        case .s16be: .bigEndianInt16
        case .s24le: .packedInt24
        case .s24be: .bigEndianPackedInt24
        case .s32le: .int32
        case .s32be: .bigEndianInt32
        case .f32le: .float32
        case .f32be: .bigEndianFloat32
        }
    }
}
