import Detection
import Foundation
import ModelLibrary
import Settings

/// Decides what stretch of a source's samples is an event's clip, and cuts it out when it is
/// complete: a pure value, driven by samples and the detector's decisions.
///
/// It keeps the samples that a clip may still need: at rest those of the pre-roll and of the time
/// that a detector takes to announce an event, during an event at most those of the longest clip.
/// While clips are off it keeps nothing.
struct ClipCutter: Sendable {
    private struct OpenClip {
        let key: EventKey
        let soundClass: SoundClass
        let onset: Date
        var event: DetectedEvent
        var hasEnded = false
    }

    private struct PrivateSound {
        let key: EventKey
        let start: SampleTime
        var end: SampleTime?
    }

    /// The rate of the timeline in Hz.
    let sampleRateHz: Int
    private var settings: ClipSettings
    private var lookback: Int64
    /// Whether a class may be announced whose sound must not be kept.
    private var hidesSound: Bool
    private var history: SampleHistory
    private var open: [OpenClip] = []
    private var privateSounds: [PrivateSound] = []

    /// How far around a private sound nothing is kept either, in seconds.
    static let privateMarginSeconds = 0.5

    /// Creates a cutter without samples.
    ///
    /// - Parameters:
    ///   - sampleRateHz: The rate of the timeline in Hz.
    ///   - settings: What is kept.
    ///   - lookbackSeconds: How long after its onset an event may be announced, in seconds.
    ///   - classes: The classes that may be announced.
    init(
        sampleRateHz: Int,
        settings: ClipSettings,
        lookbackSeconds: Double,
        classes: [SoundClass]
    ) {
        self.sampleRateHz = sampleRateHz
        self.settings = settings
        lookback = Int64(lookbackSeconds * Double(sampleRateHz))
        hidesSound = Self.hidesSound(settings, classes)
        history = SampleHistory(sampleRateHz: sampleRateHz)
    }

    /// How many samples are kept in memory.
    var sampleCount: Int { history.sampleCount }

    /// Puts other settings in force; sound that may not be kept any more is forgotten at once.
    mutating func apply(
        _ settings: ClipSettings,
        lookbackSeconds: Double,
        classes: [SoundClass]
    ) {
        self.settings = settings
        lookback = Int64(lookbackSeconds * Double(sampleRateHz))
        hidesSound = Self.hidesSound(settings, classes)
        open.removeAll { !settings.keeps($0.soundClass.name, isPrivate: $0.soundClass.isPrivate) }
        if settings.keep == .none { history.removeAll() }
    }

    /// Appends samples; what lies between the last ones and these was lost.
    ///
    /// - Parameters:
    ///   - samples: Mono, ±1.
    ///   - time: The place of the first one on the timeline.
    mutating func append(_ samples: Span<Float>, at time: SampleTime) {
        guard settings.keep != .none else { return }
        let newest = history.end ?? time
        let known = max(0, newest - time)
        guard known < samples.count else { return }
        history.append(samples.extracting(droppingFirst: Int(known)), at: time + known)
        forgetOldSound()
    }

    /// Begins the clip of an event, whose onset may have been a while ago.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - key: By what it is known.
    ///   - soundClass: Its class.
    ///   - onset: The moment that the history will name as its beginning.
    mutating func begin(
        _ event: DetectedEvent,
        as key: EventKey,
        of soundClass: SoundClass,
        at onset: Date
    ) {
        if settings.keeps(soundClass.name, isPrivate: soundClass.isPrivate) {
            open.append(OpenClip(key: key, soundClass: soundClass, onset: onset, event: event))
        } else if soundClass.isPrivate, settings.keep != .none {
            privateSounds.append(PrivateSound(key: key, start: event.start))
        }
    }

    /// Ends the clip of an event that is over.
    mutating func end(_ event: DetectedEvent, as key: EventKey) {
        if let index = open.firstIndex(where: { $0.key == key }) {
            open[index].event = event
            open[index].hasEnded = true
        }
        if let index = privateSounds.firstIndex(where: { $0.key == key }) {
            privateSounds[index].end = event.end
        }
    }

    /// The clips that are complete by now, in the order in which their events began.
    mutating func complete() -> [ClipCut] {
        guard !open.isEmpty, let now = history.end else { return [] }
        return removeClips { cutter, clip in cutter.isComplete(clip, at: now) }
    }

