import Foundation
import LogMelFeatures
import SoundDatasets

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
