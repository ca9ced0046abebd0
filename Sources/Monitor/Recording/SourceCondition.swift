package import Detection
package import Foundation
import Messages

/// What one source is doing at the moment, as `status` shows it.
package struct SourceCondition: Sendable {
    /// Whether and how the source delivers.
    package enum State: Sendable, Equatable {
        /// The device is being opened.
        case starting
        /// The device delivers samples.
        case listening
        /// The device is gone; opening it is retried.
        case absent(reason: String)
        /// Nothing more will come.
        case finished(reason: String?)
    }

    /// The source's name in the configuration.
    package let name: String
    /// What it listens to.
    package let device: String
    /// The sound pressure level of 0 dBFS in dB; nil: it is not known.
    package let calibrationDB: Double?
    /// Whether and how it delivers.
    package internal(set) var state = State.starting
    /// Since when it is in that state.
    package internal(set) var since: Date
    /// What the device delivers; nil before it was open.
    package internal(set) var format: FeedFormat?
    /// The level of the last hop, RMS in dBFS; nil before the first hop.
    package internal(set) var levelDBFS: Float?
    /// The weighted level now, in dBFS; nil while none is measured.
    package internal(set) var soundLevel: SoundLevelReading?
    /// The sound levels of the last minute that is over; nil before the first.
    package internal(set) var lastMinute: SoundMinute?
    /// The silence gate at the last hop.
    package internal(set) var gate = GateState.closed
    /// The levels by which the gate decided at the last hop; nil before the first.
    package internal(set) var gateLevels: GateLevels?
    /// The scores of each model's last hop, one per class; empty while the gate is closed.
    package internal(set) var scores: [[Float]]
    /// What is wrong with the scores of its models, a line each; empty if nothing.
    package internal(set) var scoreFaults: [String] = []
    /// How many samples were analysed since the start.
    package internal(set) var capturedSamples: Int64 = 0
    /// How many of them were silence.
    package internal(set) var gatedSamples: Int64 = 0
    /// How many samples were lost since the start.
    package internal(set) var lostSamples: Int64 = 0
    /// How many windows were left out for lack of processor time since the start.
    package internal(set) var windowsLeftOut: Int64 = 0
    /// How much faster than its nominal rate the device runs, in parts per million.
    package internal(set) var driftPPM: Double?
    /// The step between two scores of each model, in seconds; empty before it was open.
    package internal(set) var hopSeconds: [Double] = []
    /// One of this many hops is scored; above 1 while the machine can't keep up.
    package internal(set) var stride = 1

    /// Whether the device is gone, for now.
    var isAbsent: Bool { if case .absent = state { true } else { false } }

    /// Counts the samples of a hop.
    mutating func count(_ hop: ScoredHop) {
        let samples = hop.hop.upperBound - hop.hop.lowerBound
        capturedSamples += samples
        if hop.gate == .closed { gatedSamples += samples }
    }

    /// The step between two scores of each model at present, in seconds.
    package var presentHopSeconds: [Double] { hopSeconds.map { $0 * Double(stride) } }

    /// Whether nothing more will come.
    var hasEnded: Bool {
        if case .finished = state { true } else { false }
    }
}

extension SourceCondition {
    /// What is logged when windows are left out from now on, or fewer than before.
    ///
    /// - Parameters:
    ///   - isSlower: Whether more are left out than before.
    ///   - waitingSeconds: How much audio waited to be analysed.
    /// - Returns: Some sentences.
    func strideRemark(isSlower: Bool, waitingSeconds: Double) -> String {
        let hop = presentHopSeconds.map { String(format: "%.2f s", $0) }.joined(separator: ", ")
        guard isSlower else { return "The machine keeps up again. The hop shrinks to \(hop)." }
        let waiting = String(format: "%.1f", waitingSeconds)
        return "The machine can't keep up: \(waiting) s of audio were waiting. "
            + "The hop grows to \(hop). Use fewer models, a longer detection.hop_s, or a faster machine."
    }

    /// The state as `status` names it.
    var sourceState: SourceState {
        switch state {
        case .starting: .opening
        case .listening where !scoreFaults.isEmpty: .fault
        case .listening: gate == .open ? .listening : .gated
        case .absent: .absent
        case .finished(reason: nil): .ended
        case .finished: .fault
        }
    }

    /// Why the source does not deliver, or what is wrong with what it delivers.
    ///
    /// - Parameter fault: What is wrong with the sound.
    /// - Returns: One line; nil: nothing is wrong.
    func reason(withFault fault: String?) -> String? {
        switch state {
        case .absent(let reason): return reason
        case .finished(let reason?): return reason
        case .starting, .listening, .finished:
            let faults = [fault].compactMap(\.self) + (state == .listening ? scoreFaults : [])
            return faults.isEmpty ? nil : faults.joined(separator: " ")
        }
    }

    /// The sound level as it leaves the program; nil while none is measured.
    ///
    /// - Parameter withLastMinute: Whether the last minute's levels are in it.
    /// - Returns: The message.
    func soundLevelMessage(withLastMinute: Bool) -> SoundLevelMessage? {
        guard let soundLevel else { return nil }
        return SoundLevelMessage(
            lafDBFS: soundLevel.fastDBFS.levelOrNil,
            lasDBFS: soundLevel.slowDBFS.levelOrNil,
            peakDBFS: soundLevel.peakDBFS.levelOrNil,
            calibrationDB: calibrationDB,
            lastMinute: withLastMinute
                ? lastMinute.map { $0.message(source: name, calibrationDB: calibrationDB) } : nil
        )
    }
}

extension EventRecorder {
    /// A source that is recorded.
    package struct Source: Sendable {
        /// Its name in the configuration.
        package let name: String
        /// What it listens to.
        package let device: String
        /// The sound pressure level of 0 dBFS in dB; nil: it is not known.
        package let calibrationDB: Double?
        /// Its models among the recorder's.
        package let models: [ModelIndex]

        /// Names a source.
        package init(
            name: String,
            device: String,
            calibrationDB: Double? = nil,
            models: [ModelIndex] = [0]
        ) {
            self.name = name
            self.device = device
            self.calibrationDB = calibrationDB
            self.models = models
        }
    }
}
