/// Tones of different pitch, one after the other and always the same, such as an end tune.
package struct Tune: Equatable, Sendable {
    /// A tone of the tune.
    package struct Note: Equatable, Sendable {
        /// Its frequency in Hz.
        package var frequencyHz: Float = 1_000
        /// How long it sounds, in seconds.
        package var onSeconds = 0.2
        /// The rest until the next one, in seconds; what follows the last one does not count.
        package var offSeconds = 0.0

        /// Creates a note of 1 kHz.
        package init() {}
    }

    /// The class that a sound with this tune is of.
    package var className = ""
    /// Its notes in their order.
    package var notes: [Note] = []
    /// How much faster or slower than described it may be, as a share of every length.
    package var tolerance = 0.1

    /// Creates a tune without notes, of no class.
    package init() {}

    /// From the beginning of the first note to the end of the last, in seconds.
    package var durationSeconds: Double {
        notes.reduce(0) { $0 + $1.onSeconds + $1.offSeconds } - (notes.last?.offSeconds ?? 0)
    }

    /// How much sound must be looked at, in seconds, for the tune to be in it whole whenever it ends
    /// in the last half, however slow, with a moment before and after it.
    package var windowSeconds: Double { 2 * durationSeconds * (1 + tolerance) + 1 }
}

/// Scores how well the sound of a window has a tune: a pure function of its frequencies' course.
///
/// Every moment and speed is tried. A tune counts as far as each note is tonal all the time, louder
/// than its own frequency just before and just after it, and most of what sounds around that
/// frequency. What is worst decides: a chord, a melody with one other note, or a voice is no tune.
struct TuneMatcher: Sendable {
    /// What is worth nothing and what is worth everything, in dB.
    private enum Limits {
        /// A note over its neighbours in frequency.
        static let tone = Ramp(from: 6, to: 12)
        /// A note over its frequency just before and just after; a room fills short rests.
        static let contrast = Ramp(from: 2, to: 5)
        /// The loudest note over the faintest.
        static let spread = Ramp(from: 18, to: 12)
        /// The notes over all that sounds around their frequencies.
        static let share = Ramp(from: -10, to: -7)
        /// The frames just before and just after that are looked at.
        static let edge = 4
    }

    /// Where the notes lie at one speed, in frames from the beginning of the tune.
    private struct Template {
        var notes: [Range<Int>]
        var length: Int { notes.last?.upperBound ?? 0 }
    }

    private let grid: SpectrumGrid
    /// The bin of each note.
    private let bins: [Int]
    private let templates: [Template]
    /// With fewer tonal frames in the bin of a note a search is not worth it.
    private let leastTonalFrames: Int

    /// Prepares for a tune.
    ///
    /// - Parameters:
    ///   - tune: The tune, of one note or more.
    ///   - grid: What the spectra are.
    init(_ tune: Tune, grid: SpectrumGrid) {
        self.grid = grid
        bins = tune.notes.map { note in
            let bin = Int((Double(note.frequencyHz) / grid.binHz).rounded())
            return min(max(bin, ToneTrack.reach), grid.binCount - 1 - ToneTrack.reach)
        }
        let step = GroupTemplate.scaleStep
        let steps = Int((tune.tolerance / step).rounded(.up))
        templates = (-steps...steps).map { index in
            let frames = (1 + Double(index) * step) / grid.frameSeconds
            var start = 0.0
            return Template(
                notes: tune.notes.map { note in
                    let first = Int((start * frames).rounded())
                    let end = Int(((start + note.onSeconds) * frames).rounded())
                    start += note.onSeconds + note.offSeconds
                    return first..<max(first + 1, end)
                }
            )
        }
        let shortest = tune.notes.map(\.onSeconds).min() ?? 0
        leastTonalFrames = Int(shortest / grid.frameSeconds / 3)
    }

    /// Scores a window.
    ///
    /// - Parameter spectra: Power in dB, shape `[frames, grid.binCount]`.
    /// - Returns: 0 to 1; from 0.5 on the tune was there, ending in the last half of the window.
    func score(of spectra: Span<Float>) -> Float {
        var known: [Int: ToneTrack] = [:]
        var tracks: [ToneTrack] = []
        for bin in bins {
            let track =
                known[bin]
                ?? ToneTrack.tracks(
                    of: bin...bin,
                    in: spectra,
                    grid,
                    leastTonalFrames: leastTonalFrames
                )[0]
            guard let track else { return 0 }
            known[bin] = track
            tracks.append(track)
        }
        guard let first = tracks.first else { return 0 }
        var best: Float = 0
        for start in 0..<first.frameCount where first.begins(at: start) {
            for template in templates {
                let end = start + template.length
                guard end >= first.frameCount / 2, end + Limits.edge < first.frameCount else {
                    continue
                }
                best = max(best, score(of: template, at: start, in: tracks, over: best))
            }
        }
        return best
    }

    /// Scores one moment at one speed; 0 as soon as it can't be better than another.
    private func score(
        of template: Template,
        at start: Int,
        in tracks: [ToneTrack],
        over best: Float
    ) -> Float {
        var score: Float = 1
        var share: Float = 0
        var (loudest, faintest) = (-Float.infinity, Float.infinity)
        for (note, track) in zip(template.notes, tracks) {
            let whole = note.shifted(by: start)
            // A spectrum reaches over the edges of a note.
            let inner =
                whole.count > 4 ? whole.lowerBound + 1..<whole.upperBound - 1 : whole
            for part in GroupTemplate.parts(of: inner, around: 5) {
                score = min(score, Limits.tone.value(of: track.tone(part)))
            }
            let on = track.levels(inner)
            let before = max(0, whole.lowerBound - 1 - Limits.edge)..<max(1, whole.lowerBound - 1)
            let after = whole.upperBound + 1..<whole.upperBound + 1 + Limits.edge
            for edge in [before, after] where edge.upperBound <= track.frameCount {
                score = min(score, Limits.contrast.value(of: track.drop(from: on, in: edge)))
            }
            guard score > best else { return 0 }
            share += on.share
            (loudest, faintest) = (max(loudest, on.level), min(faintest, on.level))
        }
        score = min(score, Limits.spread.value(of: loudest - faintest))
        return min(score, Limits.share.value(of: share / Float(tracks.count)))
    }
}
