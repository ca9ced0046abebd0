/// Finds the tune of a recording: the loudest tone of each moment, note by note.
///
/// Of several renditions the longest whole one is described. What is found counts only if it is
/// recognised in the recording itself.
package struct TuneLearner: Sendable {
    private enum Limits {
        /// How far a note stands out of its neighbours in frequency, in dB.
        static let tone: Float = 10
        /// How much fainter than the loudest frames a note may be, in dB.
        static let depth: Float = 18
        /// What is fainter than its own note's middle by so much is its end, in dB.
        static let edge: Float = 9
        /// How far a note's bin may wander from a frame to the next.
        static let drift = 1
        static let shortestNote = 4
        /// How much louder it is than its frequency was just before, in dB.
        static let rise: Float = 3
        /// Holes up to so many frames are noise.
        static let hole = 1
        /// A rest that ends a rendition, in seconds.
        static let pauseSeconds = 0.8
        static let notes = 3...24
        static let longestSeconds = 25.0
        /// From how good a score on the recording itself is recognised.
        static let score: Float = 0.5
    }

    /// A run of frames in which one tone is the loudest.
    private struct Run {
        var bin: Int
        var frames: Range<Int>
    }

    private let grid: SpectrumGrid

    /// Prepares for spectra.
    package init(grid: SpectrumGrid) {
        self.grid = grid
    }

    /// Finds the tune of a recording.
    ///
    /// - Parameter spectra: Power in dB, shape `[frames, grid.binCount]`.
    /// - Returns: The tune, of no class yet; nil where there are no three notes of two pitches, or
    ///   where what was found is not recognised in the recording.
    package func learn(from spectra: Span<Float>) -> Tune? {
        let renditions = renditions(of: notes(in: spectra))
        let longest = renditions.map(\.count).max() ?? 0
        for notes in renditions where notes.count == longest {
            guard Limits.notes.contains(notes.count), hasMelody(notes) else { continue }
            let tune = tune(of: notes)
            if tune.durationSeconds <= Limits.longestSeconds, isRecognized(tune, in: spectra) {
                return tune
            }
        }
        return nil
    }

    // MARK: - Notes

    private func notes(in spectra: Span<Float>) -> [Run] {
        let bins = grid.bins(in: 200...7_800)
        let tracks = ToneTrack.tracks(
            of: bins,
            in: spectra,
            grid,
            leastTonalFrames: Limits.shortestNote
        )
        let places = tracks.indices.filter { tracks[$0] != nil }
        let frameCount = spectra.count / grid.binCount
        var loudest: [(bin: Int, level: Float)?] = []
        for frame in 0..<frameCount {
            var best: (bin: Int, level: Float)?
            for place in places {
                guard let levels = tracks[place]?.levels(frame..<frame + 1),
                    levels.tone >= Limits.tone
                else { continue }
                // A bin's neighbours share its level: of equals the one whose own power it is.
                let bin = bins.lowerBound + place
                let own = spectra[frame * grid.binCount + bin]
                if own > best?.level ?? -.infinity { best = (bin, own) }
            }
            loudest.append(best)
        }
        let levels = loudest.compactMap { $0?.level }.sorted()
        guard !levels.isEmpty else { return [] }
        let least = levels[levels.count * 9 / 10] - Limits.depth
        let runs = runs(of: loudest.map { ($0?.level ?? -.infinity) >= least ? $0 : nil })
        // What is left of an earlier note where a later one has faded is no note of its own.
        return runs.filter { run in
            guard let track = tracks[run.bin - bins.lowerBound] else { return false }
            let before = max(0, run.frames.lowerBound - 4)..<max(1, run.frames.lowerBound - 1)
            return track.drop(from: track.levels(run.frames), in: before) >= Limits.rise
        }
    }

    /// Notes: runs of frames with nearly the same bin, from edge to edge.
    private func runs(of loudest: [(bin: Int, level: Float)?]) -> [Run] {
        var found: [Range<Int>] = []
        var lastBin = 0
        for (frame, tone) in loudest.enumerated() {
            guard let tone else { continue }
            if let run = found.last, abs(tone.bin - lastBin) <= Limits.drift,
                frame - run.upperBound <= Limits.hole
            {
                found[found.count - 1] = run.lowerBound..<frame + 1
            } else {
                found.append(frame..<frame + 1)
            }
            lastBin = tone.bin
        }
        return found.compactMap { frames in
            let levels = frames.map { loudest[$0]?.level ?? -.infinity }
            let edge = levels.sorted()[levels.count / 2] - Limits.edge
            guard let first = levels.firstIndex(where: { $0 >= edge }),
                let last = levels.lastIndex(where: { $0 >= edge }),
                last - first + 1 >= Limits.shortestNote
            else { return nil }
            let bins = frames.compactMap { loudest[$0]?.bin }.sorted()
            return Run(
                bin: bins[bins.count / 2],
                frames: frames.lowerBound + first..<frames.lowerBound + last + 1
            )
        }
    }

    /// Divides notes at the pauses.
    private func renditions(of notes: [Run]) -> [[Run]] {
        var groups: [[Run]] = []
        for note in notes {
            let end = groups.last?.last?.frames.upperBound
            let rest = end.map { Double(note.frames.lowerBound - $0) * grid.frameSeconds }
            if let rest, rest < Limits.pauseSeconds {
                groups[groups.count - 1].append(note)
            } else {
                groups.append([note])
            }
        }
        return groups
    }

    /// Whether there are two pitches.
    private func hasMelody(_ notes: [Run]) -> Bool {
        guard let first = notes.first else { return false }
        return notes.contains { abs($0.bin - first.bin) > 2 * Limits.drift }
    }

    private func tune(of notes: [Run]) -> Tune {
        var tune = Tune()
        for (index, note) in notes.enumerated() {
            var described = Tune.Note()
            described.frequencyHz = Float((Double(note.bin) * grid.binHz).rounded())
            described.onSeconds = rounded(Double(note.frames.count) * grid.frameSeconds)
            if index + 1 < notes.count {
                let rest = notes[index + 1].frames.lowerBound - note.frames.upperBound
                described.offSeconds = rounded(Double(rest) * grid.frameSeconds)
            }
            tune.notes.append(described)
        }
        return tune
    }

    private func rounded(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }

    // MARK: - Proof

    private func isRecognized(_ tune: Tune, in spectra: Span<Float>) -> Bool {
        CadenceLearner.isFound(in: spectra, grid, windowSeconds: tune.windowSeconds) { window in
            TuneMatcher(tune, grid: grid).score(of: window) >= Limits.score
        }
    }
}
