extension Model {
    /// The same network with weights of integers as the floats that they stand for, as training
    /// needs them.
    package var withFloatWeights: Model {
        let constants = Dictionary(graph.initializers.map { ($0.name, $0) }) { first, _ in first }
        var model = self
        var floats: [Tensor] = []
        model.graph.nodes = graph.nodes.filter { node in
            guard node.operatorType == "DequantizeLinear", node.domain.isEmpty,
                let tensor = Self.floats(of: node, constants)
            else { return true }
            floats.append(tensor)
            return false
        }
        let read = Set(model.graph.nodes.flatMap(\.inputs) + graph.outputs.map(\.name))
        model.graph.initializers = (graph.initializers + floats).filter { read.contains($0.name) }
        return model
    }

    /// What a node gives where all of its inputs are constants, with a scale for all numbers or one
    /// a place along an axis.
    private static func floats(of node: Node, _ constants: [String: Tensor]) -> Tensor? {
        let inputs = node.inputs.map { constants[$0] }
        guard let integers = inputs.first ?? nil, inputs.allSatisfy({ $0 != nil }),
            inputs.count >= 2, let scales = inputs[1]?.floats
        else { return nil }
        let zeroPoints = inputs.count > 2 ? inputs[2]?.numbers ?? [] : []
        let numbers = integers.numbers
        guard scales.count > 1 else {
            let (scale, zeroPoint) = (scales.first ?? 1, zeroPoints.first ?? 0)
            return Tensor(
                name: node.outputs[0],
                shape: integers.shape,
                floats: numbers.map { Float($0 - zeroPoint) * scale }
            )
        }
        var axis = 1
        for attribute in node.attributes {
            switch (attribute.name, attribute.value) {
            case ("axis", .int(let given)):
                axis = Int(given) + (given < 0 ? integers.shape.count : 0)
            case ("block_size", .int(let size)) where size != 0: return nil
            default: break
            }
        }
        guard integers.shape.indices.contains(axis), integers.shape[axis] == scales.count,
            zeroPoints.isEmpty || zeroPoints.count == scales.count
        else { return nil }
        let inner = integers.shape[(axis + 1)...].reduce(1, *)
        return Tensor(
            name: node.outputs[0],
            shape: integers.shape,
            floats: numbers.indices.map { index in
                let place = index / inner % scales.count
                return Float(numbers[index] - (zeroPoints.isEmpty ? 0 : zeroPoints[place]))
                    * scales[place]
            }
        )
    }
}
