import Foundation
package import LogMelFeatures
import ModelLibrary
import NeuralNetwork
import Platform
package import SoundDatasets

/// Features of clips on disk, found by the front end and the recording's content.
///
/// Each is an `.npy` of [frames, bands + 1], the last column being the window's level. One that is
/// missing or damaged is computed anew.
package struct FeatureCache: Sendable {
    private let folder: String?
    private let maker: FeatureMaker
    private let frontEndKey: String

    /// Opens a cache.
    ///
    /// - Parameters:
    ///   - folder: Where features are stored; nil to compute them each time.
    ///   - frontEnd: The front end; its compression and normalisation make no difference.
    ///   - windowFrames: The frames of a window, which levels are computed over.
    /// - Throws: ``TrainingError`` when the front end can't be trained on, or Platform's
    ///   `FileWriteError` when the folder can't be made.
    package init(
        folder: String?,
        frontEnd: FrontEnd,
        windowFrames: Int
    ) throws {
        maker = try FeatureMaker(frontEnd, windowFrames: windowFrames)
        self.folder = folder
        frontEndKey = "\(Fingerprint.text(of: maker.linear)) \(windowFrames) \(Fingerprint.version)"
        if let folder { try OutputFile.createFolder(folder) }
    }

    /// The features of a clip.
    ///
    /// - Throws: Why its recording cannot be read.
    package func features(of clip: LabelledClip) throws -> ClipFeatures {
        try features(of: clip, variant: "") { try maker.features(of: clip) }
    }

    /// The features of a changed variant of a clip.
    ///
    /// - Parameters:
    ///   - clip: The clip.
    ///   - key: Which of the variants it is.
    ///   - change: Changes the clip's samples, if the variant is not cached yet.
    /// - Returns: The variant's features.
    /// - Throws: Why a recording cannot be read.
    func features(
        of clip: LabelledClip,
        variant key: String,
        change: (inout [Float]) throws -> Void
    ) throws -> ClipFeatures {
        try features(of: clip, variant: key) {
            var samples = try FeatureMaker.samples(of: clip, rateHz: maker.linear.sampleRateHz)
            try change(&samples)
            return try maker.features(of: samples)
        }
    }

    private func features(
        of clip: LabelledClip,
        variant: String,
        compute: () throws -> ClipFeatures
    ) throws -> ClipFeatures {
        let content =
            clip.synthetic.map { Array("\($0.kind.rawValue) \($0.number)".utf8) }
            ?? (try? FileContents.read(clip.path))
        guard let folder, let content else { return try compute() }
        let place = "\(clip.startSeconds) \(clip.endSeconds ?? -1) \(frontEndKey)\(variant)"
        let key = SHA256Digest(
            of: Array("\(SHA256Digest(of: content)) \(place)".utf8)
        )
        let path = "\(folder)/\(key).npy"
        if let cached = read(path) { return cached }
        let features = try compute()
        // A cache that can't be written costs time the next time, but no clip.
        try? array(of: features).write(path: path)
        return features
    }

    private func read(_ path: String) -> ClipFeatures? {
        let width = maker.linear.bandCount + 1
        guard FileManager.default.fileExists(atPath: path),
            let array = try? NPYArray(path: path), array.shape.count == 2,
            array.shape[1] == width, let values = array.floats, !values.isEmpty
        else { return nil }
        var power: [Float] = []
        var levels: [Float] = []
        power.reserveCapacity(values.count)
        for start in stride(from: 0, to: values.count, by: width) {
            power.append(contentsOf: values[start..<start + width - 1])
            let level = values[start + width - 1]
            if level.isFinite { levels.append(level) }
        }
        guard !levels.isEmpty else { return nil }
        return ClipFeatures(power: power, bandCount: width - 1, levels: levels)
    }

    private func array(of features: ClipFeatures) -> NPYArray {
        let bands = features.bandCount
        var values: [Float] = []
        for frame in 0..<features.frameCount {
            values.append(contentsOf: features.power[frame * bands..<(frame + 1) * bands])
            values.append(frame < features.levels.count ? features.levels[frame] : .nan)
        }
        return NPYArray(shape: [features.frameCount, bands + 1], floats: values)
    }
}
