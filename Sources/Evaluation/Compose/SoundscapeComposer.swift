import AudioFiles
import Foundation
package import SoundDatasets

/// Composes labelled soundscapes of clips over backgrounds.
///
/// Sounds begin at random (a Poisson process). Each is a clip without its silent ends, at a
/// level over the background that is there while it sounds. The same settings and files give the
/// same samples.
package struct SoundscapeComposer: Sendable {
    private let clips: [EvaluationClip]
    private let backgrounds: [String]
    private let rooms: [String]
    private let settings: SoundscapeSettings

    /// The longest stretch of a background or room response that is used, in seconds.
    private static let longestBackground: Double = 600
    private static let longestRoom: Double = 2
    /// What a mixture that is too loud is turned down to.
    private static let highestPeak: Float = 0.99

    /// Prepares to compose.
    ///
    /// - Parameters:
    ///   - clips: The sounds to place, at least one; their labels become the soundscapes'.
    ///   - backgrounds: Paths of recordings; without any, sounds are placed in digital silence as
    ///     loud as if the background had its level.
    ///   - rooms: Paths of impulse responses.
    ///   - settings: Checked here.
    /// - Throws: `outOfRange` for a setting.
    package init(
        clips: [EvaluationClip],
        backgrounds: [String],
        rooms: [String],
        settings: SoundscapeSettings
    ) throws(ComposeError) {
        precondition(!clips.isEmpty, "There is something to place")
        try settings.validate()
        self.clips = clips
        self.backgrounds = backgrounds
        self.rooms = rooms
        self.settings = settings
    }

    /// Composes one of the soundscapes.
    ///
    /// - Parameter number: Which one, from 0; each can be made without the others.
    /// - Returns: The sound and its labels.
    /// - Throws: `RecordingError` or ``ComposeError`` for a recording that is of no use.
    package func compose(_ number: Int) throws -> Soundscape {
        var generator = SeededGenerator(seed: settings.seed, piece: number)
        let loader = SoundLoader(sampleRateHz: settings.sampleRateHz)
        let count = Int(settings.lengthSeconds * Double(settings.sampleRateHz))
        let background = try background(count, loader, &generator)
        var mixture = background
        var sounds: [LabelledSound] = []
        var time = generator.exponential(mean: 60 / max(settings.eventsPerMinute, 1e-9))
        while time < settings.lengthSeconds {
            let clip = clips[generator.index(below: clips.count)]
            let level = generator.uniformDouble()
            let room = try room(loader, &generator)
            let sound = try loader.activePart(
                of: clip.path,
                upToSeconds: settings.maximumEventSeconds
            )
            let start = Int(time * Double(settings.sampleRateHz))
            let end = min(count, start + sound.count)
            let placed = LabelledSound(
                onsetSeconds: seconds(start),
                offsetSeconds: seconds(end),
                label: clip.label
            )
            if end > start, hasRoom(for: placed, among: sounds) {
                let snr =
                    settings.lowestSNRDB + level * (settings.highestSNRDB - settings.lowestSNRDB)
                mix(
                    room?.applied(to: sound) ?? sound,
                    soundingFor: sound.count,
                    at: start,
                    snr,
                    over: background,
                    into: &mixture
                )
                sounds.append(placed)
            }
            time += generator.exponential(mean: 60 / settings.eventsPerMinute)
        }
        let peak = mixture.reduce(0) { max($0, abs($1)) }
        if peak > Self.highestPeak {
            let gain = Self.highestPeak / peak
            for index in mixture.indices { mixture[index] *= gain }
        }
        return Soundscape(
            samples: mixture,
            sampleRateHz: settings.sampleRateHz,
            sounds: sounds
        )
    }

    private func seconds(_ samples: Int) -> Double {
        Double(samples) / Double(settings.sampleRateHz)
    }

    /// Whether so few sounds overlap, and none of the same class, that another may be placed.
    private func hasRoom(for sound: LabelledSound, among sounds: [LabelledSound]) -> Bool {
        let others = sounds.filter { $0.overlapSeconds(with: sound) > 0 }
        guard !others.contains(where: { $0.label == sound.label }) else { return false }
        // The most at once is reached where one of them begins.
        let most =
            (others + [sound]).map { beginning in
                others.count { other in
                    other.onsetSeconds <= beginning.onsetSeconds
                        && beginning.onsetSeconds < other.offsetSeconds
                }
            }.max() ?? 0
        return most < settings.maximumOverlap
    }

    private func mix(
        _ sound: [Float],
        soundingFor length: Int,
        at start: Int,
        _ snrDB: Double,
        over background: [Float],
        into mixture: inout [Float]
    ) {
        let end = min(mixture.count, start + sound.count)
        let under = background[start..<min(mixture.count, start + length)]
        let energy = SoundEnergy.meanSquare(under)
        let floor = energy > 0 ? SoundEnergy.decibels(energy) : settings.backgroundDBFS
        let gain = SoundEnergy.gain(
            from: SoundEnergy.meanSquare(sound[..<min(length, sound.count)]),
            toDecibels: floor + snrDB
        )
        for index in start..<end { mixture[index] += gain * sound[index - start] }
    }

    private func room(
        _ loader: SoundLoader,
        _ generator: inout SeededGenerator
    ) throws -> RoomResponse? {
        let (chance, index) = (
            generator.uniformDouble(), generator.index(below: max(1, rooms.count))
        )
        guard !rooms.isEmpty, chance < settings.roomShare else { return nil }
        return RoomResponse(
            try loader.samples(of: rooms[index], upToSeconds: Self.longestRoom)
        )
    }

    /// Backgrounds one after another, each from a random place on, at the level asked for.
    private func background(
        _ count: Int,
        _ loader: SoundLoader,
        _ generator: inout SeededGenerator
    ) throws -> [Float] {
        guard !backgrounds.isEmpty else { return [Float](repeating: 0, count: count) }
        var result: [Float] = []
        result.reserveCapacity(count)
        while result.count < count {
            let path = backgrounds[generator.index(below: backgrounds.count)]
            let samples = try loader.samples(of: path, upToSeconds: Self.longestBackground)
            let energy = SoundEnergy.meanSquare(samples[...])
            guard energy > 0 else { throw ComposeError.silent(path: path) }
            let gain = SoundEnergy.gain(from: energy, toDecibels: settings.backgroundDBFS)
            let first = generator.index(below: samples.count)
            result += (samples[first...] + samples[..<first]).map { $0 * gain }
        }
        return Array(result.prefix(count))
    }
}

