import Synchronization

/// Analyses that were used for a recording and wait for another one of the same rate.
///
/// Setting an analysis up costs as much as some seconds of sound, which is felt with short clips.
/// Sendable unchecked: the lock guards `idle`, and whoever takes an analysis out has it alone.
final class AnalysisPool: @unchecked Sendable {
    private let models: [ModelUse]
    private let idle = Mutex<[Int: [Held]]>([:])

    /// Carries an analysis through the lock.
    private struct Held: @unchecked Sendable {
        // Nobody else has it while it is held.
        let analysis: SourceAnalysis
    }

    /// Makes an empty pool for models.
    init(_ models: [ModelUse]) {
        self.models = models
    }

    /// Hands an analysis to `body`, as if new, and takes it back; after an error it is let go.
    ///
    /// - Parameters:
    ///   - rateHz: The rate of the recording in Hz.
    ///   - body: Uses the analysis, at most to its end.
    /// - Returns: What `body` returns.
    /// - Throws: When an analysis can't be set up, and what `body` throws.
    func withAnalysis<Result>(
        rateHz: Int,
        _ body: (SourceAnalysis) throws -> Result
    ) throws -> Result {
        let waiting = idle.withLock { $0[rateHz]?.popLast() }
        let analysis = try waiting?.analysis ?? SourceAnalysis(models, sampleRateHz: rateHz)
        let result = try body(analysis)
        analysis.restart()
        let held = Held(analysis: analysis)
        idle.withLock { $0[rateHz, default: []].append(held) }
        return result
    }
}
