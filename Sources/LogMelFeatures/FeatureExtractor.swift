/// Computes a front end's features on a stream of samples.
///
/// Every frame is computed from its own samples alone (PCEN: and from the frames before it), in
/// the same order of operations, so that any division of a recording into chunks gives the same
/// bits. An instance belongs to one stream and one thread; making one plans the transform, using
/// it allocates nothing but room in the caller's array.
///
/// Decibels limited or referred to a patch's maximum, and normalisation per patch, are left to
/// `PatchNormalizer`: see `FrontEnd.needsWholePatch`.
package final class FeatureExtractor {
    package let frontEnd: FrontEnd
    private let framer: SampleFramer
    private let analysis: FrameAnalysis

    /// Checks the front end and prepares its stages.
    /// - Throws: What is wrong with the front end.
    package init(
        _ frontEnd: FrontEnd,
        policy: PlanningPolicy = .estimate
    ) throws(FrontEndError) {
        try frontEnd.validate()
        self.frontEnd = frontEnd
        framer = SampleFramer(frontEnd)
        analysis = FrameAnalysis(frontEnd, policy: policy)
    }

    /// Samples taken since the beginning of the stream.
    package var sampleCount: Int { framer.sampleCount }

    /// Takes samples and appends the frames that they complete.
    /// - Parameters:
    ///   - samples: Mono, ±1, at the front end's rate; any number of them.
    ///   - features: Grows by `[new frames, bandCount]`.
    /// - Returns: The number of new frames.
    @discardableResult
    package func process(_ samples: Span<Float>, appendingTo features: inout [Float]) -> Int {
        let newFrames = framer.frameCount(adding: samples.count)
        unsafe append(newFrames, to: &features) { write in
            unsafe samples.withUnsafeBufferPointer { unsafe framer.advance($0, write) }
        }
        return newFrames
    }

    /// Ends the stream: appends the frames that reach over its end, then is ready for another.
    ///
    /// Front ends whose frames lie inside the recording have none of these.
    /// - Returns: The number of new frames.
    @discardableResult
    package func finish(appendingTo features: inout [Float]) -> Int {
        let newFrames = framer.frameCountAtEnd()
        unsafe append(newFrames, to: &features) { write in unsafe framer.finish(write) }
        reset()
        return newFrames
    }

    /// Forgets the stream.
    package func reset() {
        framer.reset()
        analysis.reset()
    }

    /// Grows the array by some frames and fills them with what `frames` hands out.
    private func append(
        _ newFrames: Int,
        to features: inout [Float],
        from frames: ((UnsafePointer<Float>) -> Void) -> Void
    ) {
        guard newFrames > 0 else {
            // Growing by nothing would write into the empty array that all threads share.
            return unsafe frames { _ in
                preconditionFailure("more frames than frameCount(for:) gave")
            }
        }
        let bandCount = frontEnd.bandCount
        features.append(addingCapacity: newFrames * bandCount) { output in
            unsafe output.withUnsafeMutableBufferPointer { buffer, initializedCount in
                unsafe frames { frame in
                    precondition(
                        initializedCount + bandCount <= buffer.count,
                        "more frames than frameCount(for:) gave"
                    )
                    guard let base = buffer.baseAddress else { return }
                    unsafe analysis.analyse(frame, into: base + initializedCount)
                    initializedCount += bandCount
                }
                precondition(
                    initializedCount == buffer.count,
                    "fewer frames than frameCount(for:) gave"
                )
            }
        }
    }
}

/// From the samples of one frame to its features: the stages in their order.
final class FrameAnalysis {
    private let frontEnd: FrontEnd
    private let bandCount: Int
    private let conditioner: FrameConditioner?
    private let transform: ShortTimeFourierTransform?
    private let filterbank: MelFilterbank?
    private let power: AlignedFloats
    private let scale: FrameScale

