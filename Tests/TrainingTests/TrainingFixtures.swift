import AudioFiles
import Foundation
import LogMelFeatures
import SoundDatasets
import TestSupport

@testable import Training

/// Clips of band powers that a small network can tell apart, without recordings.
enum SyntheticClips {
    /// Three classes: sound in the low, middle or high bands; `count` clips of each.
    static func make(
        count: Int,
        bandCount: Int = 64,
        frames: Int = 120,
        windowFrames: Int = 96
    ) -> LoadedClips {
        var dataset = SoundDataset(classNames: ["low", "middle", "high"], clips: [])
        var features: [ClipFeatures] = []
        var generator = SeededGenerator(seed: 4)
        for index in 0..<3 * count {
            let soundClass = index % 3
            let centre = Float(bandCount) * (Float(soundClass) + 0.5) / 3
            var power: [Float] = []
            for _ in 0..<frames {
                for band in 0..<bandCount {
                    let distance = (Float(band) - centre) / 6
                    power.append(
                        generator.exponential() * (exp(-distance * distance) + 0.001)
                    )
                }
            }
            features.append(
                ClipFeatures(
                    power: power,
                    bandCount: bandCount,
                    levels: [Float](repeating: -20, count: max(frames - windowFrames + 1, 1))
                )
            )
            dataset.clips.append(
                LabelledClip(
                    path: "clip\(index)",
                    classes: [soundClass],
                    fold: index / 3 % 2 + 1,
                    group: "\(index)"
                )
            )
        }
        return LoadedClips(dataset: dataset, features: features, problems: [])
    }

    /// Clips for a design, a quarter longer than its window.
    static func make(count: Int, for design: NetworkDesign) -> LoadedClips {
        make(
            count: count,
            bandCount: design.frontEnd.bandCount,
            frames: design.windowFrames + design.hopFrames,
            windowFrames: design.windowFrames
        )
    }

    /// Few steps of few patches.
    static var settings: TrainingSettings {
        var settings = TrainingSettings()
        settings.steps = 12
        settings.batchSize = 8
        settings.threads = 2
        return settings
    }
}

extension TrainingJob {
    /// A job of these settings that leaves nothing out.
    init(clips: LoadedClips, settings: TrainingSettings) {
        var recipe = TrainingRecipe()
        recipe.settings = settings
        self.init(clips: clips, recipe: recipe)
    }
}

extension TemporaryFolder {
    /// Writes a tone as 16-bit WAV.
    func writeTone(
        _ name: String,
        hertz: Float,
        seconds: Float,
        amplitude: Float = 0.3,
        rateHz: Int = 16_000
    ) throws {
        let samples = (0..<Int(seconds * Float(rateHz))).map { index in
            amplitude * sin(2 * Float.pi * hertz * Float(index) / Float(rateHz))
        }
        try write(samples, to: name, rateHz: rateHz)
    }

    /// Writes half a second of a room that dies away.
    func writeImpulse(_ name: String, rateHz: Int) throws {
        let samples = (0..<rateHz / 2).map { index in
            index % 40 == 0 ? 0.9 * exp(-6 * Float(index) / Float(rateHz)) : 0
        }
        try write(samples, to: name, rateHz: rateHz)
    }

    private func write(_ samples: [Float], to name: String, rateHz: Int) throws {
        let count = samples.count
        var bytes: [UInt8] = []
        func append(_ value: UInt32, _ length: Int) {
            for byte in 0..<length { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
        }
        bytes += Array("RIFF".utf8)
        append(UInt32(36 + 2 * count), 4)
        bytes += Array("WAVEfmt ".utf8)
        for (value, length) in [
            (16, 4), (1, 2), (1, 2), (rateHz, 4), (2 * rateHz, 4), (2, 2), (16, 2),
        ] { append(UInt32(value), length) }
        bytes += Array("data".utf8)
        append(UInt32(2 * count), 4)
        for value in samples {
            let sample = Int16(32_767 * value)
            append(UInt32(UInt16(bitPattern: sample)), 2)
        }
        try write(bytes, to: name)
    }
}
