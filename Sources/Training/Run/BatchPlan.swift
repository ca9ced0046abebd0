import SoundDatasets

/// What batches are made of: which clips, in which shares, over which backgrounds.
struct BatchPlan {
    /// The kinds of material, in the order of a batch.
    let pools: [BatchPool]
    /// The places of clips that are backgrounds; long ones are there several times.
    let backgrounds: [Int]
    /// Which clips are themselves such background.
    let isBackground: [Bool]

    /// Plans the batches.
    ///
    /// - Parameters:
    ///   - dataset: The data set.
    ///   - clips: Those of its clips that are trained on.
    ///   - seconds: How long each of them lasts.
    ///   - settings: The shares.
    /// - Throws: The kind without a share or without room in a batch.
    init(
        _ dataset: SoundDataset,
        clips: [LabelledClip],
        seconds: [Float],
        settings: TrainingSettings
    ) throws(TrainingError) {
        let kinds = clips.map(dataset.kind)
        isBackground = clips.indices.map { place in
            settings.kinds[kinds[place]]?.isBackground ?? dataset.isNegative(clips[place])
        }
        let isBackground = isBackground
        // A long ambience is not heard through in one window: it counts once for ten seconds.
        func weighted(_ places: [Int]) -> [Int] {
            places.flatMap { place in
                let count =
                    isBackground[place] ? max(1, Int((seconds[place] / 10).rounded(.up))) : 1
                return [Int](repeating: place, count: count)
            }
        }
        backgrounds = weighted(clips.indices.filter { isBackground[$0] })
        let shares = try Self.shares(clips.map(dataset.isNegative), kinds, settings)
        pools = shares.enumerated().map { index, share in
            let balances = settings.balancesClasses && !isBackground[share.places[0]]
            let classes = dataset.classNames.indices.map { soundClass in
                share.places.filter { clips[$0].classes.contains(soundClass) }
            }
            return BatchPool(
                places: weighted(share.places),
                count: share.count,
                stream: 2 * index + 1,
                classes: balances ? classes : []
            )
        }
    }

    private typealias Share = (places: [Int], count: Int)

    private static func shares(
        _ isNegative: [Bool],
        _ kinds: [String],
        _ settings: TrainingSettings
    ) throws(TrainingError) -> [Share] {
        let batch = settings.batchSize
        guard !settings.kinds.isEmpty else {
            let positives = kinds.indices.filter { !isNegative[$0] }
            let negatives = kinds.indices.filter { isNegative[$0] }
            guard !negatives.isEmpty else { return [(positives, batch)] }
            let count = min(Int(Float(batch) * settings.negativeShare), batch - 1)
            return [(positives, batch - count), (negatives, count)]
        }
        for kind in Set(kinds).sorted() where settings.kinds[kind] == nil {
            throw .missingShare(kind: kind, known: settings.kinds.keys.sorted())
        }
        let used = settings.kinds.filter { $0.value.share > 0 && kinds.contains($0.key) }
        let sum = used.values.reduce(0) { $0 + $1.share }
        let names = used.keys.sorted()
        let exact = names.map { Float(batch) * (used[$0]?.share ?? 0) / sum }
        var counts = exact.map { Int($0) }
        let order = names.indices.sorted {
            let (first, second) = (exact[$0] - Float(counts[$0]), exact[$1] - Float(counts[$1]))
            return first == second ? $0 < $1 : first > second
        }
        for place in order.prefix(batch - counts.reduce(0, +)) { counts[place] += 1 }
        for (name, count) in zip(names, counts) where count == 0 {
            throw .invalidSetting(
                name: "The share of kind '\(name)'",
                found: "\(used[name]?.share ?? 0) of \(sum)",
                allowed: "at least one patch of a batch of \(batch)"
            )
        }
        return zip(names, counts).map { name, count in
            (kinds.indices.filter { kinds[$0] == name }, count)
        }
    }
}

/// The clips of one kind of material, and how many of them are in each batch.
struct BatchPool: Equatable {
    /// The places of the clips; one that counts several times is there as often.
    let places: [Int]
    /// Patches a batch.
    let count: Int
    /// Which random orders are its own; each pool has another number.
    let stream: Int
    /// The clips of each class, where classes are seen equally often.
    private let classes: [[Int]]

    /// Creates a pool; `classes` are the clips of each class, drawn in turn; if empty, all clips are
    /// drawn in turn.
    init(places: [Int], count: Int, stream: Int, classes: [[Int]] = []) {
        self.places = places
        self.count = count
        self.stream = stream
        self.classes = classes.filter { !$0.isEmpty }
    }

    /// The clips of a step: each epoch goes once through all of them in random order.
    func clips(step: Int, seed: UInt64) -> [Int] {
        guard !classes.isEmpty else {
            var turns = Turns(seed: seed, stream: stream, count: places.count)
            return (0..<count).map { places[turns.place(step * count + $0)] }
        }
        var order = Turns(seed: seed, stream: stream, count: classes.count)
        var turns = classes.indices.map { index in
            Turns(seed: seed, stream: stream + 1_000 * (index + 1), count: classes[index].count)
        }
        return (0..<count).map { place in
            let turn = step * count + place
            let index = order.place(turn)
            return classes[index][turns[index].place(turn / classes.count)]
        }
    }

    /// Random orders of some things, one after the other.
    private struct Turns {
        let seed: UInt64
        let stream: Int
        let count: Int
        private var epoch = -1
        private var order: [Int] = []

        init(seed: UInt64, stream: Int, count: Int) {
            self.seed = seed
            self.stream = stream
            self.count = count
        }

        mutating func place(_ turn: Int) -> Int {
            let (thisEpoch, index) = turn.quotientAndRemainder(dividingBy: count)
            if thisEpoch != epoch {
                var generator = SeededGenerator(seed: seed, stream, thisEpoch)
                order = generator.permutation(count)
                epoch = thisEpoch
            }
            return order[index]
        }
    }
}
