@preconcurrency import Glibc
import ModelLibrary
package import NeuralNetwork

/// What was learnt from examples.
package struct LearntHead: Equatable, Sendable {
    /// Gives the calibrated logit of the sound from an embedding.
    package var head: LinearHead
    /// The score at which an event opens.
    package var on: Float
    /// How many examples were recognised by what the others taught.
    package var recognised: Int
    /// Windows of other sounds that it was tried on without having seen them, and how many of them
    /// scored ``on`` or more.
    package var otherWindows: Int
    package var mistakenWindows: Int
    /// How long the median example sounds, in seconds.
    package var soundSeconds: Double
}

/// Learns a sound from a few examples: embeddings of their windows and variants against those of
/// other sounds.
package struct SoundLearner {
    /// The other sounds that the examples are told from.
    package struct Others {
        /// Windows of sounds, in groups of one recording or kind each; groups are held out whole.
        package var groups: [EmbeddingRows]
        /// Indices of groups that count for as much as all others together: for a sound that is not
        /// a class, real sounds of that class.
        package var emphasised: Set<Int> = []

        /// Joins groups.
        package init(groups: [EmbeddingRows]) {
            self.groups = groups.filter { $0.count > 0 }
        }
    }

    private let embedder: WindowEmbedder
    private let background: [Float]

    /// How many examples a class is learnt from.
    package static let exampleCounts = 3...20
    /// The most windows of other sounds that are looked at.
    private static let mostOthers = 4_000
    private static let foldsOfOthers = 5
    /// An example with less than this from the others is another sound.
    private static let leastLikeness: Float = 0.25
    /// The share of examples that must be recognised, and of other windows that may be mistaken.
    private static let leastRecognised = 2.0 / 3
    private static let mostMistaken = 0.02
    /// The largest share of other windows that the threshold lets through, where it may be so high.
    private static let passedOthers = 0.002
    private static let thresholds: ClosedRange<Float> = 0.5...0.9

    /// Prepares to learn.
    ///
    /// - Parameters:
    ///   - embedder: The network.
    ///   - background: Sound of a room at its rate, which is mixed into variants.
    package init(_ embedder: WindowEmbedder, background: [Float]) {
        self.embedder = embedder
        self.background = background
    }

    /// Learns a sound.
    ///
    /// Every example is judged by what the others teach, with a part of the other sounds held out;
    /// calibration, threshold and refusal rest on that alone. What is returned has seen everything.
    /// - Parameters:
    ///   - clips: The examples.
    ///   - others: What they are told from.
    ///   - least: How many examples there must be; with one alone nothing can be judged.
    /// - Returns: What was learnt.
    /// - Throws: ``LearningError`` where the examples can't be told from the others.
    package func learn(
        _ clips: [ExampleClip],
        others: Others,
        least: Int = exampleCounts.lowerBound
    ) throws -> LearntHead {
        try Self.check(clips, least: least)
        let variations = ExampleVariations(
            embedder,
            background: background,
            exampleCount: clips.count
        )
        let windows = try clips.enumerated().map { index, clip in
            try variations.windows(of: clip, seed: UInt64(index + 1))
        }
        let pool = OtherWindows(others, most: Self.mostOthers)
        let fit = HeadFit(others: pool.rows)
        if clips.count > 3 { try requireOneSound(clips, windows, pool, fit) }
        let trial = clips.count > 1 ? judged(windows, pool, fit) : unjudged(windows, pool, fit)
        let calibration = HeadCalibration(
            positives: trial.examples.flatMap(\.self),
            negatives: trial.others
        )
        let best = trial.examples.map { calibration.score($0.max() ?? -.infinity) }
        let scores = trial.others.map { calibration.score($0) }.sorted()
        let on = Self.threshold(above: scores)
        if clips.count > 2 { try Self.requireLikeness(clips, trial) }
        let recognised = best.count { $0 >= on }
        guard Double(recognised) >= Self.leastRecognised * Double(clips.count) - 1e-9 else {
            throw LearningError.notToldApart(recognised: recognised, of: clips.count)
        }
        let mistaken = scores.count { $0 >= on }
        guard Double(mistaken) <= Self.mostMistaken * Double(scores.count) else {
            throw LearningError.mistaken(windows: mistaken, of: scores.count)
        }
        let head = fit.head(Self.joined(windows), pool.rows, weights: pool.weights)
        return LearntHead(
            head: calibration.applied(to: head),
            on: on,
            recognised: recognised,
            otherWindows: scores.count,
            mistakenWindows: mistaken,
            soundSeconds: Self.medianSeconds(of: clips)
        )
    }

    /// The threshold that at most one in 500 windows of other sounds reaches; more do where it would
    /// have to be above 0.9.
    ///
    /// - Parameter scores: The scores of the other windows, from the lowest to the highest.
    /// - Returns: 0.5 to 0.9, in steps of 0.01.
    static func threshold(above scores: [Float]) -> Float {
        let passing = Int(Double(scores.count) * passedOthers)
        // The step above it is more than rounding takes away.
        let refused = scores.isEmpty ? 0 : scores[scores.count - 1 - passing]
        let on = min(max(refused + 0.01, thresholds.lowerBound), thresholds.upperBound)
        return (on * 100).rounded() / 100
    }

    private static func check(_ clips: [ExampleClip], least: Int) throws {
        guard clips.count >= least else {
            throw LearningError.tooFewExamples(count: clips.count, least: least)
        }
        guard clips.count <= exampleCounts.upperBound else {
            throw LearningError.tooManyExamples(count: clips.count, most: exampleCounts.upperBound)
        }
        for (index, clip) in clips.enumerated() {
            if let first = clips[..<index].first(where: { $0.samples == clip.samples }) {
                throw LearningError.repeated(name: clip.name, first: first.name)
            }
        }
    }

    /// Refuses a single example that what the others teach takes for something else.
    private static func requireLikeness(_ clips: [ExampleClip], _ trial: Trial) throws {
        // As the heads were fitted, with even odds: calibration would already excuse the example.
        let likeness = trial.examples.map { values in
            1 / (1 + exp(-(values.max() ?? -.infinity)))
        }
        let odd = likeness.indices.filter { likeness[$0] < leastLikeness }
        // Where the others aren't recognised either, it is not this one that is odd.
        guard odd.count == 1, likeness.count(where: { $0 >= 0.5 }) == clips.count - 1 else {
            return
        }
        throw LearningError.unlikeOthers(
            name: clips[odd[0]].name,
            score: Double(likeness[odd[0]])
        )
    }

    // MARK: - Judging

    /// What heads gave for windows that they had not seen: for each example, and for others.
    private struct Trial {
        var examples: [[Float]] = []
        var others: [Float] = []
    }

    private func judged(
        _ windows: [ExampleVariations.Windows],
        _ pool: OtherWindows,
        _ fit: HeadFit
    ) -> Trial {
        var trial = Trial()
        for index in windows.indices {
            let (kept, heldOut) = pool.split(index % Self.foldsOfOthers, of: Self.foldsOfOthers)
            var rest = windows
            rest.remove(at: index)
            let head = fit.head(Self.joined(rest), kept.rows, weights: kept.weights)
            trial.examples.append(head.values(of: windows[index].own))
            trial.others += head.values(of: heldOut.rows)
        }
        return trial
    }

    /// A single example is judged by itself: its variants teach, it is asked.
    private func unjudged(
        _ windows: [ExampleVariations.Windows],
        _ pool: OtherWindows,
        _ fit: HeadFit
    ) -> Trial {
        var trial = Trial()
        for fold in 0..<Self.foldsOfOthers {
            let (kept, heldOut) = pool.split(fold, of: Self.foldsOfOthers)
            let head = fit.head(windows[0].varied, kept.rows, weights: kept.weights)
            if fold == 0 { trial.examples = [head.values(of: windows[0].own)] }
            trial.others += head.values(of: heldOut.rows)
        }
        return trial
    }

    /// Refuses examples that fall into two groups of which neither teaches the other.
    private func requireOneSound(
        _ clips: [ExampleClip],
        _ windows: [ExampleVariations.Windows],
        _ pool: OtherWindows,
        _ fit: HeadFit
    ) throws {
        guard let groups = Self.twoGroups(windows), groups.allSatisfy({ $0.count > 1 }) else {
            return
        }
        for (teaching, asked) in [(groups[0], groups[1]), (groups[1], groups[0])] {
            let rows = Self.joined(teaching.map { windows[$0] })
            let head = fit.head(rows, pool.rows, weights: pool.weights)
            let isKnown = asked.contains { index in
                head.values(of: windows[index].own).contains { $0 > 0 }
            }
            if isKnown { return }
        }
        throw LearningError.twoSounds(
            first: groups[0].map { clips[$0].name },
            second: groups[1].map { clips[$0].name }
        )
    }

    /// The examples in two groups by the angles between their mean embeddings (2-means).
    private static func twoGroups(_ windows: [ExampleVariations.Windows]) -> [[Int]]? {
        let means = windows.map { unit(mean(of: $0.own)) }
        func likeness(_ a: [Float], _ b: [Float]) -> Float {
            zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let pairs = means.indices.flatMap { a in means.indices.map { (a, $0) } }
        guard
            let farthest = pairs.min(by: {
                likeness(means[$0.0], means[$0.1]) < likeness(means[$1.0], means[$1.1])
            }), farthest.0 != farthest.1
        else { return nil }
        var centres = [means[farthest.0], means[farthest.1]]
        var groups: [[Int]] = [[], []]
        for _ in 0..<10 {
            groups = [[], []]
            for (index, mean) in means.enumerated() {
                let isFirst = likeness(mean, centres[0]) >= likeness(mean, centres[1])
                groups[isFirst ? 0 : 1].append(index)
            }
            guard groups.allSatisfy({ !$0.isEmpty }) else { return nil }
            centres = groups.map { group in
                var rows = EmbeddingRows(length: means[0].count)
                for index in group { rows.append(means[index]) }
                return unit(mean(of: rows))
            }
        }
        return groups
    }

    private static func mean(of rows: EmbeddingRows) -> [Float] {
        var sum = [Float](repeating: 0, count: rows.length)
        for place in 0..<rows.count {
            for (index, value) in rows[place].enumerated() { sum[index] += value }
        }
        return sum.map { $0 / Float(max(1, rows.count)) }
    }

    private static func unit(_ vector: [Float]) -> [Float] {
        let length = vector.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? vector.map { $0 / length } : vector
    }

    private static func joined(_ windows: [ExampleVariations.Windows]) -> EmbeddingRows {
        var rows = EmbeddingRows(length: windows[0].own.length)
        for window in windows {
            rows.append(window.own)
            rows.append(window.varied)
        }
        return rows
    }

    private static func medianSeconds(of clips: [ExampleClip]) -> Double {
        let seconds = clips.map { clip in
            let blocks = SoundBlocks(clip.samples, sampleRateHz: clip.sampleRateHz)
            return Double(blocks.isSound.count { $0 }) / 100
        }
        return seconds.sorted()[seconds.count / 2]
    }
}

extension LinearHead {
    /// What the head gives for each row.
    package func values(of rows: EmbeddingRows) -> [Float] {
        (0..<rows.count).map { value(of: rows[$0].span) }
    }
}

/// Windows of other sounds with the groups that they came in.
struct OtherWindows {
    private(set) var rows: EmbeddingRows
    private(set) var weights: [Float] = []
    private var groups: [Int] = []

    /// Takes windows from all groups evenly, at most `most`.
    init(_ others: SoundLearner.Others, most: Int) {
        precondition(!others.groups.isEmpty, "there are other sounds")
        rows = EmbeddingRows(length: others.groups[0].length)
        let total = others.groups.reduce(0) { $0 + $1.count }
        let stride = max(1, (total + most - 1) / most)
        let emphasis = Self.emphasis(others)
        var passed = 0
        for (index, group) in others.groups.enumerated() {
            for place in 0..<group.count {
                defer { passed += 1 }
                guard passed % stride == 0 else { continue }
                rows.append(group[place])
                weights.append(others.emphasised.contains(index) ? emphasis : 1)
                groups.append(index)
            }
        }
    }

    private init(of pool: OtherWindows, at places: [Int]) {
        rows = pool.rows.rows(places)
        weights = places.map { pool.weights[$0] }
        groups = places.map { pool.groups[$0] }
    }

    /// What is left without a part of the groups, and that part.
    func split(_ part: Int, of count: Int) -> (kept: OtherWindows, heldOut: OtherWindows) {
        let places = groups.indices
        return (
            OtherWindows(of: self, at: places.filter { groups[$0] % count != part }),
            OtherWindows(of: self, at: places.filter { groups[$0] % count == part })
        )
    }

    /// How much a window of an emphasised group counts.
    private static func emphasis(_ others: SoundLearner.Others) -> Float {
        var counts = (emphasised: 0, rest: 0)
        for (index, group) in others.groups.enumerated() {
            if others.emphasised.contains(index) {
                counts.emphasised += group.count
            } else {
                counts.rest += group.count
            }
        }
        return max(1, Float(counts.rest) / Float(max(1, counts.emphasised)))
    }
}
