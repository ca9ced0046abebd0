private import CFFTW

/// ONNX's `DFT`: the discrete Fourier transform along an axis, real or complex, forth or back.
struct DFTOperator: NumericOperator {
    static let definition = OperatorDefinition(
        "DFT",
        since: 17,
        inputs: 1...3,
        read: DFTOperator.init
    )
    private let axis: Int
    private let length: Int
    private let isInverse: Bool
    private let isOneSided: Bool

    init(_ node: inout NodeReader) throws(Refusal) {
        let input = try node.inputType(0)
        guard input.elementType == .float32 || input.elementType == .float64, input.rank >= 2,
            (1...2).contains(input.shape[input.rank - 1])
        else { throw Refusal("input \(input) is not supported") }
        isInverse = try node.flag("inverse", default: false)
        isOneSided = try node.flag("onesided", default: false)
        var given = node.opset < 20 ? 1 : -2
        if node.opset < 20 {
            given = try node.integer("axis", default: given)
        } else if let axes = try node.constantIntegers(2, "the axis") {
            guard axes.count == 1 else { throw Refusal("it names \(axes.count) axes") }
            given = axes[0]
        }
        axis = try Axis.resolve(given, rank: input.rank)
        let lengths = try node.constantIntegers(1, "the length")
        length = lengths?.first ?? input.shape[axis]
        guard axis < input.rank - 1, (1...FourierTransform.longest).contains(length),
            !(isInverse && isOneSided)
        else {
            throw Refusal(
                "a transform of length \(length) along axis \(axis) of \(input) is not possible"
            )
        }
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let input = try inputs.required(0)
        var shape = input.shape
        shape[axis] = isOneSided ? length / 2 + 1 : length
        shape[shape.count - 1] = 2
        return [TensorType(input.elementType, shape)]
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let input = places.input(0, type)
        let output = places.output(0, type)
        let parts = input.shape[input.shape.count - 1]
        let outer = input.shape[..<axis].reduce(1, *)
        let inner = input.shape[(axis + 1)..<(input.shape.count - 1)].reduce(1, *)
        let available = input.shape[axis]
        let bins = output.shape[axis]
        if isOneSided, parts == 1, inner == 1,
            let floats = (input as? TypedView<Float>)?.floats,
            let spectra = (output as? TypedView<Float>)?.mutableFloats
        {
            return realStep(floats, rows: outer, available: available, into: spectra)
        }
        let transform = FourierTransform(length: length, isInverse: isInverse)
        return { [length] in
            for row in 0..<outer * inner {
                let (block, column) = row.quotientAndRemainder(dividingBy: inner)
                for place in 0..<length {
                    let source = ((block * available + place) * inner + column) * parts
                    let isInside = place < available
                    transform.set(
                        place,
                        isInside ? input[source].asDouble : 0,
                        isInside && parts == 2 ? input[source + 1].asDouble : 0
                    )
                }
                transform.run()
                for bin in 0..<bins {
                    let target = ((block * bins + bin) * inner + column) * 2
                    output[target] = .clamping(Double(transform.numbers[2 * bin]))
                    output[target + 1] = .clamping(Double(transform.numbers[2 * bin + 1]))
                }
            }
        }
    }

    /// Transforms rows of real numbers, which takes half the work of complex ones.
    private func realStep(
        _ input: FloatSlice,
        rows: Int,
        available: Int,
        into output: MutableFloatSlice
    ) -> Step {
        let transform = RealFourierTransform(length: length)
        let taken = min(length, available)
        let size = transform.spectrum.count
        return {
            for row in 0..<rows {
                // What lies behind the numbers that there are stays zero.
                transform.numbers.update(from: input.slice(at: row * available, count: taken))
                transform.run()
                output.slice(at: row * size, count: size).update(from: transform.spectrum)
            }
        }
    }

    func multiplyAdds(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        outputs[0].elementCount * 64
    }
}

/// ONNX's `STFT`: Fourier transforms of windows that slide over a signal.
struct STFTOperator: NumericOperator {
    static let definition = OperatorDefinition(
        "STFT",
        since: 17,
        inputs: 2...4,
        read: STFTOperator.init
    )
    private let step: Int
    private let length: Int
    private let isOneSided: Bool
    private let hasWindow: Bool

    init(_ node: inout NodeReader) throws(Refusal) {
        let signal = try node.inputType(0)
        guard signal.elementType == .float32 || signal.elementType == .float64, signal.rank == 3,
            (1...2).contains(signal.shape[2])
        else { throw Refusal("input \(signal) is not supported") }
        isOneSided = try node.flag("onesided", default: true)
        hasWindow = node.hasInput(2)
        let window = hasWindow ? try node.inputType(2) : nil
        if let window, window.rank != 1 || window.elementType != signal.elementType {
            throw Refusal("its window is \(window); not supported")
        }
        let given = try node.constantIntegers(3, "the frame length")?.first
        guard let step = try node.constantIntegers(1, "the frame step")?.first,
            let length = given ?? window?.shape[0]
        else { throw Refusal("it has neither a window nor a frame length") }
        guard step >= 1, (1...FourierTransform.longest).contains(length), length <= signal.shape[1],
            window.map({ $0.shape[0] == length }) ?? true, !(isOneSided && signal.shape[2] == 2)
        else {
            throw Refusal("frames of length \(length) with step \(step) do not fit \(signal)")
        }
        self.step = step
        self.length = length
    }

