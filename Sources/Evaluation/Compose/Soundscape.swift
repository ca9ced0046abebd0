import AudioFiles
import Foundation
package import Platform
package import SoundDatasets

/// A composed recording and what is in it.
package struct Soundscape: Equatable, Sendable {
    /// The sound, mono.
    package let samples: [Float]
    /// The rate, in Hz.
    package let sampleRateHz: Int
    /// The sounds that were placed, in order of time, without the rooms' tails.
    package let sounds: [LabelledSound]

    /// Creates the value from its parts.
    package init(samples: [Float], sampleRateHz: Int, sounds: [LabelledSound]) {
        self.samples = samples
        self.sampleRateHz = sampleRateHz
        self.sounds = sounds
    }
}

/// What composed soundscapes are like.
package struct SoundscapeSettings: Equatable, Sendable {
    /// The number of soundscapes.
    package var count = 1
    /// The length of each, in seconds.
    package var lengthSeconds: Double = 60
    /// The rate, in Hz.
    package var sampleRateHz = 16_000
    /// How many sounds begin in a minute, on average; fewer where ``maximumOverlap`` is in the way.
    package var eventsPerMinute: Double = 6
    /// The least level of a sound over the background while it sounds, in dB.
    package var lowestSNRDB: Double = 0
    /// The greatest level of a sound over the background, in dB.
    package var highestSNRDB: Double = 20
    /// How many sounds may be heard at once.
    package var maximumOverlap = 1
    /// The share of sounds that are heard through a room, where there are room responses.
    package var roomShare: Double = 0.5
    /// The level of the background, RMS in dBFS.
    package var backgroundDBFS: Double = -50
    /// Sounds are cut after this time, in seconds.
    package var maximumEventSeconds: Double = 10
    /// The same seed gives the same soundscapes.
    package var seed: UInt64 = 1

    /// Creates the default settings.
    package init() {}

    /// Checks every value.
    ///
    /// - Throws: The first value that is out of range.
    package func validate() throws(ComposeError) {
        try check("count", Double(count), 1...100_000)
        try check("length", lengthSeconds, 1...3_600)
        try check("rate", Double(sampleRateHz), 8_000...96_000)
        try check("events per minute", eventsPerMinute, 0...600)
        try check("lowest SNR", lowestSNRDB, -60...60)
        try check("highest SNR", highestSNRDB, lowestSNRDB...60)
        try check("overlap", Double(maximumOverlap), 1...16)
        try check("room share", roomShare, 0...1)
        try check("background level", backgroundDBFS, -90...(-10))
        try check("longest event", maximumEventSeconds, 0.05...600)
    }

    private func check(
        _ name: String,
        _ value: Double,
        _ allowed: ClosedRange<Double>
    ) throws(ComposeError) {
        guard allowed.contains(value) else {
            throw .outOfRange(setting: name, value: value, allowed: allowed)
        }
    }
}

/// Why soundscapes could not be composed, with what to do next.
package enum ComposeError: Error, Equatable, CustomStringConvertible {
    /// A setting lies outside its range.
    case outOfRange(setting: String, value: Double, allowed: ClosedRange<Double>)
    /// There is nothing to place.
    case noClips(path: String)
    /// A recording is silent from beginning to end.
    case silent(path: String)

    package var description: String {
        switch self {
        case .outOfRange(let setting, let value, let allowed):
            "The \(setting) is \(Self.text(value)). Choose from \(Self.text(allowed.lowerBound)) "
                + "to \(Self.text(allowed.upperBound))."
        case .noClips(let path):
            "'\(path)' contains no clips. Give a folder with one folder of recordings per class."
        case .silent(let path):
            "'\(path)' is silent. Remove it from the folder."
        }
    }

    /// The exit code (sysexits) of a command that fails for this reason.
    package var exitCode: Int32 {
        switch self {
        case .outOfRange: 64
        case .noClips, .silent: 65
        }
    }

    private static func text(_ value: Double) -> String { String(format: "%g", value) }
}

/// Writes soundscapes as FLAC with Audacity labels of the same name.
package struct SoundscapeWriter: Sendable {
    private let folder: String

    /// Makes the folder if it is not there.
    ///
    /// - Throws: Why it can't be made.
    package init(folder: String) throws(FileWriteError) {
        self.folder = folder
        try OutputFile.createFolder(folder)
    }

    /// Writes one soundscape.
    ///
    /// - Parameters:
    ///   - soundscape: The sound and its labels.
    ///   - number: Which one, from 0; the first file is `soundscape-0001.flac`.
    /// - Returns: The path of the recording.
    /// - Throws: `RecordingError` or `FileWriteError`; no recording is left without labels then.
    package func write(_ soundscape: Soundscape, number: Int) throws -> String {
        let name = "\(folder)/soundscape-\(String(format: "%04d", number + 1))"
        let labels = try OutputFile(path: "\(name).txt")
        for sound in soundscape.sounds {
            let times = String(format: "%.6f\t%.6f\t", sound.onsetSeconds, sound.offsetSeconds)
            try labels.write("\(times)\(sound.label)\n")
        }
        try labels.flush()
        let writer = try RecordingWriter(
            path: "\(name).flac",
            format: .flac16,
            sampleRateHz: soundscape.sampleRateHz,
            channelCount: 1
        )
        try writer.write(soundscape.samples.span)
        try writer.finish()
        try labels.finish()
        return "\(name).flac"
    }
}
