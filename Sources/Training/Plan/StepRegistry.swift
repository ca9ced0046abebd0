/// Which operators can be trained.
enum StepRegistry {
    typealias Maker = @Sendable (StepContext) throws(TrainingError) -> any PlanStep

    /// The maker of an operator's step, or nil if the operator has no gradient here.
    static func maker(for operatorType: String) -> Maker? { makers[operatorType] }

    /// The operators, by name.
    static var operators: [String] { makers.keys.sorted() }

    private static let makers = shapedMakers.merging(FunctionStep.makers) { own, _ in own }

    private static let shapedMakers: [String: Maker] = [
        "Add": { context throws(TrainingError) in try BinaryStep(context, .add) },
        "AveragePool": { context throws(TrainingError) in try PoolingStep(context, .average) },
        "BatchNormalization": { context throws(TrainingError) in
            try BatchNormalizationStep(context, rectifies: false)
        },
        "Concat": { context throws(TrainingError) in try ConcatenationStep(context) },
        "Conv": { context throws(TrainingError) in try ConvolutionStep(context) },
        "Div": { context throws(TrainingError) in try BinaryStep(context, .divide) },
        "Dropout": { context throws(TrainingError) in try DropoutStep(context) },
        "Flatten": { context throws(TrainingError) in try ViewStep.flatten(context) },
        "Gemm": { context throws(TrainingError) in try GemmStep(context) },
        "GlobalAveragePool": { context throws(TrainingError) in
            try ReductionStep.overImage(context, .mean)
        },
        "GlobalMaxPool": { context throws(TrainingError) in
            try ReductionStep.overImage(context, .maximum)
        },
        "GRU": { context throws(TrainingError) in try GRUStep(context) },
        "Identity": { context throws(TrainingError) in
            try ViewStep(context, shape: context.edge(0).shape)
        },
        "LogSoftmax": { context throws(TrainingError) in
            try SoftmaxStep(context, isLogarithm: true)
        },
        "MatMul": { context throws(TrainingError) in try MatMulStep(context) },
        "Max": { context throws(TrainingError) in try BinaryStep(context, .maximum) },
        "MaxPool": { context throws(TrainingError) in try PoolingStep(context, .maximum) },
        "Min": { context throws(TrainingError) in try BinaryStep(context, .minimum) },
        "Mul": { context throws(TrainingError) in try BinaryStep(context, .multiply) },
        "PRelu": { context throws(TrainingError) in try BinaryStep(context, .sloped) },
        "Pad": { context throws(TrainingError) in try PadStep(context) },
        "Pow": { context throws(TrainingError) in try BinaryStep(context, .power) },
        "ReduceMax": { context throws(TrainingError) in
            try ReductionStep.overAxes(context, .maximum)
        },
        "ReduceMean": { context throws(TrainingError) in
            try ReductionStep.overAxes(context, .mean)
        },
        "ReduceSum": { context throws(TrainingError) in
            try ReductionStep.overAxes(context, .sum)
        },
        "Reshape": { context throws(TrainingError) in try ViewStep.reshape(context) },
        "Slice": { context throws(TrainingError) in try SliceStep(context) },
        "Softmax": { context throws(TrainingError) in
            try SoftmaxStep(context, isLogarithm: false)
        },
        "Split": { context throws(TrainingError) in try SplitStep(context) },
        "Squeeze": { context throws(TrainingError) in try ViewStep.squeeze(context) },
        "Sub": { context throws(TrainingError) in try BinaryStep(context, .subtract) },
        "Transpose": { context throws(TrainingError) in try TransposeStep(context) },
        "Unsqueeze": { context throws(TrainingError) in try ViewStep.unsqueeze(context) },
    ]
}
