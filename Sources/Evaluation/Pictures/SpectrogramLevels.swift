/// The levels of a spectrogram, gathered frame by frame in constant memory.
///
/// When there are more columns than fit, pairs of them become one that keeps the higher levels,
/// so that a short sound in a recording of hours still shows.
package struct SpectrogramLevels: Sendable {
    /// The number of levels in a column, the lowest frequency first.
    package let bandCount: Int

    /// The time that one column stands for.
    package var secondsPerColumn: Double { secondsPerFrame * Double(framesPerColumn) }

    /// The number of columns so far, the last one perhaps not yet whole.
    package var columnCount: Int { columns.count / bandCount }

    /// Shape `[columnCount, bandCount]`, in whatever logarithmic unit the frames came in.
    package private(set) var columns: [Float] = []

    private let secondsPerFrame: Double
    private let maximumColumns: Int
    private var framesPerColumn = 1
    private var framesInLastColumn = 0

    /// Prepares to gather.
    ///
    /// - Parameters:
    ///   - bandCount: The number of levels in a frame, above 0.
    ///   - secondsPerFrame: The hop between frames, above 0.
    ///   - maximumColumns: The most columns of the picture, even and above 1.
    package init(bandCount: Int, secondsPerFrame: Double, maximumColumns: Int = 4_000) {
        precondition(bandCount > 0 && secondsPerFrame > 0, "A frame has bands and a length")
        precondition(maximumColumns > 1 && maximumColumns % 2 == 0, "Columns join in pairs")
        self.bandCount = bandCount
        self.secondsPerFrame = secondsPerFrame
        self.maximumColumns = maximumColumns
    }

    /// Takes frames in.
    ///
    /// - Parameter frames: Shape `[frames, bandCount]`, logarithmic: log-mel features as they are.
    package mutating func append(_ frames: Span<Float>) {
        precondition(frames.count % bandCount == 0, "Append whole frames")
        var position = 0
        while position < frames.count {
            append(frame: frames.extracting(position..<position + bandCount))
            position += bandCount
        }
    }

    private mutating func append(frame: Span<Float>) {
        if framesInLastColumn == framesPerColumn || columns.isEmpty {
            if columnCount == maximumColumns {
                joinPairs()
            }
            framesInLastColumn = 0
            for band in frame.indices {
                columns.append(frame[band])
            }
        } else {
            let start = columns.count - bandCount
            for band in frame.indices {
                columns[start + band] = max(columns[start + band], frame[band])
            }
        }
        framesInLastColumn += 1
    }

    /// Makes one column of every two.
    private mutating func joinPairs() {
        for column in 0..<columnCount / 2 {
            for band in 0..<bandCount {
                columns[column * bandCount + band] = max(
                    columns[2 * column * bandCount + band],
                    columns[(2 * column + 1) * bandCount + band]
                )
            }
        }
        columns.removeLast(columns.count / 2)
        framesPerColumn *= 2
    }
}
