import LogMelFeatures
import NeuralNetwork

/// The teachers of a training: what they say of a batch becomes a part of its targets.
///
/// Every patch is judged by itself, so the targets do not depend on the threads.
struct TeacherPanel {
    private let share: Float
    private let crew: WorkerCrew
    /// For each thread a desk for each teacher.
    private let desks: [[TeacherDesk]]

    /// - Parameters:
    ///   - teachers: At least one.
    ///   - settings: The share of the teachers and the number of threads.
    ///   - frontEnd: The training's, with its normalisation.
    /// - Throws: The teacher whose network cannot be run.
    init(
        _ teachers: [Teacher],
        settings: TrainingSettings,
        frontEnd: FrontEnd
    ) throws(TrainingError) {
        share = settings.teacherShare
        crew = WorkerCrew(threads: settings.threads)
        var desks: [[TeacherDesk]] = []
        for _ in 0..<settings.threads {
            var own: [TeacherDesk] = []
            for teacher in teachers { own.append(try teacher.makeDesk(for: frontEnd)) }
            desks.append(own)
        }
        self.desks = desks
    }

    /// Mixes the mean of the teachers' probabilities into labels; unknown ones stay so.
    ///
    /// - Parameters:
    ///   - labels: [batch, classes].
    ///   - input: The patches that the network is given, one after the other.
    ///   - batch: How many they are.
    /// - Returns: The targets, [batch, classes].
    func targets(_ labels: [Float], input: FloatSlice, batch: Int) -> [Float] {
        let targets = FloatMemory(labels)
        let (patchCount, classCount) = (input.count / batch, labels.count / batch)
        crew.forEachPart(of: batch) { _, range, worker in
            for place in range {
                let patch = input.slice(at: place * patchCount, count: patchCount).toArray()
                let row = targets.slice(at: place * classCount, count: classCount)
                let sums = sums(desks[worker], patch)
                for index in 0..<classCount where row[index] != TrainingLoss.unknown {
                    let mean = sums[index] / Float(desks[worker].count)
                    row[index] = (1 - share) * row[index] + share * mean
                }
            }
        }
        return targets.toArray()
    }

    private func sums(_ desks: [TeacherDesk], _ patch: [Float]) -> [Float] {
        var sums = desks[0].probabilities(of: patch)
        for desk in desks.dropFirst() {
            for (index, probability) in desk.probabilities(of: patch).enumerated() {
                sums[index] += probability
            }
        }
        return sums
    }
}
