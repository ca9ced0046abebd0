import AudioFiles
import Detection
package import LogMelFeatures

/// How a model's spectrogram is laid out: its bands, its columns and what a byte means.
package struct SpectrogramLayout: Equatable, Sendable {
    /// The level of byte 0, in dBFS, and of everything under it.
    package static let floorDB = -120.0
    /// What a byte more is louder, in dB.
    package static let stepDB = 0.5
    /// The fewest columns a second, unless frames are longer.
    private static let columnsPerSecond = 25

    /// The bands, as plain power.
    let frontEnd: FrontEnd
    /// How many frames a column is the greatest of.
    let framesPerColumn: Int

    /// Lays out the bands that a network with a front end sees.
    package init(_ frontEnd: FrontEnd) {
        var bands = frontEnd.powerBands
        bands.hopLength = min(bands.hopLength, max(1, bands.sampleRateHz / Self.columnsPerSecond))
        self.frontEnd = bands
        framesPerColumn = max(1, bands.sampleRateHz / (bands.hopLength * Self.columnsPerSecond))
    }

    /// How many bytes a column has.
    package var bandCount: Int { frontEnd.bandCount }

    /// The middle of each band, the lowest first, in Hz.
    package var frequenciesHz: [Double] { frontEnd.bandCentresHz }

    /// How many columns a second there are.
    package var columnsPerSecond: Double {
        Double(frontEnd.sampleRateHz) / Double(samplesPerColumn)
    }

    /// How many samples at the front end's rate are from one column to the next.
    var samplesPerColumn: Int { framesPerColumn * frontEnd.hopLength }
}

/// A column of a spectrogram.
package struct SpectrogramColumn: Equatable, Sendable {
    /// Its beginning in seconds: since that of the samples, or, once it is dated, since 1970.
    package var startSeconds: Double
    /// The level of each band as a byte, which ``SpectrogramLayout`` explains.
    package var levels: [UInt8]
}

/// Computes the columns of a spectrogram on a stream of samples.
///
/// Whatever the sizes of the pieces that the samples come in, the columns are the same.
package final class SpectrogramAnalysis {
    /// What the columns are.
    package let layout: SpectrogramLayout

    private let resampler: StreamingResampler
    private let extractor: FeatureExtractor
    private let meanSquareFactor: Float
    private var resampled: [Float] = []
    private var frames: [Float] = []
    private var greatest: [Float]
    private var framesInColumn = 0
    private var columnCount = 0

    /// Plans the stages.
    ///
    /// - Parameters:
    ///   - layout: What the columns are to be.
    ///   - sourceRateHz: The rate of the samples in Hz.
    /// - Throws: When the rate can't be converted or the bands can't be computed.
    package init(_ layout: SpectrogramLayout, sourceRateHz: Int) throws {
        self.layout = layout
        resampler = try StreamingResampler(
            fromRateHz: sourceRateHz,
            toRateHz: layout.frontEnd.sampleRateHz
        )
        extractor = try FeatureExtractor(layout.frontEnd)
        meanSquareFactor = layout.frontEnd.meanSquareFactor
        greatest = [Float](repeating: 0, count: layout.bandCount)
    }

    /// Appends the columns that some more samples complete.
    ///
    /// - Parameters:
    ///   - samples: Mono, ±1, at the source's rate.
    ///   - columns: Receives the columns, their times counted from the first sample.
    package func process(_ samples: Span<Float>, appendingTo columns: inout [SpectrogramColumn]) {
        resampled.removeAll(keepingCapacity: true)
        resampler.process(samples, appendingTo: &resampled)
        extract(&columns)
    }

    /// Appends the columns that the end of the samples completes, the last one perhaps of fewer
    /// frames.
    package func finish(appendingTo columns: inout [SpectrogramColumn]) {
        resampled.removeAll(keepingCapacity: true)
        resampler.flush(appendingTo: &resampled)
        extract(&columns)
        if framesInColumn > 0 { endColumn(&columns) }
        reset()
    }

    /// Forgets the stream; the next sample is the first of another.
    package func reset() {
        resampler.reset()
        extractor.reset()
        beginColumn()
        columnCount = 0
    }

    private func extract(_ columns: inout [SpectrogramColumn]) {
        guard !resampled.isEmpty else { return }
        frames.removeAll(keepingCapacity: true)
        extractor.process(resampled.span, appendingTo: &frames)
        let bandCount = layout.bandCount
        for first in stride(from: 0, to: frames.count, by: bandCount) {
            // NaN is never the greater one: it leaves the band as it is.
            for band in 0..<bandCount where frames[first + band] > greatest[band] {
                greatest[band] = frames[first + band]
            }
            framesInColumn += 1
            if framesInColumn == layout.framesPerColumn { endColumn(&columns) }
        }
    }

    private func endColumn(_ columns: inout [SpectrogramColumn]) {
        let firstSample = columnCount * layout.samplesPerColumn
        columns.append(
            SpectrogramColumn(
                startSeconds: Double(firstSample) / Double(layout.frontEnd.sampleRateHz),
                levels: greatest.map { Self.byte(ofMeanSquare: $0 * meanSquareFactor) }
            )
        )
        columnCount += 1
        beginColumn()
    }

    private func beginColumn() {
        for band in greatest.indices { greatest[band] = 0 }
        framesInColumn = 0
    }

    /// A level as a byte; silence is 0.
    static func byte(ofMeanSquare meanSquare: Float) -> UInt8 {
        let steps =
            (Double(Decibels.level(ofMeanSquare: meanSquare)) - SpectrogramLayout.floorDB)
            / SpectrogramLayout.stepDB
        return UInt8(min(max(0, steps.rounded()), Double(UInt8.max)))
    }
}
