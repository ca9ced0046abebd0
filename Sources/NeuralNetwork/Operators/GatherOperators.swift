/// ONNX's `Gather`: the parts of the input along an axis that an index tensor names.
///
/// An index that is known only at run time and lies outside the axis takes the nearest part.
struct GatherOperator: AnyElementOperator {
    static let definition = OperatorDefinition("Gather", inputs: 2...2, read: GatherOperator.init)
    private let axis: Int
    /// The indices, when they are known at load.
    private let constantIndices: [Int]?
    private let indexShape: [Int]

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        let indices = try node.inputType(1)
        axis = try Axis.resolve(try node.integer("axis", default: 0), rank: input.rank)
        guard indices.elementType == .int64 || indices.elementType == .int32 else {
            throw Refusal("its indices are \(indices.elementType.name)")
        }
        indexShape = indices.shape
        guard node.isConstant(1) else {
            constantIndices = nil
            guard input.shape[axis] > 0 else { throw Refusal("axis \(axis) is empty") }
            return
        }
        let length = input.shape[axis]
        var resolved: [Int] = []
        for index in try node.constantIntegers(1, "the indices") ?? [] {
            let place = index < 0 ? index + length : index
            guard place >= 0, place < length else {
                throw Refusal("index \(index) is out of range for axis \(axis) of \(input.shape)")
            }
            resolved.append(place)
        }
        constantIndices = resolved
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        var shape = input.shape
        shape.replaceSubrange(axis...axis, with: indexShape)
        return [try TensorType(input.elementType, shape).checked()]
    }

    func makeStep<Element: TensorElement>(_ type: Element.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
        let outer = input.shape[..<axis].reduce(1, *)
        let length = input.shape[axis]
        let inner = input.shape[(axis + 1)...].reduce(1, *)
        let count = indexShape.reduce(1, *)
        if let constantIndices, let floats = (input as? TypedView<Float>)?.floats,
            let gathered = (output as? TypedView<Float>)?.mutableFloats
        {
            let runs = Self.runs(of: constantIndices, inner: inner)
            return {
                var target = 0
                for block in 0..<outer {
                    for run in runs {
                        let source = block * length * inner + run.lowerBound
                        gathered.slice(at: target, count: run.count).update(
                            from: floats.slice(at: source, count: run.count)
                        )
                        target += run.count
                    }
                }
            }
        }
        let place = indexReader(places, length: length)
        return {
            var target = 0
            for block in 0..<outer {
                for index in 0..<count {
                    let source = (block * length + place(index)) * inner
                    for offset in 0..<inner { output[target + offset] = input[source + offset] }
                    target += inner
                }
            }
        }
    }

    /// The elements of parts of `inner` elements; parts that follow one another are one run.
    private static func runs(of indices: [Int], inner: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for index in indices {
            let part = index * inner..<(index + 1) * inner
            if let last = runs.last, last.upperBound == part.lowerBound {
                runs[runs.count - 1] = last.lowerBound..<part.upperBound
            } else {
                runs.append(part)
            }
        }
        return runs
    }

    /// Gives the place along the axis for each index.
    private func indexReader(_ places: StepPlaces, length: Int) -> (Int) -> Int {
        if let constantIndices { return { constantIndices[$0] } }
        func bounded(_ index: Int) -> Int {
            min(max(index < 0 ? index + length : index, 0), length - 1)
        }
        if places.inputType(1).elementType == .int32 {
            let indices = places.input(1, Int32.self)
            return { bounded(Int(indices[$0])) }
        }
        let indices = places.input(1, Int64.self)
        return { bounded(Int(max(min(indices[$0], 1 << 40), -(1 << 40)))) }
    }
}

/// ONNX's `GatherElements`: for each index, the input's element at that place along an axis.
///
/// An index outside the axis takes the nearest element.
struct GatherElementsOperator: AnyElementOperator {
    static let definition = OperatorDefinition(
        "GatherElements",
        since: 11,
        inputs: 2...2,
        read: GatherElementsOperator.init
    )
    private let axis: Int

    init(_ node: inout NodeReader) throws(Refusal) {
        let (input, indices) = (try node.inputType(0), try node.inputType(1))
        axis = try Axis.resolve(try node.integer("axis", default: 0), rank: input.rank)
        let fits =
            indices.rank == input.rank
            && input.shape.indices.allSatisfy {
                $0 == axis ? input.shape[$0] > 0 : indices.shape[$0] <= input.shape[$0]
            }
        guard fits, [.int32, .int64].contains(indices.elementType) else {
            throw Refusal("indices of \(indices) do not fit \(input)")
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [TensorType(try inputs.required(0).elementType, try inputs.required(1).shape)]
    }

    func makeStep<Element: TensorElement>(_ type: Element.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
        let strides = LoopNest.rowMajorStrides(input.shape)
        let targets = LoopNest.rowMajorStrides(output.shape)
        let length = input.shape[axis]
        let isWide = places.inputType(1).elementType == .int64
        let wide = isWide ? places.input(1, Int64.self) : nil
        let narrow = isWide ? nil : places.input(1, Int32.self)
        return { [axis] in
            for index in 0..<output.count {
                var source = 0
                for other in strides.indices where other != axis {
                    source += index / targets[other] % output.shape[other] * strides[other]
                }
                let given = wide?[index] ?? narrow.map { Int64($0[index]) } ?? 0
                let place = given < 0 ? given &+ Int64(length) : given
                source += Int(min(max(place, 0), Int64(length - 1))) * strides[axis]
                output[index] = input[source]
            }
        }
    }
}
