import Detection
import EventStore
import Foundation

/// Gathers the prints of one source's sounds into blocks: a pure value.
///
/// Of the windows of a model that end in one second, the print of the loudest is kept. It waits for as
/// long as an event may be announced after its onset, so that none is kept of time in which a private
/// class was heard, as with clips.
struct PrintTrack {
    /// A print and the window that it is of.
    private struct Candidate {
        let print: SoundPrint
        let window: Range<SampleTime>
        let start: Date
        let levelDBFS: Float
        /// The second of the timeline in which the window ends.
        let second: Int64
    }

    /// What is gathered of one model.
    private struct ModelPrints {
        /// The model by the key of its identity.
        var key: String
        /// The loudest window of the present second.
        var loudest: Candidate?
        /// Those that a private event may still turn up for, the oldest first.
        var waiting: [Candidate] = []
        /// What is to be written.
        var block: PrintBlock?
    }

    private struct PrivateSound {
        let key: EventKey
        let start: SampleTime
        var end: SampleTime?
    }

    /// Whether prints are kept at all.
    var isOn = true

    private let source: String
    private var sampleRateHz = 1
    private var models: [ModelPrints]
    private var privateSounds: [PrivateSound] = []
    /// How long after its onset an event may be announced, in seconds.
    private var holdSeconds = 60.0

    /// Ended private sounds are remembered for so long after they can matter, in seconds: longer than
    /// any window.
    private static let memorySeconds = 60.0

    /// Begins without prints.
    ///
    /// - Parameters:
    ///   - source: The name of the source.
    ///   - models: Its models, by the keys of their identities.
    init(source: String, models: [String]) {
        self.source = source
        self.models = models.map { ModelPrints(key: $0) }
    }

    /// Says at which rate samples of the timeline are counted.
    mutating func begin(sampleRateHz: Int) {
        self.sampleRateHz = sampleRateHz
    }

    /// Says how the source's scores are judged, on which depends how late an event is announced.
    mutating func apply(_ uses: [ModelUse]) {
        holdSeconds = uses.longestAnnouncementSeconds
    }

    /// Goes on with the same models under other keys.
    mutating func change(keys: [String], to backlog: inout StoreBacklog) {
        for (index, key) in keys.enumerated() {
            write(&models[index], to: &backlog)
            models[index].key = key
        }
    }

    /// Adds a hop.
    ///
    /// - Parameters:
    ///   - hop: The hop, with the print of its window if it has one.
    ///   - slot: The model that scored it.
    ///   - end: When it ended.
    ///   - backlog: Receives the blocks that are complete now.
    mutating func append(
        _ hop: ScoredHop,
        of slot: ModelSlot,
        endingAt end: Date,
        to backlog: inout StoreBacklog
    ) {
        let now = hop.window.upperBound
        var model = models[slot.rawValue]
        let second = now.index / Int64(sampleRateHz)
        if let last = model.loudest, last.second < second {
            model.waiting.append(last)
            model.loudest = nil
        }
        if isOn, let print = hop.print,
            hop.levelDBFS > model.loudest?.levelDBFS ?? -.infinity
        {
            model.loudest = Candidate(
                print: print,
                window: hop.window,
                start: end - Double(now - hop.window.lowerBound) / Double(sampleRateHz),
                levelDBFS: hop.levelDBFS,
                second: second
            )
        }
        let ready = now - samples(holdSeconds)
        release(&model, before: ready, to: &backlog)
        if let block = model.block, !block.hasRoom(at: end - block.windowSeconds) {
            write(&model, to: &backlog)
        }
        models[slot.rawValue] = model
        let forgotten = ready - samples(Self.memorySeconds)
        privateSounds.removeAll { sound in sound.end.map { $0 < forgotten } ?? false }
    }

    /// An event of a private class began, whose onset may have been a while ago.
    mutating func beginPrivate(_ event: DetectedEvent, as key: EventKey) {
        privateSounds.append(PrivateSound(key: key, start: event.start))
    }

    /// An event is over; nothing happens unless it is private.
    mutating func end(_ event: DetectedEvent, as key: EventKey) {
        guard let index = privateSounds.firstIndex(where: { $0.key == key }) else { return }
        privateSounds[index].end = event.end
    }

    /// Writes what may be written, complete or not.
    ///
    /// - Parameters:
    ///   - hasEnded: Whether nothing more will be announced, so that nothing has to wait.
    ///   - backlog: Receives the blocks.
    mutating func flush(hasEnded: Bool, to backlog: inout StoreBacklog) {
        for index in models.indices {
            var model = models[index]
            if hasEnded {
                if let last = model.loudest.take() { model.waiting.append(last) }
                release(&model, before: nil, to: &backlog)
            }
            write(&model, to: &backlog)
            models[index] = model
        }
    }

    /// Moves the prints of windows that ended before a moment into the block, but for private ones;
    /// nil: all.
    private func release(
        _ model: inout ModelPrints,
        before limit: SampleTime?,
        to backlog: inout StoreBacklog
    ) {
        while let next = model.waiting.first, limit.map({ next.window.upperBound <= $0 }) ?? true {
            model.waiting.removeFirst()
            guard !isPrivate(next.window) else { continue }
            if let block = model.block, !block.hasRoom(at: next.start) {
                write(&model, to: &backlog)
            }
            let windowSamples = next.window.upperBound - next.window.lowerBound
            var block =
                model.block.take()
                ?? PrintBlock(
                    start: next.start,
                    windowSeconds: Double(windowSamples) / Double(sampleRateHz)
                )
            block.append(next.print, at: next.start)
            model.block = block
        }
    }

    private func write(_ model: inout ModelPrints, to backlog: inout StoreBacklog) {
        guard let block = model.block.take() else { return }
        backlog.append(.prints(source: source, model: model.key, block))
    }

    /// Whether a private class was heard in a window or half a second around it.
    private func isPrivate(_ window: Range<SampleTime>) -> Bool {
        let margin = samples(ClipCutter.privateMarginSeconds)
        return privateSounds.contains { sound in
            sound.start < window.upperBound + margin
                && (sound.end.map { $0 + margin > window.lowerBound } ?? true)
        }
    }

    private func samples(_ seconds: Double) -> Int64 { Int64(seconds * Double(sampleRateHz)) }
}
