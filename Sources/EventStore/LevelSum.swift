import Foundation

/// The energy of a source's minutes, added up.
struct LevelSum {
    /// What is added up separately: a level before and after a calibration can't be added.
    struct Key: Hashable, Comparable {
        var source: String
        var calibrationDB: Double?

        static func < (left: Key, right: Key) -> Bool {
            (left.source, left.calibrationDB ?? 0) < (right.source, right.calibrationDB ?? 0)
        }
    }

    private var seconds = 0.0
    private var energy = 0.0
    private var lafMax: Double?

    /// Adds a minute.
    mutating func add(seconds: Double, laeq: Double?, lafMax: Double?) {
        self.seconds += seconds
        energy += laeq.map { pow(10, $0 / 10) * seconds } ?? 0
        self.lafMax = [self.lafMax, lafMax].compactMap { $0 }.max()
    }

    /// What was added.
    func summary(of key: Key, askedSeconds: Double) -> LevelSummary {
        LevelSummary(
            source: key.source,
            calibrationDB: key.calibrationDB,
            askedSeconds: askedSeconds,
            measuredSeconds: min(seconds, askedSeconds),
            laeq: energy > 0 && seconds > 0 ? 10 * log10(energy / seconds) : nil,
            lafMax: lafMax
        )
    }
}
