internal import ONNXFormat

/// The operators that there are.
enum OperatorRegistry {
    /// Every operator, one a file.
    static let all: [any Operator.Type] = [
        AbsOperator.self,
        AddOperator.self,
        CeilOperator.self,
        ConcatOperator.self,
        ConvOperator.self,
        DivOperator.self,
        EluOperator.self,
        ErfOperator.self,
        ExpOperator.self,
        FloorOperator.self,
        GeluOperator.self,
        GemmOperator.self,
        HardSigmoidOperator.self,
        HardSwishOperator.self,
        LeakyReluOperator.self,
        LogOperator.self,
        MaxPoolOperator.self,
        MulOperator.self,
        NegOperator.self,
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
        RoundOperator.self,
        SeluOperator.self,
        SigmoidOperator.self,
        SignOperator.self,
        SoftplusOperator.self,
        SoftsignOperator.self,
        SqrtOperator.self,
        SubOperator.self,
        TanhOperator.self,
        TransposeOperator.self,
    ]

    private static let byName: [String: any Operator.Type] = Dictionary(
        uniqueKeysWithValues: all.map { ($0.name, $0) }
    )

    /// The operator that a node asks for, after a check of what can be seen from outside.
    static func operatorType(for node: Node, opset: Int) throws(Refusal) -> any Operator.Type {
        guard node.domain.isEmpty else {
            throw Refusal("operators of the domain '\(node.domain)' are not supported")
        }
        guard let type = byName[node.operatorType] else {
            throw Refusal("the operator is not supported")
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
