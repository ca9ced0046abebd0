/// The operators that there are.
enum OperatorRegistry {
    /// Every operator, one a file.
    static let all: [any Operator.Type] = [
        AbsOperator.self,
        AddOperator.self,
        AndOperator.self,
        ArgMaxOperator.self,
        ArgMinOperator.self,
        AveragePoolOperator.self,
        BatchNormalizationOperator.self,
        BlackmanWindowOperator.self,
        CastLikeOperator.self,
        CastOperator.self,
        CeilOperator.self,
        ClipOperator.self,
        ConcatOperator.self,
        ConstantOfShapeOperator.self,
        ConstantOperator.self,
        ConvOperator.self,
        ConvTransposeOperator.self,
        CosOperator.self,
        DFTOperator.self,
        DequantizeLinearOperator.self,
        DivOperator.self,
        DropoutOperator.self,
        EluOperator.self,
        EqualOperator.self,
        ErfOperator.self,
        ExpOperator.self,
        ExpandOperator.self,
        FlattenOperator.self,
        FloorOperator.self,
        GRUOperator.self,
        GatherElementsOperator.self,
        GatherOperator.self,
        GeluOperator.self,
        GemmOperator.self,
        GlobalAveragePoolOperator.self,
        GlobalMaxPoolOperator.self,
        GreaterOperator.self,
        GreaterOrEqualOperator.self,
        HammingWindowOperator.self,
        HannWindowOperator.self,
        HardSigmoidOperator.self,
        HardSwishOperator.self,
        IdentityOperator.self,
        InstanceNormalizationOperator.self,
        LSTMOperator.self,
        LayerNormalizationOperator.self,
        LeakyReluOperator.self,
        LessOperator.self,
        LessOrEqualOperator.self,
        LinearClassifierOperator.self,
        LogOperator.self,
        LogSoftmaxOperator.self,
        MatMulOperator.self,
        MaxOperator.self,
        MaxPoolOperator.self,
        MeanOperator.self,
        MelWeightMatrixOperator.self,
        MinOperator.self,
        MulOperator.self,
        NegOperator.self,
        NormalizerOperator.self,
        NotOperator.self,
        OrOperator.self,
        PReluOperator.self,
        PadOperator.self,
        PowOperator.self,
        QuantizeLinearOperator.self,
        RNNOperator.self,
        RangeOperator.self,
        ReciprocalOperator.self,
        ReduceL1Operator.self,
        ReduceL2Operator.self,
        ReduceLogSumExpOperator.self,
        ReduceLogSumOperator.self,
        ReduceMaxOperator.self,
        ReduceMeanOperator.self,
        ReduceMinOperator.self,
        ReduceProdOperator.self,
        ReduceSumOperator.self,
        ReduceSumSquareOperator.self,
        ReluOperator.self,
        ReshapeOperator.self,
        ResizeOperator.self,
        RoundOperator.self,
        STFTOperator.self,
        ScalerOperator.self,
        SeluOperator.self,
        ShapeOperator.self,
        SigmoidOperator.self,
        SignOperator.self,
        SinOperator.self,
        SizeOperator.self,
        SliceOperator.self,
        SoftmaxOperator.self,
        SoftplusOperator.self,
        SoftsignOperator.self,
        SplitOperator.self,
        SqrtOperator.self,
        SqueezeOperator.self,
        SubOperator.self,
        SumOperator.self,
        TanhOperator.self,
        TileOperator.self,
        TopKOperator.self,
        TransposeOperator.self,
        UnsqueezeOperator.self,
        WhereOperator.self,
        XorOperator.self,
    ]

    private static let byName: [String: any Operator.Type] = Dictionary(
        uniqueKeysWithValues: all.map { ("\($0.domain):\($0.name)", $0) }
    )

    /// The operator that a node asks for, after a check of what can be seen from outside.
    static func operatorType(for node: Node, opset: Int) throws(Refusal) -> any Operator.Type {
        guard let type = byName["\(node.domain):\(node.operatorType)"] else {
            throw Refusal(
                node.domain.isEmpty
                    ? "the operator is not supported"
                    : "the operator of the domain '\(node.domain)' is not supported"
            )
        }
        guard opset >= type.introduced else {
            throw Refusal("ONNX has the operator only from opset \(type.introduced) on")
        }
        guard type.inputCounts.contains(node.inputs.count) else {
            throw Refusal("it has \(node.inputs.count) inputs instead of \(type.inputCounts)")
        }
        guard type.outputCounts.contains(node.outputs.count) else {
            throw Refusal("it has \(node.outputs.count) outputs instead of \(type.outputCounts)")
        }
        return type
    }
}
