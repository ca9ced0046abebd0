/// What is known of an operator before a node is read.
struct OperatorDefinition: Sendable {
    /// The operator's name in ONNX.
    let name: String
    /// The operator set that has the operator; empty for ONNX's own.
    let domain: String
    /// The first opset that has the operator.
    let introduced: Int
    /// How many inputs a node may have.
    let inputCounts: ClosedRange<Int>
    /// How many outputs a node may have.
    let outputCounts: ClosedRange<Int>
    /// Reads a node's attributes and constant inputs.
    let read: @Sendable (inout NodeReader) throws(Refusal) -> any Operator

    init(
        _ name: String,
        domain: String = "",
        since introduced: Int = 1,
        inputs inputCounts: ClosedRange<Int> = 1...1,
        outputs outputCounts: ClosedRange<Int> = 1...1,
        read: @escaping @Sendable (inout NodeReader) throws(Refusal) -> any Operator
    ) {
        self.name = name
        self.domain = domain
        self.introduced = introduced
        self.inputCounts = inputCounts
        self.outputCounts = outputCounts
        self.read = read
    }
}

/// The operators that there are.
enum OperatorRegistry {
    /// The tables of the families, and the operators that stand alone.
    static let all: [OperatorDefinition] = [
        UnaryOperator.definitions,
        NumericUnaryOperator.definitions,
        BinaryOperator.definitions,
        VariadicOperator.definitions,
        ComparisonOperator.definitions,
        LogicalOperator.definitions,
        ReductionOperator.definitions,
        ArgExtremeOperator.definitions,
        SoftmaxOperator.definitions,
        CastOperator.definitions,
        CosineWindowOperator.definitions,
        single,
    ].flatMap { $0 }

    private static let single: [OperatorDefinition] = [
        AveragePoolOperator.definition,
        BatchNormalizationOperator.definition,
        ClipOperator.definition,
        ConcatOperator.definition,
        ConstantOfShapeOperator.definition,
        ConstantOperator.definition,
        ConvOperator.definition,
        ConvTransposeOperator.definition,
        DFTOperator.definition,
        DequantizeLinearOperator.definition,
        DropoutOperator.definition,
        ExpandOperator.definition,
        FlattenOperator.definition,
        GRUOperator.definition,
        GatherElementsOperator.definition,
        GatherOperator.definition,
        GemmOperator.definition,
        IdentityOperator.definition,
        InstanceNormalizationOperator.definition,
        LSTMOperator.definition,
        LayerNormalizationOperator.definition,
        LinearClassifierOperator.definition,
        MatMulOperator.definition,
        MaxPoolOperator.definition,
        MelWeightMatrixOperator.definition,
        NormalizerOperator.definition,
        NotOperator.definition,
        PReluOperator.definition,
        PadOperator.definition,
        PowOperator.definition,
        QuantizeLinearOperator.definition,
        RNNOperator.definition,
        RangeOperator.definition,
        ReshapeOperator.definition,
        ResizeOperator.definition,
        STFTOperator.definition,
        ScalerOperator.definition,
        ShapeOperator.definition,
        SizeOperator.definition,
        SliceOperator.definition,
        SplitOperator.definition,
        SqueezeOperator.definition,
        TileOperator.definition,
        TopKOperator.definition,
        TransposeOperator.definition,
        UnsqueezeOperator.definition,
        WhereOperator.definition,
    ]

    private static let byName: [String: OperatorDefinition] = Dictionary(
        uniqueKeysWithValues: all.map { ("\($0.domain):\($0.name)", $0) }
    )

    /// The operator that a node asks for, after a check of what can be seen from outside.
    static func definition(for node: Node, opset: Int) throws(Refusal) -> OperatorDefinition {
        guard let definition = byName["\(node.domain):\(node.operatorType)"] else {
            throw Refusal(
                node.domain.isEmpty
                    ? "the operator is not supported"
                    : "the operator of the domain '\(node.domain)' is not supported"
            )
        }
        guard opset >= definition.introduced else {
            throw Refusal("the operator exists only since opset \(definition.introduced)")
        }
        for (counts, count, what) in [
            (definition.inputCounts, node.inputs.count, "inputs"),
            (definition.outputCounts, node.outputs.count, "outputs"),
        ] where !counts.contains(count) {
            throw Refusal("it has \(count) \(what) instead of \(counts)")
        }
        return definition
    }
}

/// What the engine can run.
package enum SupportedOperators {
    /// The names of all operators, in ONNX's spelling, sorted.
    package static var names: [String] { OperatorRegistry.all.map(\.name).sorted() }

    /// The names of TensorFlow Lite's operators, in its schema's spelling, sorted.
    package static var tfliteNames: [String] { TFLiteOperators.supportedNames }

    /// The versions of ONNX's operator set that models may use.
    package static let opsets = GraphImporter.supportedOpsets
}
