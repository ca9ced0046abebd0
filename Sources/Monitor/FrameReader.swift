import LogMelFeatures

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

    /// How many frames wait to be looked at.
    var frameCount: Int { stream.frameCount(for: number) }

    /// The frames held, for this and other readers.
    var window: FeatureWindow { stream.window }

    /// Where in ``window`` the first frame of this reader is.
    var offset: Int { stream.offset(of: number) }

    /// Moves on: the `count` oldest frames are not looked at again.
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