    /// The clips of events that are over, with as much post-roll as there is: nothing comes at the
    /// moment.
    mutating func completeEnded() -> [ClipCut] {
        removeClips { _, clip in clip.hasEnded }
    }

    /// All clips that are left, with what there is of them: nothing more will come.
    mutating func finish() -> [ClipCut] {
        defer { history.removeAll() }
        return removeClips { _, _ in true }
    }

    // MARK: - Cutting

    private mutating func removeClips(where isDue: (ClipCutter, OpenClip) -> Bool) -> [ClipCut] {
        guard !open.isEmpty else { return [] }
        var cuts: [ClipCut] = []
        var left: [OpenClip] = []
        for clip in open {
            if isDue(self, clip) {
                if let cut = cut(clip) { cuts.append(cut) }
            } else {
                left.append(clip)
            }
        }
        open = left
        forgetOldSound()
        return cuts
    }

    /// The stretch that is wanted, also where there are no samples; without an end while the event
    /// goes on and there is still room in the clip.
    private func wantedStart(_ clip: OpenClip) -> SampleTime {
        clip.event.start - samples(settings.preRollSeconds)
    }

    private func greatestEnd(_ clip: OpenClip) -> SampleTime {
        wantedStart(clip) + samples(settings.maxLengthSeconds)
    }

    private func wantedEnd(_ clip: OpenClip) -> SampleTime {
        guard clip.hasEnded else { return greatestEnd(clip) }
        return min(clip.event.end + samples(settings.postRollSeconds), greatestEnd(clip))
    }

    private func isComplete(_ clip: OpenClip, at now: SampleTime) -> Bool {
        // The end of an event is announced late, and so is a private sound in the post-roll.
        let delay = hidesSound || !clip.hasEnded ? lookback : 0
        return now >= wantedEnd(clip) + delay
    }

    private func cut(_ clip: OpenClip) -> ClipCut? {
        let wanted = wantedStart(clip)..<max(wantedStart(clip), wantedEnd(clip))
        let blocks = history.blocks(in: wanted)
        guard let first = blocks.first, let last = blocks.last else { return nil }
        // Silence before the first and after the last sample would say nothing.
        let stretch = wanted.clamped(to: first.start..<last.end)
        return ClipCut(
            key: clip.key,
            event: clip.event,
            soundClass: clip.soundClass,
            onset: clip.onset,
            stretch: stretch,
            sampleRateHz: sampleRateHz,
            blocks: blocks,
            privateStretches: privateStretches(in: stretch),
            isCutShort: !clip.hasEnded || clip.event.end > greatestEnd(clip)
        )
    }

    /// Where in a stretch a private class was heard, in order and without overlaps.
    private func privateStretches(in stretch: Range<SampleTime>) -> [Range<SampleTime>] {
        let margin = samples(Self.privateMarginSeconds)
        let sounds = privateSounds.map { sound in
            let end = sound.end.map { $0 + margin } ?? stretch.upperBound
            return (sound.start - margin..<max(sound.start, end)).clamped(to: stretch)
        }
        var joined: [Range<SampleTime>] = []
        for sound in sounds.sorted(by: { $0.lowerBound < $1.lowerBound }) where !sound.isEmpty {
            if let last = joined.last, last.upperBound >= sound.lowerBound {
                joined[joined.count - 1] =
                    last.lowerBound..<max(last.upperBound, sound.upperBound)
            } else {
                joined.append(sound)
            }
        }
        return joined
    }

    private mutating func forgetOldSound() {
        guard let now = history.end else { return }
        let announced = now - lookback - samples(settings.preRollSeconds)
        let needed = open.map(wantedStart).reduce(announced) { min($0, $1) }
        history.forget(before: needed)
        let margin = samples(Self.privateMarginSeconds)
        privateSounds.removeAll { sound in sound.end.map { $0 + margin < needed } ?? false }
    }

    private func samples(_ seconds: Double) -> Int64 {
        Int64((seconds * Double(sampleRateHz)).rounded())
    }

    private static func hidesSound(_ settings: ClipSettings, _ classes: [SoundClass]) -> Bool {
        classes.contains { $0.isPrivate && !settings.keeps($0.name, isPrivate: true) }
    }
}
