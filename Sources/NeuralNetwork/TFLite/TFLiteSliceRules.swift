/// Parts of tensors between two places.
extension TFLiteOperators {
    static let slicing: [String: Rule] = [
        "SLICE": { try $0.slice($1) },
        "STRIDED_SLICE": { try $0.stridedSlice($1) },
        "REVERSE_V2": { lowering, operation in
            guard let axes = try lowering.constantIntegers(operation.input(1)) else {
                throw Refusal("its axes are not a constant")
            }
            let starts = lowering.integers(axes.map { _ in -1 })
            let ends = lowering.integers(axes.map { _ in -Int(Int32.max) })
            let steps = lowering.integers(axes.map { _ in -1 })
            let places = lowering.integers(axes)
            try lowering.move(operation, [operation.input(0)]) { lowering, values in
                lowering.emit("Slice", [values[0], starts, ends, places, steps])
            }
        },
    ]
}

extension TFLiteLowering {
    /// As far as an axis goes.
    private static let end = Int(Int32.max)

    /// A start and a length an axis; a length of −1 means all that is left.
    fileprivate mutating func slice(_ operation: TFLiteOperator) throws {
        let (starts, ends): (Value, Value)
        if let first = try constantIntegers(operation.input(1)),
            let count = try constantIntegers(operation.input(2)), first.count == count.count
        {
            starts = integers(first)
            ends = integers(zip(first, count).map { $1 < 0 ? Self.end : $0 &+ $1 })
        } else {
            let count = try long(operation.input(2))
            starts = try long(operation.input(1))
            let isOpen = emit("Less", [count, integers([0])])
            let last = emit("Add", [starts, count])
            ends = emit("Where", [isOpen, integers([Self.end]), last])
        }
        try move(operation, [operation.input(0)]) { lowering, values in
            lowering.emit("Slice", [values[0], starts, ends])
        }
    }

    /// The entries of a strided slice: what each does to which axis.
    private struct Entries {
        var axes: [Int] = []
        /// The entry that each of the axes has.
        var sources: [Int] = []
        var newAxes: [Int] = []
        var removedAxes: [Int] = []
    }

    private static func entries(
        count: Int,
        rank: Int,
        ellipsis: Int,
        newAxis: Int,
        shrink: Int
    ) -> Entries {
        var entries = Entries()
        var (source, target) = (0, 0)
        var hasEllipsis = false
        for entry in 0..<count {
            let bit = 1 << entry
            if ellipsis & bit != 0, !hasEllipsis {
                hasEllipsis = true
                let later = (entry + 1..<count).count { newAxis & (1 << $0) == 0 }
                let skipped = max(0, rank - source - later)
                (source, target) = (source + skipped, target + skipped)
            } else if newAxis & bit != 0 {
                entries.newAxes.append(target)
                target += 1
            } else {
                entries.axes.append(source)
                entries.sources.append(entry)
                if shrink & bit != 0 {
                    entries.removedAxes.append(source)
                } else {
                    target += 1
                }
                source += 1
            }
        }
        return entries
    }

    fileprivate mutating func stridedSlice(_ operation: TFLiteOperator) throws {
        let options = operation.options(.stridedSlice)
        let beginMask = try options.int(0)
        let endMask = try options.int(1)
        let shrinkMask = try options.int(4)
        let isOffset = try options.flag(5)
        guard let steps = try constantIntegers(operation.input(3)), steps.count <= 16 else {
            throw Refusal("its steps are not a constant")
        }
        let entries = Self.entries(
            count: steps.count,
            rank: shape(of: try operation.input(0)).count,
            ellipsis: try options.int(2),
            newAxis: try options.int(3),
            shrink: shrinkMask
        )
        let places = entries.sources
        func has(_ mask: Int, _ entry: Int) -> Bool { mask & (1 << entry) != 0 }
        let starts: Value
        let ends: Value
        if let first = try constantIntegers(operation.input(1)), first.count == steps.count,
            let last = try constantIntegers(operation.input(2)), last.count == steps.count
        {
            starts = integers(
                places.map { place in
                    has(beginMask, place) && !has(shrinkMask, place)
                        ? (steps[place] > 0 ? 0 : Self.end) : first[place]
                }
            )
            ends = integers(
                places.map { place in
                    if has(shrinkMask, place) {
                        return first[place] == -1 ? Self.end : first[place] &+ 1
                    }
                    if has(endMask, place) { return steps[place] > 0 ? Self.end : -Self.end }
                    return isOffset ? first[place] &+ last[place] : last[place]
                }
            )
        } else {
            let index = integers(places)
            let first = emit("Gather", [try long(operation.input(1)), index])
            var last = emit("Gather", [try long(operation.input(2)), index])
            if isOffset { last = emit("Add", [first, last]) }
            let next = emit("Add", [first, integers([1])])
            let isLast = emit("Equal", [first, integers([-1])])
            let after = emit("Where", [isLast, integers([Self.end]), next])
            starts = chosen(
                places.map { has(beginMask, $0) && !has(shrinkMask, $0) },
                integers(places.map { steps[$0] > 0 ? 0 : Self.end }),
                first
            )
            let ownEnd = chosen(
                places.map { has(endMask, $0) },
                integers(places.map { steps[$0] > 0 ? Self.end : -Self.end }),
                last
            )
            ends = chosen(places.map { has(shrinkMask, $0) }, after, ownEnd)
        }
        try move(operation, [operation.input(0)]) { lowering, values in
            let moves = lowering.integers(
                places.map { has(shrinkMask, $0) ? 1 : steps[$0] }
            )
            var result = values[0]
            if !places.isEmpty {
                result = lowering.emit(
                    "Slice",
                    [result, starts, ends, lowering.integers(entries.axes), moves]
                )
            }
            if !entries.removedAxes.isEmpty {
                result = lowering.emit(
                    "Squeeze",
                    [result, lowering.integers(entries.removedAxes)]
                )
            }
            if !entries.newAxes.isEmpty {
                result = lowering.emit(
                    "Unsqueeze",
                    [result, lowering.integers(entries.newAxes)]
                )
            }
            if places.isEmpty, entries.newAxes.isEmpty {
                result = lowering.emit("Identity", [result])
            }
            return result
        }
    }

    /// The integers of a tensor, with 64 bits.
    private mutating func long(_ tensor: Int) throws -> Value {
        emit("Cast", [try raw(tensor)], ["to": .int(Int64(ElementType.int64.rawValue))])
    }

    /// The first numbers where something holds, else the second.
    private mutating func chosen(_ holds: [Bool], _ first: Value, _ second: Value) -> Value {
        let condition = constant(Tensor(shape: [holds.count], values: .bool(holds)))
        return emit("Where", [condition, first, second])
    }
}