/// Reads recordings at the soundscapes' rate.
package struct SoundLoader {
    /// The rate, in Hz.
    let sampleRateHz: Int

    /// Creates a reader.
    package init(sampleRateHz: Int) {
        self.sampleRateHz = sampleRateHz
    }

    /// Reads a recording, at most so many seconds of it.
    package func samples(of path: String, upToSeconds limit: Double) throws -> [Float] {
        let reader = try RecordingReader(path: path)
        let resampler = try StreamingResampler(
            fromRateHz: reader.sampleRateHz,
            toRateHz: sampleRateHz
        )
        var samples: [Float] = []
        var block: [Float] = []
        let wanted = Int(limit * Double(sampleRateHz))
        while samples.count < wanted {
            block.removeAll(keepingCapacity: true)
            guard try reader.readMono(into: &block, upTo: 1 << 15) > 0 else { break }
            resampler.process(block.span, appendingTo: &samples)
        }
        if let truncation = reader.truncation { throw RecordingError.incomplete(truncation) }
        if samples.count < wanted { resampler.flush(appendingTo: &samples) }
        return Array(samples.prefix(wanted))
    }

    /// The part of a recording between its silent ends.
    ///
    /// A block of 10 ms belongs to it if it is within 30 dB of the loudest.
    ///
    /// - Throws: `silent` where there is no such part.
    package func activePart(of path: String, upToSeconds limit: Double) throws -> [Float] {
        let samples = try samples(of: path, upToSeconds: 600)
        let block = sampleRateHz / 100
        let energies = stride(from: 0, to: samples.count, by: block).map { start in
            SoundEnergy.meanSquare(samples[start..<min(start + block, samples.count)])
        }
        let floor = (energies.max() ?? 0) / 1_000
        guard floor > 0, let first = energies.firstIndex(where: { $0 >= floor }),
            let last = energies.lastIndex(where: { $0 >= floor })
        else { throw ComposeError.silent(path: path) }
        let end = min(samples.count, (last + 1) * block)
        return Array(samples[first * block..<end].prefix(Int(limit * Double(sampleRateHz))))
    }
}
