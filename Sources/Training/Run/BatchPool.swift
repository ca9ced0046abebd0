import SoundDatasets

/// The clips of one kind of material, and how many of them each batch takes.
struct BatchPool: Equatable {
    /// The places of the clips; one that counts several times is there as often.
    let places: [Int]
    /// Patches a batch.
    let count: Int
    /// What its random orders are told from those of other pools by.
    let stream: Int
    /// The clips of each class, where classes are seen equally often.
    private let classes: [[Int]]

    /// Creates a pool; `classes` are the clips of each class that are taken in turn, none to take
    /// all clips in turn.
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