    init(_ frontEnd: FrontEnd, policy: PlanningPolicy) {
        self.frontEnd = frontEnd
        bandCount = frontEnd.bandCount
        let isSpectral = frontEnd.representation != .waveform
        conditioner = isSpectral ? FrameConditioner(frontEnd) : nil
        transform =
            isSpectral
            ? ShortTimeFourierTransform(
                window: Self.window(of: frontEnd),
                fftLength: frontEnd.fftLength,
                policy: policy
            )
            : nil
        filterbank = frontEnd.representation == .melBands ? MelFilterbank(frontEnd) : nil
        power = AlignedFloats(count: filterbank?.readableBinCount ?? frontEnd.binCount)
        scale = FrameScale(frontEnd)
    }

    /// The window with the sample scale in it; all before the spectrum is linear.
    private static func window(of frontEnd: FrontEnd) -> [Float] {
        frontEnd.window.values(length: frontEnd.windowLength)
            .map { Float($0 * Double(frontEnd.sampleScale)) }
    }

    func reset() {
        scale.reset()
    }

    /// Computes one frame.
    /// - Parameters:
    ///   - frame: `frameLength` samples.
    ///   - bands: Receives `bandCount` values.
    func analyse(_ frame: UnsafePointer<Float>, into bands: UnsafeMutablePointer<Float>) {
        if let transform {
            unsafe analyseSpectrum(of: windowed(frame), transform, into: bands)
        } else {
            for index in 0..<bandCount {
                unsafe bands[index] = frame[index] * frontEnd.sampleScale
            }
        }
        unsafe scale.apply(to: bands)
    }

    /// The part of a frame that lies under the window.
    private func windowed(_ frame: UnsafePointer<Float>) -> UnsafePointer<Float> {
        switch frontEnd.windowPlacement {
        case .start: unsafe frame
        case .centre: unsafe frame + (frontEnd.fftLength - frontEnd.windowLength) / 2
        }
    }

    private func analyseSpectrum(
        of frame: UnsafePointer<Float>,
        _ transform: ShortTimeFourierTransform,
        into bands: UnsafeMutablePointer<Float>
    ) {
        let samples = unsafe conditioner?.condition(frame) ?? frame
        unsafe transform.powerSpectrum(of: samples, into: power)
        if frontEnd.spectrum == .magnitude {
            unsafe takeSquareRoots(power.pointer, count: transform.binCount)
        }
        if let filterbank {
            unsafe filterbank.project(power, into: bands)
        } else {
            unsafe bands.update(from: power.pointer, count: bandCount)
        }
    }
}

/// Takes a frame's mean away and pre-emphasises it, before the window.
final class FrameConditioner {
    private let removesMean: Bool
    private let preEmphasis: Float
    private let conditioned: AlignedFloats
    private let frameLength: Int

    /// Nil for a front end whose frames go to the window as they are.
    init?(_ frontEnd: FrontEnd) {
        guard frontEnd.removesFrameMean || frontEnd.preEmphasis > 0 else { return nil }
        removesMean = frontEnd.removesFrameMean
        preEmphasis = frontEnd.preEmphasis
        frameLength = frontEnd.windowLength
        conditioned = AlignedFloats(count: frontEnd.windowLength)
    }

    /// Conditions one frame.
    /// - Parameter frame: `windowLength` samples; left as they are.
    /// - Returns: The conditioned samples, valid until the next call.
    func condition(_ frame: UnsafePointer<Float>) -> UnsafePointer<Float> {
        let mean = removesMean ? unsafe Self.mean(of: frame, count: frameLength) : 0
        let result = unsafe conditioned.pointer
        var previous = unsafe frame[0] - mean
        for index in 0..<frameLength {
            let sample = unsafe frame[index] - mean
            unsafe result[index] = sample - preEmphasis * previous
            previous = sample
        }
        return unsafe UnsafePointer(result)
    }

    private static func mean(of frame: UnsafePointer<Float>, count: Int) -> Float {
        var sum = 0.0
        for index in 0..<count { sum += Double(unsafe frame[index]) }
        return Float(sum / Double(count))
    }
}
