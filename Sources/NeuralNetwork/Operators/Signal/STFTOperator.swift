/// ONNX's `STFT`: Fourier transforms of windows that slide over a signal.
struct STFTOperator: NumericOperator {
    static let name = "STFT"
    static let introduced = 17
    static let inputCounts = 2...4
    private let step: Int
    private let length: Int
    private let isOneSided: Bool
    private let hasWindow: Bool

    init(_ node: inout NodeReader) throws(Refusal) {
        let signal = try node.inputType(0)
        guard signal.elementType == .float32 || signal.elementType == .float64, signal.rank == 3,
            (1...2).contains(signal.shape[2])
        else { throw Refusal("it does not transform \(signal)") }
        isOneSided = try node.flag("onesided", default: true)
        hasWindow = node.hasInput(2)
        let window = hasWindow ? try node.inputType(2) : nil
        if let window, window.rank != 1 || window.elementType != signal.elementType {
            throw Refusal("its window is \(window)")
        }
        let given = try node.constantIntegers(3, "the frame length")?.first
        guard let step = try node.constantIntegers(1, "the frame step")?.first,
            let length = given ?? window?.shape[0]
        else { throw Refusal("it has neither a window nor a frame length") }
        guard step >= 1, (1...FourierTransform.longest).contains(length), length <= signal.shape[1],
            window.map({ $0.shape[0] == length }) ?? true, !(isOneSided && signal.shape[2] == 2)
        else {
            throw Refusal("frames of \(length) every \(step) of \(signal) do not work")
        }
        self.step = step
        self.length = length
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let signal = try inputs.required(0)
        let frames = (signal.shape[1] - length) / step + 1
        let shape = [signal.shape[0], frames, isOneSided ? length / 2 + 1 : length, 2]
        guard TensorShape.elementCount(of: shape) != nil else {
            throw Refusal("its output of shape \(shape) is too large")
        }
        return [TensorType(signal.elementType, shape)]
    }

    func makeStep(_ places: StepPlaces) -> Step {
        places.inputType(0).elementType == .float64
            ? makeStep(Double.self, places) : makeStep(Float.self, places)
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let signal = places.input(0, type)
        let window = hasWindow ? places.input(2, type) : nil
        let output = places.output(0, type)
        let (batch, samples, parts) = (signal.shape[0], signal.shape[1], signal.shape[2])
        let (frames, bins) = (output.shape[1], output.shape[2])
        let transform = FourierTransform(length: length)
        return { [length, step] in
            for frame in 0..<batch * frames {
                let (image, index) = frame.quotientAndRemainder(dividingBy: frames)
                for place in 0..<length {
                    let source = (image * samples + index * step + place) * parts
                    let factor = window?[place].asDouble ?? 1
                    transform.real[place] = signal[source].asDouble * factor
                    transform.imaginary[place] =
                        parts == 2 ? signal[source + 1].asDouble * factor : 0
                }
                transform.transform(inverse: false)
                for bin in 0..<bins {
                    let target = (frame * bins + bin) * 2
                    output[target] = .clamping(transform.real[bin])
                    output[target + 1] = .clamping(transform.imaginary[bin])
                }
            }
        }
    }

    func multiplyAdds(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        outputs[0].elementCount * 64
    }
}
