/// Places in one stretch of floats, handed out and taken back.
struct ArenaLayout {
    /// The floats needed so far.
    private(set) var size = 0
    /// Free stretches in ascending order, none touching the next.
    private var free: [Range<Int>] = []

    /// Places begin at multiples of this many floats: a cache line.
    private static let alignment = 16

    /// A place for `count` floats: the smallest free stretch that holds them, else new room.
    mutating func allocate(_ count: Int) -> Int {
        let needed = Self.rounded(count)
        guard needed > 0 else { return 0 }
        let fitting = free.indices.filter { free[$0].count >= needed }
        if let best = fitting.min(by: { free[$0].count < free[$1].count }) {
            let start = free[best].lowerBound
            free[best] = start + needed..<free[best].upperBound
            if free[best].isEmpty { free.remove(at: best) }
            return start
        }
        let start: Int
        if let last = free.last, last.upperBound == size {
            start = last.lowerBound
            free.removeLast()
        } else {
            start = size
        }
        size = start + needed
        return start
    }

    /// Takes back the place for `count` floats at `start`.
    mutating func free(at start: Int, count: Int) {
        let end = start + Self.rounded(count)
        guard end > start else { return }
        let index = free.firstIndex { $0.lowerBound > start } ?? free.count
        free.insert(start..<end, at: index)
        if index + 1 < free.count, free[index + 1].lowerBound == end {
            free[index] = start..<free[index + 1].upperBound
            free.remove(at: index + 1)
        }
        if index > 0, free[index - 1].upperBound == start {
            free[index - 1] = free[index - 1].lowerBound..<free[index].upperBound
            free.remove(at: index)
        }
    }

    private static func rounded(_ count: Int) -> Int {
        (count + alignment - 1) / alignment * alignment
    }
}
