import AudioFiles
import Foundation
@preconcurrency import Glibc
package import ModelLibrary
import Platform
import SoundDatasets

/// Embeddings of sounds that are not the one to be learnt: a file `other-sounds.bin` of a model.
///
/// Its first line is JSON; then follow the rows, each a scale (32-bit float, little endian) and a
/// byte with sign for each number, which times the scale is the number.
package struct OtherSounds: Equatable, Sendable {
    /// What the file says of itself.
    package struct Header: Codable, Equatable, Sendable {
        /// The digest of the network that the embeddings are of.
        package var modelDigest: String
        /// Numbers of a row, and rows.
        package var length: Int
        package var count: Int
        /// Which recordings they are of, with their licences.
        package var from: String
    }

    /// The name of the file in a model's folder.
    package static let fileName = "other-sounds.bin"

    /// Which recordings they are of.
    package var from: String
    /// A row for each window.
    package var rows: EmbeddingRows

    /// Joins the two.
    package init(from: String, rows: EmbeddingRows) {
        self.from = from
        self.rows = rows
    }

    /// The bytes of the file.
    package func serialized(for model: SoundModel) throws -> [UInt8] {
        let header = Header(
            modelDigest: model.digest.description,
            length: rows.length,
            count: rows.count,
            from: from
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var bytes = [UInt8](try encoder.encode(header)) + [UInt8(ascii: "\n")]
        for place in 0..<rows.count {
            let row = rows[place]
            let greatest = row.reduce(Float(0)) { max($0, abs($1)) }
            let scale = greatest > 0 ? greatest / 127 : 1
            withUnsafeBytes(of: scale.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
            bytes += row.map { UInt8(bitPattern: Int8(($0 / scale).rounded())) }
        }
        return bytes
    }

    /// Reads the file of a model.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - path: Another file than that of its folder.
    /// - Returns: The sounds; nil if the model has none.
    /// - Throws: That the file is not one, or is of another network.
    package static func read(for model: SoundModel, at path: String? = nil) throws -> OtherSounds? {
        let file = path ?? "\(model.folder)/\(fileName)"
        guard path != nil || FileManager.default.fileExists(atPath: file) else { return nil }
        let bytes: [UInt8]
        do {
            bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        } catch {
            throw ModelFolderError.unreadable(path: file, reason: FileFailure.reason(error))
        }
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
            let header = try? JSONDecoder().decode(Header.self, from: Data(bytes[..<end])),
            (1...1 << 14).contains(header.length), (0...1 << 20).contains(header.count),
            bytes.count - end - 1 == header.count * (header.length + 4)
        else {
            throw ModelFolderError.mismatch(
                path: file,
                reason: "it is not a file of 'earwitness learn others'"
            )
        }
        guard header.modelDigest == model.digest.description,
            header.length == model.embedding?.length
        else {
            throw ModelFolderError.mismatch(
                path: file,
                reason: "its embeddings are of another network; make it anew with "
                    + "'earwitness learn others'"
            )
        }
        var rows = EmbeddingRows(length: header.length)
        for place in 0..<header.count {
            let start = end + 1 + place * (header.length + 4)
            let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * $1) }
            let scale = Float(bitPattern: bits)
            rows.append(
                bytes[(start + 4)..<(start + 4 + header.length)].map {
                    Float(Int8(bitPattern: $0)) * scale
                }
            )
        }
        return OtherSounds(from: header.from, rows: rows)
    }
}

extension WindowEmbedder {
    /// Sounds that are always at hand: the demo recording, and noises and tones that are computed.
    ///
    /// - Returns: Their windows, and the demo's samples at ``sampleRateHz``.
    package func builtInSounds() throws -> (rows: EmbeddingRows, demo: [Float]) {
        let reader = try DemoRecording.open()
        var samples: [Float] = []
        while try reader.readMono(into: &samples, upTo: 1 << 15) > 0 {}
        let demo = try ExampleClip.resampled(samples, reader.sampleRateHz, sampleRateHz)
        var rows = embeddings(of: demo, everySeconds: 0.48)
        var random = SeededGenerator(seed: 18)
        let count = 3 * windowSamples
        for smoothing: Float in [0, 0.7, 0.95, 0.995] {
            let noise = Noise.make(count, smoothing: smoothing, &random)
            for level: Float in [1e-3, 0.02, 0.3] {
                rows.append(embeddings(of: noise.map { $0 * level }, everySeconds: 0.48))
            }
        }
        for hertz: Float in [50, 100, 440, 1_000, 3_100] {
            let step = 2 * Float.pi * hertz / Float(sampleRateHz)
            let tone = (0..<count).map { 0.1 * sin(step * Float($0)) + 1e-4 * random.normal() }
            rows.append(embeddings(of: tone, everySeconds: 0.48))
        }
        return (rows, demo)
    }
}

extension WindowEmbedder {
    private static let longestSeconds = 60

    /// The windows of a recording that hold most sound.
    ///
    /// - Parameters:
    ///   - path: The recording; what comes after a minute is not looked at.
    ///   - most: How many windows at most.
    /// - Returns: A row for each window.
    /// - Throws: Why it can't be read.
    package func loudestWindows(of path: String, most: Int) throws -> EmbeddingRows {
        let reader = try RecordingReader(path: path)
        var read: [Float] = []
        let wanted = Self.longestSeconds * reader.sampleRateHz
        while read.count < wanted, try reader.readMono(into: &read, upTo: 1 << 15) > 0 {}
        var samples = try ExampleClip.resampled(read, reader.sampleRateHz, sampleRateHz)
        if samples.count < windowSamples {
            // A short sound stands in the middle of its window.
            let missing = windowSamples - samples.count
            samples =
                [Float](repeating: 0, count: missing / 2) + samples
                + [Float](repeating: 0, count: missing - missing / 2)
        }
        let last = (samples.count - windowSamples) / frameSamples
        let step = max(1, windowSamples / 2 / frameSamples)
        let places = stride(from: 0, through: last, by: step).map { frame in
            let start = frame * frameSamples
            let power = samples[start..<start + windowSamples].reduce(Float(0)) { $0 + $1 * $1 }
            return (frame: frame, power: power)
        }
        let loudest = places.sorted { $0.power > $1.power }.prefix(most).map(\.frame)
        return embeddings(of: samples, at: loudest.sorted())
    }
}
