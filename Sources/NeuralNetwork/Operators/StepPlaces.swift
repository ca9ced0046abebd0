/// Where a step finds its inputs, puts its outputs, and may scribble.
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
