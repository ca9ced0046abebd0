/// The most recent feature frames of a stream, contiguous, for windows that overlap.
///
/// Layout `[frames, bandCount]`, oldest first. Frames are taken off the front; the storage is
/// compacted when half of it is behind the front, so that each frame moves at most once per window
/// on average.
struct FeatureWindow {
    private let bandCount: Int
    private var values: [Float] = []
    private var frontFrame = 0

    /// Creates an empty window.
    ///
    /// - Parameters:
    ///   - bandCount: Values per frame, above 0.
    ///   - windowFrames: How many frames are looked at together; sizes the storage.
    init(bandCount: Int, windowFrames: Int) {
        precondition(bandCount > 0 && windowFrames > 0, "a window has frames and bands")
        self.bandCount = bandCount
        values.reserveCapacity(4 * bandCount * windowFrames)
    }

    /// How many frames are held.
    var frameCount: Int { values.count / bandCount - frontFrame }

    /// Appends frames.
    ///
    /// - Parameter write: Appends whole frames of shape `[frames, bandCount]` to what it is given,
    ///   and leaves what is there alone.
    mutating func append(_ write: (inout [Float]) -> Void) {
        write(&values)
        precondition(values.count.isMultiple(of: bandCount), "frames are whole")
    }

    /// Forgets the `count` oldest frames.
    mutating func drop(_ count: Int) {
        precondition(count <= frameCount, "only frames that are held can be dropped")
        frontFrame += count
        guard frontFrame * bandCount * 2 > values.count else { return }
        values.removeSubrange(0..<(frontFrame * bandCount))
        frontFrame = 0
    }

    /// Forgets everything.
    mutating func removeAll() {
        values.removeAll(keepingCapacity: true)
        frontFrame = 0
    }

    /// Whether all numbers of some of the frames held are finite.
    func isFinite(from frame: Int, frames: Int) -> Bool {
        let first = (frontFrame + frame) * bandCount
        return values[first..<first + frames * bandCount].allSatisfy(\.isFinite)
    }

    /// Copies some of the frames held.
    ///
    /// - Parameters:
    ///   - frame: The first one, counted from the oldest held.
    ///   - frames: Receives shape `[frames, bandCount]`; at most what is held.
    func copy(from frame: Int, into frames: inout MutableSpan<Float>) {
        let first = (frontFrame + frame) * bandCount
        precondition(first + frames.count <= values.count, "only frames that are held can be read")
        let source = values.span
        for index in 0..<frames.count {
            frames[index] = source[first + index]
        }
    }
}
