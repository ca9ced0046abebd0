import Detection
import Evaluation
import Foundation
import SoundDatasets

/// A recording of a list of scripts/list-household-recordings.
struct StrangerRecording: Equatable, Sendable {
    let path: String
    /// What is surely heard in it; empty if nothing is sure.
    let label: String
    /// What may be heard in it too, which counts neither as found nor as false.
    let maybe: [String]
    /// What it is made of, such as `ambience`.
    let kind: String

    /// Reads a list.
    ///
    /// - Throws: That it cannot be read, or has no such columns.
    static func read(list path: String) throws -> [StrangerRecording] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let lines = text.split(whereSeparator: \.isNewline).map {
            ClipTable.fields(of: String($0))
        }
        guard let header = lines.first,
            case let columns = ["path", "label", "maybe", "kind"].compactMap({ name in
                header.firstIndex(of: name)
            }), columns.count == 4
        else { throw AccuracyError.list(path) }
        return lines.dropFirst().filter { $0.count == header.count }.map { fields in
            StrangerRecording(
                path: fields[columns[0]],
                label: fields[columns[1]],
                maybe: fields[columns[2]].split(separator: ";").map(String.init),
                kind: fields[columns[3]]
            )
        }
    }
}

/// Recordings of other people, put one after the other as reels with labels.
///
/// In `clear` each sound is alone, its loudest half second at −25 dBFS over noise at −70 dBFS; in
/// `noisy` it is over ambience 10 dB below it. The other reels are what should give no event, as it
/// is, with what may be heard in it as labels.
struct StrangerReels {
    /// Reels of sounds to find.
    static let clear = "clear", noisy = "noisy"

    private static let rateHz = 16_000
    private static let reelSeconds = 300.0
    private static let longestSound = 10.0
    private static let longestBackground = 60.0
    private static let gapSeconds = (sounds: 4.0, backgrounds: 0.5)
    private static let levelDBFS = -25.0
    private static let noiseDBFS = -70.0
    private static let ratioDB = 10.0

    private let loader = SoundLoader(sampleRateHz: rateHz)
    private let recordings: [StrangerRecording]
    private let folder: String

    /// - Parameters:
    ///   - recordings: The list.
    ///   - folder: Where the reels are; those that are there already are not made anew.
    init(_ recordings: [StrangerRecording], folder: String) {
        self.recordings = recordings
        self.folder = folder
    }

    /// The kinds of what should give no event, in alphabetical order.
    var kinds: [String] {
        Set(recordings.filter { $0.kind != "classes" }.map(\.kind)).sorted()
    }

    /// Makes the reels that are missing.
    ///
    /// - Returns: The folder of each, by name.
    /// - Throws: What cannot be read or written.
    func make() throws -> [String: String] {
        var folders: [String: String] = [:]
        for name in [Self.clear, Self.noisy] + kinds {
            let own = "\(folder)/\(name)/0"
            folders[name] = "\(folder)/\(name)"
            let finished = "\(folder)/\(name).made"
            guard !FileManager.default.fileExists(atPath: finished) else { continue }
            FileHandle.standardError.write(Data("Making the reels '\(name)'\n".utf8))
            let writer = try SoundscapeWriter(folder: own)
            var number = 0
            let reels =
                name == Self.clear || name == Self.noisy
                ? try soundReels(overAmbience: name == Self.noisy) : try backgroundReels(of: name)
            for reel in reels {
                _ = try writer.write(reel, number: number)
                number += 1
            }
            try Data().write(to: URL(fileURLWithPath: finished))
        }
        return folders
    }

    /// Sounds in an order without meaning, so that neighbours are of different classes.
    private var sounds: [StrangerRecording] {
        recordings.filter { !$0.label.isEmpty }.enumerated().sorted {
            ($0.offset * 7_919 % 10_007, $0.offset) < ($1.offset * 7_919 % 10_007, $1.offset)
        }.map(\.element)
    }

