package import AudioFiles
package import Detection
package import Foundation
import Messages
package import ModelLibrary

/// The sound of one event, cut out of its source's samples and not yet written.
package struct ClipCut: Sendable {
    /// Whose sound it is.
    let key: EventKey
    /// The event, as far as it was known when the sound was cut.
    package let event: DetectedEvent
    /// Its class.
    package let soundClass: SoundClass
    /// When the event began.
    let onset: Date
    /// The stretch of the source's timeline.
    package let stretch: Range<SampleTime>
    /// The rate of the timeline in Hz.
    package let sampleRateHz: Int
    /// The samples; where there are none, they were lost.
    let blocks: [SampleBlock]
    /// Where a private class was heard, which is not to be kept.
    let privateStretches: [Range<SampleTime>]
    /// Whether the event goes on after the end of the clip.
    package let isCutShort: Bool

    /// The model that found it.
    package var model: ModelSlot { key.model }

    /// How many samples the clip has.
    package var sampleCount: Int { Int(stretch.upperBound - stretch.lowerBound) }

    /// How long it sounds, in seconds.
    package var seconds: Double { Double(sampleCount) / Double(sampleRateHz) }

    /// How many seconds of the clip come before the event.
    package var preRollSeconds: Double {
        Double(event.start - stretch.lowerBound) / Double(sampleRateHz)
    }

    /// The moment of its first sample.
    package var start: Date { onset - preRollSeconds }

    /// How much of it is silence in place of lost samples, in seconds.
    package var lostSeconds: Double {
        let there = blocks.reduce(0) { $0 + $1.samples(in: stretch).count }
        return Double(sampleCount - there) / Double(sampleRateHz)
    }

    /// How much of it is silence in place of private sound, in seconds.
    package var privateSeconds: Double {
        let samples = privateStretches.reduce(Int64(0)) {
            $0 + ($1.upperBound - $1.lowerBound)
        }
        return Double(samples) / Double(sampleRateHz)
    }

    /// Whether nothing of the event itself may be kept.
    var isPrivateThroughout: Bool {
        let own = event.start..<max(event.end, event.start + 1)
        return privateStretches.contains {
            $0.lowerBound <= own.lowerBound && $0.upperBound >= own.upperBound
        }
    }

    /// The memory that the samples take at most, in bytes.
    var byteCount: Int { sampleCount * MemoryLayout<Float>.size }

    /// Writes the samples, with silence where some were lost or may not be kept.
    ///
    /// - Throws: Why the file can't be written.
    package func write(to writer: RecordingWriter) throws(RecordingError) {
        var position = stretch.lowerBound
        for block in blocks {
            var samples = Array(block.samples(in: stretch))
            let place = max(block.start, stretch.lowerBound)
            try Self.writeSilence(place - position, to: writer)
            for hidden in privateStretches {
                let common = hidden.clamped(to: place..<place + Int64(samples.count))
                for index in Int(common.lowerBound - place)..<Int(common.upperBound - place) {
                    samples[index] = 0
                }
            }
            try writer.write(samples.span)
            position = place + Int64(samples.count)
        }
        try Self.writeSilence(stretch.upperBound - position, to: writer)
    }

    private static func writeSilence(
        _ count: Int64,
        to writer: RecordingWriter
    ) throws(RecordingError) {
        let silence = [Float](repeating: 0, count: Int(min(max(count, 0), 1 << 14)))
        var left = Int(count)
        while left > 0 {
            let piece = min(left, silence.count)
            try writer.write(silence.span.extracting(first: piece))
            left -= piece
        }
    }
}

extension ClipCut {
    /// What the file says about itself.
    ///
    /// - Parameters:
    ///   - id: The number of the event.
    ///   - source: The name of the source.
    /// - Returns: Title, date and comment.
    func tags(ofEvent id: Int64, source: String) -> RecordingTags {
        RecordingTags(
            title: soundClass.label,
            date: UTCTimestamp.text(start),
            comment: (["event \(id) of \(source)"] + facts).joined(separator: "; "),
            software: "earwitness"
        )
    }

    /// What the file of a clip that belongs to no event of a history says about itself.
    ///
    /// - Parameters:
    ///   - file: The name of the recording that it was cut from.
    ///   - hasDate: Whether the recording's date is known.
    /// - Returns: Title, date and comment.
    package func tags(file: String, hasDate: Bool) -> RecordingTags {
        RecordingTags(
            title: soundClass.label,
            date: hasDate ? UTCTimestamp.text(start) : nil,
            comment: (["from \(file)"] + facts).joined(separator: "; "),
            software: "earwitness"
        )
    }

    private var facts: [String] {
        let length = Double(event.end - event.start) / Double(sampleRateHz)
        var facts = [
            "class \(soundClass.name), score \(Self.text(Double(event.peakScore), 2))",
            "the event starts \(Self.text(preRollSeconds, 3)) s into this file",
            isCutShort
                ? "it continues after the end of this file"
                : "it lasts \(Self.text(length, 3)) s",
        ]
        if lostSeconds > 0 {
            facts.append("\(Self.text(lostSeconds, 3)) s lost, filled with silence")
        }
        if privateSeconds > 0 {
            facts.append("\(Self.text(privateSeconds, 3)) s private, filled with silence")
        }
        return facts
    }

    private static func text(_ number: Double, _ decimals: Int) -> String {
        String(format: "%.\(decimals)f", number)
    }
}
