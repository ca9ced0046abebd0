/// Carries out an operator on constants while the model is loaded.
enum ConstantFolding {
    /// The outputs of an operator for constant inputs, or nil when they are of a type that
    /// operators do not compute with.
    static func outputs(
        of operation: any Operator,
        inputs: [ConstantTensor?],
        _ types: [TensorType]
    ) -> [ConstantTensor]? {
        var inputViews: [TensorView?] = []
        for input in inputs {
            guard let input else {
                inputViews.append(nil)
                continue
            }
            guard let buffer = TensorBuffer(input.values) else { return nil }
            inputViews.append(TensorView(buffer: buffer, offset: 0, type: input.type))
        }
        if operation.isView, let input = inputs.first ?? nil, let type = types.first {
            return [ConstantTensor(shape: type.shape, values: input.values)]
        }
        var outputViews: [TensorView] = []
        for type in types {
            guard let buffer = TensorBuffer(type.elementType, count: type.elementCount) else {
                return nil
            }
            outputViews.append(TensorView(buffer: buffer, offset: 0, type: type))
        }
        let places = StepPlaces(
            inputs: inputViews,
            outputs: outputViews,
            node: 0,
            scratch: ScratchSpace(),
            packing: PackingCache()
        )
        operation.makeStep(places)()
        return outputViews.map { ConstantTensor(shape: $0.type.shape, values: $0.values) }
    }
}