    private func soundReels(overAmbience: Bool) throws -> [Soundscape] {
        var generator = SeededGenerator(seed: 1)
        var ambience = try overAmbience ? self.ambience() : []
        var reels: [Soundscape] = []
        var reel = Reel()
        for recording in sounds {
            guard
                let sound = try? loader.activePart(
                    of: recording.path,
                    upToSeconds: Self.longestSound
                )
            else { continue }
            let gain = SoundEnergy.gain(from: loudest(sound), toDecibels: Self.levelDBFS)
            reel.rest(Self.gapSeconds.sounds)
            reel.add(sound.map { $0 * gain }, [recording.label])
            reel.rest(Self.gapSeconds.sounds)
            if reel.seconds > Self.reelSeconds {
                reels.append(finished(&reel, over: &ambience, &generator))
            }
        }
        if reel.seconds > 0 { reels.append(finished(&reel, over: &ambience, &generator)) }
        return reels
    }

    /// Puts the noise or the ambience under a reel, and begins the next.
    private func finished(
        _ reel: inout Reel,
        over ambience: inout [Float],
        _ generator: inout SeededGenerator
    ) -> Soundscape {
        defer { reel = Reel() }
        // Evenly spread numbers have a third of their largest square.
        let noise = Float(pow(10, Self.noiseDBFS / 20) * 3.squareRoot())
        for index in reel.samples.indices {
            reel.samples[index] += generator.uniform(-noise, noise)
        }
        if !ambience.isEmpty {
            let first = generator.index(below: ambience.count)
            ambience = Array(ambience[first...] + ambience[..<first])
            for index in reel.samples.indices {
                reel.samples[index] += ambience[index % ambience.count]
            }
        }
        return reel.soundscape
    }

    /// All ambience without a certain class, each at its level below the sounds.
    private func ambience() throws -> [Float] {
        try recordings.filter { $0.kind == "ambience" && $0.label.isEmpty }.flatMap { recording in
            let samples = try loader.samples(
                of: recording.path,
                upToSeconds: Self.longestBackground
            )
            let energy = SoundEnergy.meanSquare(samples[...])
            guard energy > 0 else { return [Float]() }
            let gain = SoundEnergy.gain(from: energy, toDecibels: Self.levelDBFS - Self.ratioDB)
            return samples.map { min(max($0 * gain, -0.3), 0.3) }
        }
    }

    private func backgroundReels(of kind: String) throws -> [Soundscape] {
        var reels: [Soundscape] = []
        var reel = Reel()
        for recording in recordings where recording.kind == kind {
            guard
                let samples = try? loader.samples(
                    of: recording.path,
                    upToSeconds: Self.longestBackground
                ), !samples.isEmpty
            else { continue }
            let label = recording.label.isEmpty ? [] : [recording.label]
            reel.add(samples, label + recording.maybe)
            reel.rest(Self.gapSeconds.backgrounds)
            if reel.seconds > Self.reelSeconds {
                reels.append(reel.soundscape)
                reel = Reel()
            }
        }
        return reel.seconds > 0 ? reels + [reel.soundscape] : reels
    }

    /// The mean square of the loudest half second.
    private func loudest(_ samples: [Float]) -> Double {
        let length = Self.rateHz / 2
        return stride(from: 0, to: max(samples.count - length, 0) + 1, by: length / 4).map {
            start in
            SoundEnergy.meanSquare(samples[start..<min(start + length, samples.count)])
        }.max() ?? 0
    }

    /// A reel in the making.
    private struct Reel {
        var samples: [Float] = []
        var sounds: [LabelledSound] = []

        var seconds: Double { Double(samples.count) / Double(rateHz) }
        var soundscape: Soundscape {
            Soundscape(samples: samples, sampleRateHz: rateHz, sounds: sounds)
        }

        mutating func rest(_ seconds: Double) {
            samples += [Float](repeating: 0, count: Int(seconds * Double(rateHz)))
        }

        mutating func add(_ sound: [Float], _ labels: [String]) {
            let onset = seconds
            samples += sound
            for label in labels {
                sounds.append(
                    LabelledSound(onsetSeconds: onset, offsetSeconds: seconds, label: label)
                )
            }
        }
    }
}
