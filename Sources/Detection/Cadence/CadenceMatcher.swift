/// Scores how well the sound of a window has a cadence: a pure function of its frequencies' course.
///
/// In each frequency where the tone may lie, every place and speed of a group of pulses is tried.
/// A group counts as far as all of its pulses are tonal, equally loud and louder than what else
/// sounds around that frequency, and the tone is lower in all of its gaps. Two groups count as far as they are alike, the period apart, and the tone is
/// gone in the pause between them. What is worst decides, so that one wrong pulse is enough to
/// tell speech, music and telephones from an alarm.
struct CadenceMatcher: Sendable {
    /// What is worth nothing and what is worth everything, in dB where nothing else is said.
    private enum Limits {
        /// A pulse over its neighbours in frequency.
        static let tone = Ramp(from: 7, to: 13)
        /// A pulse over a short gap after it, which a room fills.
        static let shortDrop = Ramp(from: 1.5, to: 3.5)
        /// The share of a longer gap or pause in which the tone is still there.
        static let remainder = Ramp(from: 0.2, to: 0.05)
        /// The loudest pulse of a group over the faintest.
        static let spread = Ramp(from: 6.5, to: 3.5)
        /// The tone over all that sounds around its range of frequencies.
        static let share = Ramp(from: -10, to: -7)
        /// The louder group over the other.
        static let difference = Ramp(from: 5, to: 2.5)
    }

    /// How many bins the tone may move from a group to the next.
    private static let drift = 2

    /// The bins in which the tone may lie.
    let bins: ClosedRange<Int>

    private let cadence: Cadence
    private let grid: SpectrumGrid
    private let templates: [GroupTemplate]

    /// Prepares for a cadence.
    ///
    /// - Parameters:
    ///   - cadence: The cadence.
    ///   - grid: What the spectra are.
    init(_ cadence: Cadence, grid: SpectrumGrid) {
        self.cadence = cadence
        self.grid = grid
        templates = GroupTemplate.all(of: cadence, frameSeconds: grid.frameSeconds)
        bins = grid.bins(in: cadence.frequencyHz)
    }

    /// Scores a window.
    ///
    /// - Parameter tracks: The course of each of ``bins``; nil for those without a tone.
    /// - Returns: 0 to 1; from 0.5 on the cadence was there, ending in the last half of the window.
    func score(of tracks: [ToneTrack?]) -> Float {
        var best: Float = 0
        var recent: [[GroupMatch]] = []
        for track in tracks {
            let groups = track.map(groups(in:)) ?? []
            if recent.count > Self.drift { recent.removeFirst() }
            recent.append(groups)
            guard let track, !groups.isEmpty else { continue }
            let latest = track.frameCount / 2
            if cadence.repetitions == 1 {
                for group in groups where group.end >= latest {
                    best = max(best, min(group.score, seclusion(of: group, in: track)))
                }
                continue
            }
            for others in recent {
                best = max(best, bestPair(groups, others, endingFrom: latest, in: track))
                best = max(best, bestPair(others, groups, endingFrom: latest, in: track))
            }
        }
        return best
    }

    /// How many frames a third of the pulses make; with fewer tonal ones a search is not worth it.
    var leastTonalFrames: Int {
        let seconds = cadence.onSeconds * Double(cadence.pulses * cadence.repetitions)
        return Int(seconds / grid.frameSeconds / 3)
    }

    // MARK: - Groups

    private func groups(in track: ToneTrack) -> [GroupMatch] {
        var found: [GroupMatch] = []
        for start in 0..<track.frameCount where track.begins(at: start) {
            var best: GroupMatch?
            for template in templates where start + template.length <= track.frameCount {
                guard let match = match(template, at: start, in: track) else { continue }
                if match.score > best?.score ?? 0 { best = match }
            }
            guard let best else { continue }
            // Neighbours are the same group a frame off.
            if let last = found.last, best.start - last.start <= 3 {
                if best.score > last.score { found[found.count - 1] = best }
            } else {
                found.append(best)
            }
        }
        return found
    }

