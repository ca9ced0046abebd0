/// Scores the classes of some cadences: what stands in a network's place where sounds have a rule.
package struct CadenceScorer: Sendable {
    /// Cadences whose tones may lie in the same bins, and the class of each.
    private struct Register {
        let bins: ClosedRange<Int>
        var matchers: [(matcher: CadenceMatcher, classIndex: Int)]
    }

    private let grid: SpectrumGrid
    private let classCount: Int
    private let registers: [Register]

    /// Prepares for cadences.
    ///
    /// - Parameters:
    ///   - cadences: The cadences, each of one of the classes.
    ///   - classNames: The classes.
    ///   - grid: What the spectra are.
    package init(_ cadences: [Cadence], classNames: [String], grid: SpectrumGrid) {
        self.grid = grid
        classCount = classNames.count
        var registers: [Register] = []
        for cadence in cadences {
            guard let classIndex = classNames.firstIndex(of: cadence.className) else {
                preconditionFailure("'\(cadence.className)' is one of the classes")
            }
            let entry = (CadenceMatcher(cadence, grid: grid), classIndex)
            if let same = registers.firstIndex(where: { $0.bins == entry.0.bins }) {
                registers[same].matchers.append(entry)
            } else {
                registers.append(Register(bins: entry.0.bins, matchers: [entry]))
            }
        }
        self.registers = registers
    }

    /// Scores a window.
    ///
    /// - Parameter spectra: Power in dB, shape `[frames, grid.binCount]`.
    /// - Returns: For each class the score of the best of its cadences, 0 to 1; from 0.5 on it was
    ///   there, ending in the last half of the window.
    package func scores(of spectra: Span<Float>) -> [Float] {
        var scores = [Float](repeating: 0, count: classCount)
        for register in registers {
            let least = register.matchers.map(\.matcher.leastTonalFrames).min() ?? 0
            let tracks = ToneTrack.tracks(
                of: register.bins,
                in: spectra,
                grid,
                leastTonalFrames: least
            )
            for (matcher, classIndex) in register.matchers {
                scores[classIndex] = max(scores[classIndex], matcher.score(of: tracks))
            }
        }
        return scores
    }
}
