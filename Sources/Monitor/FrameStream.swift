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
    ///   - windowFrames: The most frames that are looked at together.
    ///   - isExtractedRaw: Whether frames come without their normalisation.
    init(_ frontEnd: FrontEnd, windowFrames: Int, isExtractedRaw: Bool) {
        self.frontEnd = frontEnd
        window = FeatureWindow(bandCount: frontEnd.bandCount, windowFrames: windowFrames)
        normalizer = isExtractedRaw ? FrameNormalizer(frontEnd) : nil
    }

    /// Adds someone who reads every frame, from the present beginning on.
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