    private func match(
        _ template: GroupTemplate,
        at start: Int,
        in track: ToneTrack
    ) -> GroupMatch? {
        var score: Float = 1
        var sum = ToneLevels(level: 0, tone: 0, share: 0)
        var (loudest, faintest) = (-Float.infinity, Float.infinity)
        var last: ToneLevels?
        for (index, pulse) in template.pulses.enumerated() {
            var tone = Float.infinity
            for part in pulse.parts { tone = min(tone, track.tone(part.shifted(by: start))) }
            score = min(score, Limits.tone.value(of: tone))
            guard score > 0 else { return nil }
            let levels = track.levels(pulse.whole.shifted(by: start))
            sum.add(levels)
            (loudest, faintest) = (max(loudest, levels.level), min(faintest, levels.level))
            score = min(score, Limits.spread.value(of: loudest - faintest))
            guard score > 0 else { return nil }
            if let last {
                let on = ToneLevels.lower(last, levels)
                let frames = template.gaps[index - 1].shifted(by: start)
                let isOff =
                    template.gapsAreShort
                    ? Limits.shortDrop.value(of: track.drop(from: on, in: frames))
                    : Limits.remainder.value(of: track.remainder(of: on, in: frames))
                score = min(score, isOff)
                guard score > 0 else { return nil }
            }
            last = levels
        }
        let mean = sum.divided(by: Float(template.pulses.count))
        score = min(score, Limits.share.value(of: mean.share))
        guard score > 0 else { return nil }
        return GroupMatch(
            start: start,
            end: start + template.length,
            scale: template.scale,
            score: score,
            levels: mean
        )
    }

    // MARK: - Groups together

    private func bestPair(
        _ first: [GroupMatch],
        _ second: [GroupMatch],
        endingFrom latest: Int,
        in track: ToneTrack
    ) -> Float {
        let period = cadence.periodSeconds / grid.frameSeconds
        let apart = period * (1 - cadence.tolerance)...period * (1 + cadence.tolerance)
        var best: Float = 0
        for late in second where late.end >= latest && late.score > best {
            for early in first where early.score > best {
                guard apart.contains(Double(late.start - early.start)),
                    abs(late.scale - early.scale) <= GroupTemplate.scaleStep * 1.5
                else { continue }
                let difference = abs(early.levels.level - late.levels.level)
                let alike = Limits.difference.value(of: difference)
                let on = ToneLevels.lower(early.levels, late.levels)
                let quiet = quiet(from: early.end, to: late.start, below: on, in: track)
                best = max(best, min(min(early.score, late.score), min(alike, quiet)))
            }
        }
        return best
    }

    /// How far the tone is gone between two groups, but for what other sounds cover.
    private func quiet(
        from end: Int,
        to start: Int,
        below on: ToneLevels,
        in track: ToneTrack
    ) -> Float {
        let length = start - end
        // A room needs time to fade out.
        let faded = end + min(length * 2 / 5, Int(0.5 / grid.frameSeconds))
        let pause = faded..<max(faded + 1, start - 2)
        return Limits.remainder.value(of: track.remainder(of: on, in: pause))
    }

    /// How far the tone is gone before and after a group that stands alone.
    private func seclusion(of group: GroupMatch, in track: ToneTrack) -> Float {
        let length = Int(min(cadence.pauseSeconds, 1) / grid.frameSeconds)
        let (before, after) = (group.start - length, group.end + length)
        guard before >= 0, after <= track.frameCount else { return 0 }
        return min(
            quiet(from: before, to: group.start, below: group.levels, in: track),
            quiet(from: group.end, to: after, below: group.levels, in: track)
        )
    }
}

/// A group of pulses that was found.
private struct GroupMatch {
    /// Its first frame, and one past its last.
    var start: Int
    var end: Int
    /// Its length over that of the description.
    var scale: Double
    var score: Float
    var levels: ToneLevels
}

/// From what is worth nothing to what is worth everything, straight between.
struct Ramp {
    private let from: Float
    private let to: Float

    init(from: Float, to: Float) {
        self.from = from
        self.to = to
    }

    func value(of number: Float) -> Float { max(0, min((number - from) / (to - from), 1)) }
}
