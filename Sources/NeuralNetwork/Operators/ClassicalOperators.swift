/// The operators of `ai.onnx.ml` that scikit-learn's linear models and scalers become, for rows of
/// float features `[N, C]` or `[C]`.
protocol ClassicalOperator: Operator {}

/// The operator set that has them.
private let domain = "ai.onnx.ml"

extension ClassicalOperator {
    /// The type of the features, which must be rows of floats.
    static func rows(_ node: inout NodeReader) throws(Refusal) -> TensorType {
        let input = try node.inputType(0)
        guard input.elementType == .float32, (1...2).contains(input.rank), input.shape.last != 0
        else { throw Refusal("it supports rows of floats, not \(input)") }
        return input
    }
}

/// ONNX-ML's `Scaler`: (x − offset) · scale, each one number, or one per feature.
struct ScalerOperator: ClassicalOperator {
    static let definition = OperatorDefinition(
        "Scaler",
        domain: domain,
        read: ScalerOperator.init
    )
    private let offset: [Float]
    private let scale: [Float]

    init(_ node: inout NodeReader) throws(Refusal) {
        let count = try Self.rows(&node).shape.last ?? 0
        offset = try node.floats("offset") ?? [0]
        scale = try node.floats("scale") ?? [1]
        for (name, values) in [("offset", offset), ("scale", scale)]
        where values.count != 1 && values.count != count {
            throw Refusal("its attribute '\(name)' has \(values.count) numbers for \(count)")
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [try inputs.required(0)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let (input, output) = (places.input(0, Float.self), places.output(0, Float.self))
        return { [offset, scale] in
            for index in 0..<output.count {
                output[index] =
                    (input[index] - offset[index % offset.count]) * scale[index % scale.count]
            }
        }
    }
}

/// ONNX-ML's `Normalizer`: each row divided by its greatest number, its sum of magnitudes or its
/// length; a row of zeros stays as it is.
struct NormalizerOperator: ClassicalOperator {
    private enum Norm: String {
        case greatest = "MAX"
        case magnitudes = "L1"
        case length = "L2"
    }

    static let definition = OperatorDefinition(
        "Normalizer",
        domain: domain,
        read: NormalizerOperator.init
    )
    private let norm: Norm

    init(_ node: inout NodeReader) throws(Refusal) {
        _ = try Self.rows(&node)
        let name = try node.string("norm", default: Norm.greatest.rawValue)
        guard let norm = Norm(rawValue: name) else {
            throw Refusal("its norm is '\(name)'; not supported")
        }
        self.norm = norm
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        [try inputs.required(0)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        let (input, output) = (places.input(0, Float.self), places.output(0, Float.self))
        let length = input.shape.last ?? 1
        return { [norm] in
            for start in stride(from: 0, to: output.count, by: length) {
                let row = start..<start + length
                let divisor: Float =
                    switch norm {
                    case .greatest: row.reduce(-.infinity) { max($0, input[$1]) }
                    case .magnitudes: row.reduce(0) { $0 + abs(input[$1]) }
                    case .length: row.reduce(0) { $0 + input[$1] * input[$1] }.squareRoot()
                    }
                for index in row {
                    output[index] = divisor == 0 ? input[index] : input[index] / divisor
                }
            }
        }
    }
}

/// ONNX-ML's `LinearClassifier`: a weighted sum of the features for each class, made probabilities.
///
/// Its first output, the name of the best class, is not computed.
struct LinearClassifierOperator: ClassicalOperator {
    private enum Transform: String {
        case none = "NONE"
        case logistic = "LOGISTIC"
        case softmax = "SOFTMAX"
    }

    static let definition = OperatorDefinition(
        "LinearClassifier",
        domain: domain,
        outputs: 2...2,
        read: LinearClassifierOperator.init
    )
    private let classCount: Int
    private let coefficients: [Float]
    private let intercepts: [Float]
    private let transform: Transform

    init(_ node: inout NodeReader) throws(Refusal) {
        let count = try Self.rows(&node).shape.last ?? 0
        let classes = try node.strings("classlabels_strings")?.count ?? 0
        classCount = max(classes, try node.integers("classlabels_ints")?.count ?? 0)
        coefficients = try node.floats("coefficients") ?? []
        intercepts =
            try node.floats("intercepts") ?? Array(repeating: 0, count: classCount)
        _ = try node.flag("multi_class", default: false)
        let name = try node.string("post_transform", default: Transform.none.rawValue)
        guard let transform = Transform(rawValue: name) else {
            throw Refusal("its post_transform is '\(name)'; not supported")
        }
        self.transform = transform
        guard classCount > 0, coefficients.count == classCount * count,
            intercepts.count == classCount
        else {
            throw Refusal(
                "it has \(coefficients.count) coefficients and \(intercepts.count) intercepts for "
                    + "\(classCount) classes of \(count) features"
            )
        }
    }

    var isFoldable: Bool { false }
    var parameterCount: Int { coefficients.count + intercepts.count }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let rows = try inputs.required(0).shape.dropLast().first ?? 1
        return [TensorType(.string, [rows]), TensorType(.float32, [rows, classCount])]
    }

    func multiplyAdds(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        (inputs.first??.elementCount ?? 0).saturatingProduct(classCount)
    }

    func makeStep(_ places: StepPlaces) -> Step {
        guard places.hasOutput(1) else { return {} }
        let (input, output) = (places.input(0, Float.self), places.output(1, Float.self))
        let count = input.shape.last ?? 1
        return {
            for row in 0..<input.count / count {
                let first = row * classCount
                for index in 0..<classCount {
                    var sum = intercepts[index]
                    for feature in 0..<count {
                        sum += coefficients[index * count + feature] * input[row * count + feature]
                    }
                    output[first + index] = sum
                }
                makeProbabilities(of: output, first..<first + classCount)
            }
        }
    }

    private func makeProbabilities(of output: TypedView<Float>, _ row: Range<Int>) {
        let exp = { (number: Float) in Float(ScalarFunction.exp.callAsFunction(Double(number))) }
        switch transform {
        case .none: return
        case .logistic:
            for index in row { output[index] = 1 / (1 + exp(-output[index])) }
        case .softmax:
            let greatest = row.reduce(-.infinity) { max($0, output[$1]) }
            for index in row { output[index] = exp(output[index] - greatest) }
            let sum = row.reduce(0) { $0 + output[$1] }
            for index in row { output[index] /= sum }
        }
    }
}
