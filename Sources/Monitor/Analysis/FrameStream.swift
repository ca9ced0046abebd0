import LogMelFeatures

/// The frames of one front end on a stream, held until every model that looks at them is done.
final class FrameStream {
    /// What the frames are.
    let frontEnd: FrontEnd
    /// The frames that some reader still needs.
    private(set) var window: FeatureWindow
    private let normalizer: FrameNormalizer?
    /// How many of the frames held each reader is done with.
    private var readFrames: [Int] = []

    /// Creates an empty stream.
    ///
    /// - Parameters:
    ///   - frontEnd: What the frames are to be.
    ///   - windowFrames: The most frames of a window.
    ///   - isExtractedRaw: Whether frames come without their normalisation.
    init(_ frontEnd: FrontEnd, windowFrames: Int, isExtractedRaw: Bool) {
        self.frontEnd = frontEnd
        window = FeatureWindow(bandCount: frontEnd.bandCount, windowFrames: windowFrames)
        normalizer = isExtractedRaw ? FrameNormalizer(frontEnd) : nil
    }

    /// Adds a reader of every frame, from the present beginning on.
    ///
    /// - Returns: The reader's number.
    func addReader() -> Int {
        readFrames.append(0)
        return readFrames.count - 1
    }

    /// Appends the frames that `write` appends to an array.
    func append(_ write: (inout [Float]) -> Void) {
        let bandCount = frontEnd.bandCount
        window.append { values in
            let held = values.count / bandCount
            write(&values)
            normalizer?.normalise(&values, from: held)
        }
    }

    /// How many frames are there for a reader.
    func frameCount(for reader: Int) -> Int { window.frameCount - readFrames[reader] }

    /// How many of the frames held a reader is done with.
    func offset(of reader: Int) -> Int { readFrames[reader] }

    /// A reader is done with its `count` oldest frames.
    func advance(_ reader: Int, by count: Int) {
        readFrames[reader] += count
        let done = readFrames.min() ?? 0
        guard done > 0 else { return }
        window.drop(done)
        for index in readFrames.indices { readFrames[index] -= done }
    }

    /// Forgets everything; all readers begin anew.
    func reset() {
        window.removeAll()
        for index in readFrames.indices { readFrames[index] = 0 }
    }
}

/// One model's place in the frames of its front end.
struct FrameReader {
    private let extraction: SharedExtraction
    private let stream: FrameStream
    private let number: Int

    /// Begins to read a stream of an extraction.
    init(_ stream: FrameStream, of extraction: SharedExtraction) {
        self.stream = stream
        self.extraction = extraction
        number = stream.addReader()
    }

    /// How many frames wait to be read.
    var frameCount: Int { stream.frameCount(for: number) }

    /// The frames held, for this and other readers.
    var window: FeatureWindow { stream.window }

    /// Where in ``window`` the first frame of this reader is.
    var offset: Int { stream.offset(of: number) }

    /// Moves on: the `count` oldest frames are not read again.
    func advance(by count: Int) {
        stream.advance(number, by: count)
    }

    /// Fills up with silence until `count` frames wait.
    ///
    /// Another reader finds the same frames there: what follows the end is the same for all.
    func pad(to count: Int) {
        while frameCount < count {
            extraction.appendSilence()
        }
    }

    /// Whether two readers look at frames that are computed once for both.
    func shares(_ other: FrameReader) -> Bool { extraction === other.extraction }
}

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
    ///   - windowFrames: The frames of a window; sizes the storage.
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
    ///   - count: How many; at most what is held.
    ///   - frames: Receives shape `[count, bandCount]` at its beginning.
    func copy(from frame: Int, count: Int, into frames: inout MutableSpan<Float>) {
        let first = (frontFrame + frame) * bandCount
        let length = count * bandCount
        precondition(first + length <= values.count, "only frames that are held can be read")
        let source = values.span
        for index in 0..<length {
            frames[index] = source[first + index]
        }
    }
}
