import Foundation
import NeuralNetwork
import SoundDatasets

/// Which classes of a network make each class of a training: a recipe's `groups`.
package struct ClassGroups: Equatable, Sendable {
    /// For each class of the training its members' places among the network's scores; its new row
    /// begins as that of the first.
    let members: [[Int]]

    /// Finds the members of each class.
    ///
    /// - Parameters:
    ///   - groups: The names of each group's members.
    ///   - classNames: The training's classes, each of which is a group.
    ///   - labels: The names of the network's classes, in the order of its scores.
    /// - Throws: The class without a group, the group that is no class, or the unknown member.
    package init(
        _ groups: [String: [String]],
        classNames: [String],
        labels: [String]
    ) throws(TrainingError) {
        for name in groups.keys.sorted() where !classNames.contains(name) {
            throw .invalidSetting(
                name: "The group '\(name)'",
                found: "not a class",
                allowed: "one of the classes \(classNames.joined(separator: ", "))"
            )
        }
        var members: [[Int]] = []
        for name in classNames {
            guard let names = groups[name], !names.isEmpty else {
                throw .invalidSetting(
                    name: "groups.\(name)",
                    found: "an empty list",
                    allowed: "at least one class of the network that is continued from"
                )
            }
            var places: [Int] = []
            for member in names {
                guard let place = labels.firstIndex(of: member) else {
                    throw .invalidSetting(
                        name: "groups.\(name)",
                        found: "'\(member)'",
                        allowed: "one of the network's \(labels.count) labels"
                    )
                }
                places.append(place)
            }
            members.append(places)
        }
        self.members = members
    }

    /// Reads the names of a network's classes.
    ///
    /// - Parameter path: A text file with a name a line, or a CSV file whose last column has the
    ///   names; a header `display_name` is skipped.
    /// - Returns: The names in the order of the scores.
    /// - Throws: That the file cannot be read.
    package static func labels(path: String) throws(TrainingError) -> [String] {
        let text: String
        do {
            text = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
        } catch {
            throw .unreadableModel(reason: "The labels '\(path)' cannot be read as UTF-8 text.")
        }
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        guard path.hasSuffix(".csv") else { return lines }
        let names = lines.map { ClipTable.fields(of: $0).last ?? "" }
        return names.first == "display_name" ? Array(names.dropFirst()) : names
    }
}

/// A network that is continued from, as the teacher of the one that is made of it.
struct GroupTeacher: Equatable, Sendable {
    /// The network with the logits of all members, group after group.
    let model: Model
    /// The number of members of each group.
    let sizes: [Int]
}

/// What a teacher says of every patch becomes its target, but for what is certain.
///
/// Every patch is judged by itself, so the targets do not depend on the threads.
struct GroupPanel {
    private let sizes: [Int]
    private let shape: [Int]
    private let crew: WorkerCrew
    /// One for each thread.
    private let sessions: [InferenceSession]

    /// - Parameters:
    ///   - teacher: The teacher.
    ///   - shape: The shape of a single window's input.
    ///   - threads: The number of threads.
    /// - Throws: What of the network cannot be run.
    init(_ teacher: GroupTeacher, shape: [Int], threads: Int) throws(TrainingError) {
        sizes = teacher.sizes
        self.shape = shape
        crew = WorkerCrew(threads: threads)
        let prepared = PreparedNetwork(
            model: teacher.model,
            options: LoadOptions(inputShapes: [Architecture.inputName: shape])
        )
        do {
            var sessions: [InferenceSession] = []
            for _ in 0..<threads { sessions.append(try prepared.makeSession()) }
            self.sessions = sessions
        } catch {
            throw .unreadableModel(reason: error.description)
        }
    }

    /// The targets: 1 where a label says so, else the highest probability of the group's members.
    ///
    /// - Parameters:
    ///   - labels: [batch, classes]; what they do not know the teacher decides.
    ///   - input: The patches that the network is given, one after the other.
    ///   - batch: How many they are.
    /// - Returns: The targets, [batch, classes].
    func targets(_ labels: [Float], input: FloatSlice, batch: Int) -> [Float] {
        let targets = FloatMemory(labels)
        let patchCount = input.count / batch
        crew.forEachPart(of: batch) { _, range, worker in
            for place in range {
                let patch = input.slice(at: place * patchCount, count: patchCount).toArray()
                let row = targets.slice(at: place * sizes.count, count: sizes.count)
                let probabilities = probabilities(of: patch, sessions[worker])
                for index in 0..<sizes.count { row[index] = max(row[index], probabilities[index]) }
            }
        }
        return targets.toArray()
    }

    private func probabilities(of patch: [Float], _ session: InferenceSession) -> [Float] {
        var logits = [Float](repeating: 0, count: sizes.reduce(0, +))
        do {
            var span = logits.mutableSpan
            try session.run(
                patch.span,
                shape: shape,
                output: Architecture.logitsName,
                into: &span
            )
        } catch {
            preconditionFailure("a teacher takes the patches that it was loaded for: \(error)")
        }
        var first = 0
        return sizes.map { size in
            defer { first += size }
            return Scores.sigmoid([logits[first..<first + size].max() ?? 0])[0]
        }
    }
}
