package import SoundDatasets

/// A spectrogram with its events marked, as a picture.
///
/// Above the spectrogram every event has a bar with its name; below is the time. The darkest
/// colour is the level that a twentieth of the picture lies under, the brightest the one that one
/// in five hundred exceeds.
package struct SpectrogramPicture {
    private let levels: SpectrogramLevels
    private let lanes: [[Placed]]
    private let frequencyTicks: [Tick]
    private let columnWidth: Int
    private let bandHeight: Int

    /// A name beside a band, such as `1000` beside the one that holds 1000 Hz.
    package typealias Tick = (band: Int, text: String)

    /// A mark with its place and its colour.
    private struct Placed {
        var mark: SpectrogramMark
        var color: PixelColor
        var bar: Range<Int>
    }

    private static let laneHeight = 12
    private static let margin = 6
    private static let axisHeight = 18

    /// Lays the picture out.
    ///
    /// - Parameters:
    ///   - levels: What was gathered, at least one column.
    ///   - marks: The events, in any order.
    ///   - frequencyTicks: Names for some of the bands.
    package init(
        levels: SpectrogramLevels,
        marks: [SpectrogramMark],
        frequencyTicks: [Tick] = []
    ) {
        precondition(levels.columnCount > 0, "A spectrogram has at least one column")
        self.levels = levels
        self.frequencyTicks = frequencyTicks
        columnWidth = max(1, 800 / levels.columnCount)
        bandHeight = max(1, 256 / levels.bandCount)
        lanes = Self.placed(
            marks,
            pixelsPerSecond: Double(columnWidth) / levels.secondsPerColumn,
            width: columnWidth * levels.columnCount
        )
    }

    /// The bytes of the picture as a PNG file.
    ///
    /// - Throws: That libpng refuses it.
    package func png() throws(PictureError) -> [UInt8] {
        try PNGFile.bytes(of: draw())
    }

    /// Draws everything.
    func draw() -> PixelCanvas {
        let left = leftMargin
        let top = lanes.count * Self.laneHeight + Self.margin
        let width = columnWidth * levels.columnCount
        let height = bandHeight * levels.bandCount
        var canvas = PixelCanvas(
            width: left + width + Self.margin,
            height: top + height + Self.axisHeight,
            filledWith: .paper
        )
        drawLevels(on: &canvas, left: left, top: top)
        for (lane, marks) in lanes.enumerated() {
            for mark in marks {
                draw(mark, lane: lane, on: &canvas, left: left, spectrogram: top..<top + height)
            }
        }
        drawTimes(on: &canvas, left: left, top: top + height, width: width)
        for tick in frequencyTicks {
            let y = top + height - bandHeight * tick.band - bandHeight / 2
            let x = left - 4 - PixelCanvas.width(of: tick.text)
            canvas.write(tick.text, x: x, y: y - PixelFont.height / 2, .ink)
            canvas.fill(x: left - 3..<left, y: y..<y + 1, .ink)
        }
        return canvas
    }

    private var leftMargin: Int {
        let widest = frequencyTicks.map { PixelCanvas.width(of: $0.text) }.max()
        return Self.margin + (widest.map { $0 + 4 } ?? 0)
    }

    private func drawLevels(on canvas: inout PixelCanvas, left: Int, top: Int) {
        let sorted = levels.columns.sorted()
        let floor = sorted[sorted.count / 20]
        let ceiling = max(sorted[sorted.count - 1 - sorted.count / 500], floor + 1e-6)
        for column in 0..<levels.columnCount {
            let x = left + column * columnWidth
            for band in 0..<levels.bandCount {
                let level = levels.columns[column * levels.bandCount + band]
                let y = top + (levels.bandCount - 1 - band) * bandHeight
                canvas.fill(
                    x: x..<x + columnWidth,
                    y: y..<y + bandHeight,
                    .level((level - floor) / (ceiling - floor))
                )
            }
        }
    }

    /// Draws a bar with its name, and its edges down through the spectrogram.
    private func draw(
        _ placed: Placed,
        lane: Int,
        on canvas: inout PixelCanvas,
        left: Int,
        spectrogram: Range<Int>
    ) {
        let y = Self.margin / 2 + lane * Self.laneHeight
        let bar = left + placed.bar.lowerBound..<left + placed.bar.upperBound
        canvas.write(placed.mark.label, x: bar.lowerBound + 2, y: y, placed.color)
        canvas.fill(x: bar, y: y + 8..<y + 10, placed.color)
        for edge in [bar.lowerBound, bar.upperBound - 1] {
            for row in y + 8..<spectrogram.upperBound
            where row < spectrogram.lowerBound || row % 4 < 2 {
                canvas.set(x: edge, y: row, placed.color)
            }
        }
    }

    /// Draws the time below the spectrogram, with as many numbers as have room.
    private func drawTimes(on canvas: inout PixelCanvas, left: Int, top: Int, width: Int) {
        let pixelsPerSecond = Double(columnWidth) / levels.secondsPerColumn
        let step = TimeMarks.step(atLeast: 60 / pixelsPerSecond)
        var count = 0
        while Double(count) * step * pixelsPerSecond <= Double(width) {
            let x = left + Int(Double(count) * step * pixelsPerSecond)
            let text = Self.time(Double(count) * step, step: step)
            canvas.fill(x: x..<x + 1, y: top..<top + 4, .ink)
            let first = min(x + 2, left + width - PixelCanvas.width(of: text))
            canvas.write(text, x: first, y: top + 6, .ink)
            count += 1
        }
    }

    /// A time of the axis: seconds with a tenth, or as other reports show it.
    private static func time(_ seconds: Double, step: Double) -> String {
        step < 1 ? shown(seconds, 1) : TimeMarks.text(seconds)
    }

    /// Gives every mark the highest lane where its bar and its name have room.
    private static func placed(
        _ marks: [SpectrogramMark],
        pixelsPerSecond: Double,
        width: Int
    ) -> [[Placed]] {
        var lanes: [[Placed]] = []
        var ends: [Int] = []
        var labels: [String] = []
        let inside = marks.filter {
            $0.endSeconds > 0 && $0.startSeconds * pixelsPerSecond < Double(width)
        }
        for mark in inside.sorted(by: { $0.startSeconds < $1.startSeconds }) {
            let start = min(max(0, Int(mark.startSeconds * pixelsPerSecond)), width - 2)
            let end = Int(min(Double(width), (mark.endSeconds * pixelsPerSecond).rounded(.up)))
            let bar = start..<max(end, start + 2)
            if !labels.contains(mark.label) {
                labels.append(mark.label)
            }
            let number = labels.firstIndex(of: mark.label) ?? 0
            let color = PixelColor.marks[number % PixelColor.marks.count]
            let lane = ends.firstIndex { $0 <= start } ?? ends.count
            if lane == ends.count {
                ends.append(0)
                lanes.append([])
            }
            ends[lane] = max(bar.upperBound, start + 4 + PixelCanvas.width(of: mark.label))
            lanes[lane].append(Placed(mark: mark, color: color, bar: bar))
        }
        return lanes
    }
}

/// A stretch of time that a spectrogram names.
package struct SpectrogramMark: Equatable, Sendable {
    /// The beginning in seconds from the left edge.
    package var startSeconds: Double
    /// The end in seconds from the left edge.
    package var endSeconds: Double
    /// What was heard; marks of one label have one colour.
    package var label: String
}

extension SpectrogramMark {
    /// The mark of an event; one that still goes on ends at the picture's right edge.
    package init(_ row: EventRow) {
        self.init(
            startSeconds: row.startSeconds,
            endSeconds: row.endSeconds ?? .infinity,
            label: row.label
        )
    }
}

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