    func outputTypes(for inputs: [TensorType?]) throws(Refusal) -> [TensorType] {
        let signal = try inputs.required(0)
        let frames = (signal.shape[1] - length) / step + 1
        let shape = [signal.shape[0], frames, isOneSided ? length / 2 + 1 : length, 2]
        return [try TensorType(signal.elementType, shape).checked()]
    }

    func makeStep<Number: TensorNumber>(_ type: Number.Type, _ places: StepPlaces) -> Step {
        let signal = places.input(0, type)
        let window = hasWindow ? places.input(2, type) : nil
        let output = places.output(0, type)
        let (batch, samples, parts) = (signal.shape[0], signal.shape[1], signal.shape[2])
        let (frames, bins) = (output.shape[1], output.shape[2])
        let transform = FourierTransform(length: length, isInverse: false)
        return { [length, step] in
            for frame in 0..<batch * frames {
                let (image, index) = frame.quotientAndRemainder(dividingBy: frames)
                for place in 0..<length {
                    let source = (image * samples + index * step + place) * parts
                    let factor = window?[place].asDouble ?? 1
                    transform.set(
                        place,
                        signal[source].asDouble * factor,
                        parts == 2 ? signal[source + 1].asDouble * factor : 0
                    )
                }
                transform.run()
                for bin in 0..<bins {
                    let target = (frame * bins + bin) * 2
                    output[target] = .clamping(Double(transform.numbers[2 * bin]))
                    output[target + 1] = .clamping(Double(transform.numbers[2 * bin + 1]))
                }
            }
        }
    }

    func multiplyAdds(inputs: [TensorType?], outputs: [TensorType]) -> Int {
        outputs[0].elementCount * 64
    }
}

/// A discrete Fourier transform of real numbers, by FFTW in single precision.
@safe final class RealFourierTransform {
    /// What is transformed, which stays as it is.
    let numbers: MutableFloatSlice
    /// The bins from 0 to half the length, each its real and its imaginary part.
    var spectrum: FloatSlice { result.readOnly }
    private let result: MutableFloatSlice
    private let plan: fftwf_plan

    /// Prepares transforms of `length` numbers, at least one.
    init(length: Int) {
        FourierTransform.preparePlanner()
        numbers = FloatMemory(count: length).slice
        result = FloatMemory(count: 2 * (length / 2 + 1)).slice
        let pairs = unsafe UnsafeMutableRawPointer(result.base)
            .assumingMemoryBound(to: fftwf_complex.self)
        let plan = unsafe fftwf_plan_dft_r2c_1d(
            Int32(length),
            numbers.base,
            pairs,
            FFTW_ESTIMATE | FFTW_PRESERVE_INPUT
        )
        guard let plan = unsafe plan else {
            preconditionFailure("FFTW made no plan of length \(length)")
        }
        unsafe self.plan = plan
    }

    deinit {
        unsafe fftwf_destroy_plan(plan)
    }

    /// Transforms ``numbers`` into ``spectrum``.
    func run() {
        unsafe fftwf_execute(plan)
    }
}

/// A discrete Fourier transform of one length and direction, by FFTW in single precision.
@safe final class FourierTransform {
    /// The longest transform, which bounds the room that it takes.
    static let longest = 1 << 18

    let length: Int
    /// The numbers that are transformed in place, each its real and its imaginary part.
    let numbers: MutableFloatSlice
    private let plan: fftwf_plan
    private let isInverse: Bool

    /// FFTW's planner keeps global state, which other modules use too.
    private static let makesPlannerThreadSafe: Void = fftwf_make_planner_thread_safe()

    /// Lets several threads make plans.
    static func preparePlanner() { _ = makesPlannerThreadSafe }

    /// Prepares transforms of `length` numbers, at least one.
    init(length: Int, isInverse: Bool) {
        Self.preparePlanner()
        self.length = length
        self.isInverse = isInverse
        numbers = FloatMemory(count: 2 * length).slice
        let pairs = unsafe UnsafeMutableRawPointer(numbers.base)
            .assumingMemoryBound(to: fftwf_complex.self)
        let plan = unsafe fftwf_plan_dft_1d(
            Int32(length),
            pairs,
            pairs,
            isInverse ? FFTW_BACKWARD : FFTW_FORWARD,
            FFTW_ESTIMATE
        )
        guard let plan = unsafe plan else {
            preconditionFailure("FFTW made no plan of length \(length)")
        }
        unsafe self.plan = plan
    }

    deinit {
        unsafe fftwf_destroy_plan(plan)
    }

    /// Replaces one of the numbers.
    func set(_ place: Int, _ real: Double, _ imaginary: Double) {
        numbers[2 * place] = Float(real)
        numbers[2 * place + 1] = Float(imaginary)
    }

    /// Transforms ``numbers`` in place; the inverse is divided by the length.
    func run() {
        unsafe fftwf_execute(plan)
        guard isInverse else { return }
        for index in 0..<numbers.count { numbers[index] /= Float(length) }
    }
}
