/// Cuts a stream of samples into frames, whatever the sizes of the chunks it comes in.
///
/// Samples of a frame that is not yet complete wait in `pending`; frames that lie wholly inside a
/// chunk are read from the chunk itself. Padding at the ends is what the whole recording would
/// have: mirrored padding waits for the samples it mirrors.
final class SampleFramer {
    private let frontEnd: FrontEnd
    private let frameLength: Int
    private let hopLength: Int

    /// Samples from the next frame's first on; never a whole frame between calls.
    private let pending: AlignedFloats
    private var pendingCount = 0
    /// Samples to come that lie between two frames, or before the first.
    private var skippedCount = 0
    /// The last samples, for the padding of the end, and the first, for the padding of the start.
    private let recent: AlignedFloats
    private var recentCount = 0
    private let samplesBeforeStart: Int
    private var hasStarted = false

    private(set) var sampleCount = 0
    private var emittedCount = 0

    init(_ frontEnd: FrontEnd) {
        self.frontEnd = frontEnd
        frameLength = frontEnd.frameLength
        hopLength = frontEnd.hopLength
        let padding = max(frontEnd.leadingPadding, 0)
        samplesBeforeStart = padding == 0 ? 0 : frontEnd.padding.samplesNeeded(forPadding: padding)
        pending = AlignedFloats(count: 2 * frameLength)
        recent = AlignedFloats(count: frameLength + 1)
    }

    /// Returns to the beginning of a stream.
    func reset() {
        pendingCount = 0
        skippedCount = 0
        recentCount = 0
        hasStarted = false
        sampleCount = 0
        emittedCount = 0
    }

    /// Frames that become complete when `count` more samples arrive.
    func frameCount(adding count: Int) -> Int {
        let received = sampleCount + count
        guard received >= samplesBeforeStart else { return 0 }
        let reached = received + frontEnd.leadingPadding - frameLength
        return reached < 0 ? 0 : max(0, reached / hopLength + 1 - emittedCount)
    }

    /// Frames that only the end of the recording completes.
    func frameCountAtEnd() -> Int {
        frontEnd.frameCount(forSamples: sampleCount) - emittedCount
    }

    /// Takes samples and hands out each frame that they complete, `frameLength` samples each.
    func advance(
        _ samples: UnsafeBufferPointer<Float>,
        _ body: (UnsafePointer<Float>) -> Void
    ) {
        guard let chunk = samples.baseAddress else { return }
        var taken = 0
        if !hasStarted {
            taken = min(samples.count, samplesBeforeStart - sampleCount)
            unsafe storeRecent(chunk, count: taken)
            sampleCount += taken
            guard sampleCount == samplesBeforeStart else { return }
            unsafe start(body)
        }
        unsafe storeRecent(chunk + taken, count: samples.count - taken)
        sampleCount += samples.count - taken
        unsafe consume(chunk + taken, count: samples.count - taken, body)
    }

    /// Pads the end and hands out the last frames.
    func finish(_ body: (UnsafePointer<Float>) -> Void) {
        let frameCount = frontEnd.frameCount(forSamples: sampleCount)
        guard frameCount > emittedCount else { return }
        if !hasStarted { unsafe start(body) }
        let end = frontEnd.firstSample(ofFrame: frameCount - 1) + frameLength
        let padded = AlignedFloats(count: max(1, end - sampleCount))
        for offset in 0..<max(0, end - sampleCount) {
            unsafe padded.pointer[offset] = recentSample(at: recentCount + offset)
        }
        unsafe consume(padded.pointer, count: max(0, end - sampleCount), body)
    }
}

extension SampleFramer {
    /// Writes the padding before the recording, then the samples held back in `recent`.
    private func start(_ body: (UnsafePointer<Float>) -> Void) {
        hasStarted = true
        let padding = frontEnd.leadingPadding
        skippedCount = max(0, -padding)
        pendingCount = max(0, padding)
        for position in 0..<pendingCount {
            unsafe pending.pointer[position] = recentSample(at: position - pendingCount)
        }
        unsafe consume(recent.pointer, count: recentCount, body)
    }

    /// A sample of what `recent` holds, or the padding around it.
    private func recentSample(at position: Int) -> Float {
        frontEnd.padding.index(at: position, count: recentCount)
            .map { unsafe recent.pointer[$0] } ?? 0
    }

    /// Keeps the last samples, as many as the padding can need.
    private func storeRecent(_ chunk: UnsafePointer<Float>, count: Int) {
        guard frontEnd.padding != .zeros, frontEnd.framing != .inside else { return }
        let kept = min(recentCount, max(0, recent.count - count))
        unsafe recent.pointer.update(from: recent.pointer + (recentCount - kept), count: kept)
        let added = min(count, recent.count)
        unsafe (recent.pointer + kept).update(from: chunk + (count - added), count: added)
        recentCount = kept + added
    }

    private func consume(
        _ chunk: UnsafePointer<Float>,
        count: Int,
        _ body: (UnsafePointer<Float>) -> Void
    ) {
        var position = min(skippedCount, count)
        skippedCount -= position
        if pendingCount > 0 {
            position = unsafe finishPending(chunk, count: count, body)
        }
        while position + frameLength <= count {
            unsafe body(chunk + position)
            emittedCount += 1
            position += hopLength
        }
        if position > count {
            skippedCount += position - count
        } else if pendingCount == 0 {
            unsafe pending.pointer.update(from: chunk + position, count: count - position)
            pendingCount = count - position
        }
    }

    /// Completes the frames that begin in `pending`.
    /// - Returns: Where in the chunk the next frame begins; `count` if it is still pending.
    private func finishPending(
        _ chunk: UnsafePointer<Float>,
        count: Int,
        _ body: (UnsafePointer<Float>) -> Void
    ) -> Int {
        let before = pendingCount
        let taken = min(count, frameLength - 1)
        unsafe (pending.pointer + before).update(from: chunk, count: taken)
        var position = 0
        while position < before, position + frameLength <= before + taken {
            unsafe body(pending.pointer + position)
            emittedCount += 1
            position += hopLength
        }
        if position >= before {
            pendingCount = 0
            return position - before
        }
        // A frame that begins in the old samples lacks some: the whole chunk was taken.
        pendingCount = before + taken - position
        unsafe pending.pointer.update(from: pending.pointer + position, count: pendingCount)
        return count
    }
}
