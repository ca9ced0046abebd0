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
            return unsafe frames { _ in preconditionFailure("more frames than were counted") }
        }
        let bandCount = frontEnd.bandCount
        features.append(addingCapacity: newFrames * bandCount) { output in
            unsafe output.withUnsafeMutableBufferPointer { buffer, initializedCount in
                unsafe frames { frame in
                    precondition(
                        initializedCount + bandCount <= buffer.count,
                        "more frames than were counted"
                    )
                    guard let base = buffer.baseAddress else { return }
                    unsafe analysis.analyse(frame, into: base + initializedCount)
                    initializedCount += bandCount
                }
                precondition(initializedCount == buffer.count, "fewer frames than were counted")
            }
        }
    }
}
