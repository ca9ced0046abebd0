/// A step's inputs, outputs and scratch space.
struct StepPlaces {
    /// By position; nil where an optional input is left out or was read as a constant.
    let inputs: [TensorView?]
    /// By position; nil where an optional output is left out.
    let outputs: [TensorView?]
    /// The number of the node in the plan.
    let node: Int
    /// Storage that holds nothing between steps.
    let scratch: ScratchSpace
    /// Weights that were rearranged for this plan.
    let packing: PackingCache

    /// Whether an input is there at run time.
    func hasInput(_ index: Int) -> Bool {
        index < inputs.count && inputs[index] != nil
    }

    /// Whether an output is wanted.
    func hasOutput(_ index: Int) -> Bool {
        index < outputs.count && outputs[index] != nil
    }

    /// The type of an input that is there.
    func inputType(_ index: Int) -> TensorType { inputView(index).type }

    /// The type of an output that is wanted.
    func outputType(_ index: Int) -> TensorType { outputView(index).type }

    /// The type of the first input's elements, or of the first output's where there is no input.
    var elementType: ElementType {
        hasInput(0) ? inputType(0).elementType : outputType(0).elementType
    }

    /// An input that is there, as elements of a known type.
    func input<Element: TensorElement>(_ index: Int, _ type: Element.Type) -> TypedView<Element> {
        inputView(index).elements(type)
    }

    /// An output that is wanted, as elements of a known type.
    func output<Element: TensorElement>(_ index: Int, _ type: Element.Type) -> TypedView<Element> {
        outputView(index).elements(type)
    }

    /// An input of floats, for a kernel to read.
    func floats(_ index: Int) -> FloatSlice { input(index, Float.self).floats }

    /// An output of floats, for a kernel to write.
    func result(_ index: Int) -> MutableFloatSlice { output(index, Float.self).mutableFloats }

    /// Reads the elements of an input as doubles, whatever their type.
    func doubles(_ index: Int) -> (Int) -> Double {
        func reader<Element: TensorElement>(_ type: Element.Type) -> (Int) -> Double {
            let view = input(index, type)
            return { view[$0].asDouble }
        }
        return switch inputType(index).elementType {
        case .float32: reader(Float.self)
        case .float64: reader(Double.self)
        case .int8: reader(Int8.self)
        case .int16: reader(Int16.self)
        case .int32: reader(Int32.self)
        case .int64: reader(Int64.self)
        case .uint8: reader(UInt8.self)
        case .uint16: reader(UInt16.self)
        case .uint32: reader(UInt32.self)
        case .uint64: reader(UInt64.self)
        default: reader(Bool.self)
        }
    }

    /// Reads the elements of an input as integers, wrapped around where they do not fit; nil for
    /// floats and doubles.
    func integers(_ index: Int) -> ((Int) -> Int64)? {
        func reader<Element: TensorElement & FixedWidthInteger>(
            _ type: Element.Type
        ) -> (Int) -> Int64 {
            let view = input(index, type)
            return { Int64(truncatingIfNeeded: view[$0]) }
        }
        switch inputType(index).elementType {
        case .int8: return reader(Int8.self)
        case .int16: return reader(Int16.self)
        case .int32: return reader(Int32.self)
        case .int64: return reader(Int64.self)
        case .uint8: return reader(UInt8.self)
        case .uint16: return reader(UInt16.self)
        case .uint32: return reader(UInt32.self)
        case .uint64: return reader(UInt64.self)
        case .bool:
            let view = input(index, Bool.self)
            return { view[$0] ? 1 : 0 }
        default: return nil
        }
    }

    private func inputView(_ index: Int) -> TensorView {
        guard index < inputs.count, let view = inputs[index] else {
            preconditionFailure("a step asks for inputs that its node has")
        }
        return view
    }

    private func outputView(_ index: Int) -> TensorView {
        guard index < outputs.count, let view = outputs[index] else {
            preconditionFailure("a step asks for outputs that its node has")
        }
        return view
    }
}

/// Storage shared by all steps of a plan, holding nothing from one step to the next.
final class ScratchSpace {
    private var memory = FloatMemory(count: 0)
    /// Bytes of everything that was handed out.
    private(set) var byteCount = 0

    /// Room for the step that is being made; a step asks once.
    func floats(_ count: Int) -> MutableFloatSlice {
        if memory.count < count {
            memory = FloatMemory(count: max(count, 2 * memory.count))
            byteCount += memory.count * 4
        }
        return memory.slice(at: 0, count: count)
    }
}
