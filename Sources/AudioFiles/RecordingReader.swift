internal import Detection
package import Foundation
package import Platform

/// Reads a recording as mono samples, in constant memory however long it is.
///
/// What is read is recognised by content and not by name; see ``RecordingStreams`` for what decodes
/// it. Integer samples are scaled to ±1; floats are not scaled, unless they have integer range.
///
/// A truncated file is read as far as possible, and `truncation` then says so. Streams that follow
/// each other in one file are read one after the other, at the first one's rate. Not safe for use
/// from several threads at once.
package final class RecordingReader {
    /// The path as it was given.
    package let path: String

    /// The recording's own rate in Hz.
    package let sampleRateHz: Int

    /// The number of channels in the first stream; `readMono` makes one of them.
    package let channelCount: Int

    /// The number of frames that the file holds; nil where that is known at its end only.
    package let frameCount: Int64?

    /// When it began, if the file or its name gives it.
    package let start: RecordingStart?

    /// The time of the first sample, if the file or its name gives it.
    package var startTime: Date? { start?.moment }

    /// What the file says about itself.
    package let tags: RecordingTags

    /// How many frames were read so far.
    package private(set) var framesRead: Int64 = 0

    /// What is missing at the end; known for certain when `readMono` has returned 0.
    package private(set) var truncation: RecordingTruncation?

    /// How long the recording is in seconds, where the file says so.
    package var durationSeconds: Double? {
        frameCount.map { Double($0) / Double(sampleRateHz) }
    }

    /// What the user should know of how the file is read, though all of it is; known at the end.
    package var warnings: [String] {
        var warnings: [String] = []
        if stream.decoder.gain != 1 {
            let scale = Int(1 / stream.decoder.gain)
            warnings.append(
                "'\(path)' contains float samples in integer range; full scale should be ±1. They "
                    + "are divided by \(scale)."
            )
        }
        if let cancellation = energies?.cancellation {
            warnings.append(
                "The channels of '\(path)' cancel out: their mix is \(cancellation.lossText). Read "
                    + "one of them with --channel \(cancellation.loudestChannel + 1)."
            )
        }
        return warnings
    }

    private let file: RecordingFile
    private let channel: RecordingChannel
    private var streams: RecordingStreams
    private var stream: RecordingStreams.Stream
    private var interleaved: [Float]
    private var energies: ChannelEnergies?
    /// The frames that were read of the present stream, at its own rate.
    private var framesOfStream: Int64 = 0
    /// Makes the first stream's rate of the present one's, if that is another.
    private var resampler: StreamingResampler?
    private var resampled: [Float] = []
    private var isAtEnd = false
    /// How many seconds are missing that streams declare.
    private var missingSeconds = 0.0

    /// The most frames decoded at once.
    private static let blockFrames = 4_096
    /// More than any recorder has.
    private static let mostChannels = 1_024

    /// Opens a recording.
    ///
    /// - Parameters:
    ///   - path: The file's path.
    ///   - channel: What becomes the mono signal.
    ///   - zone: The zone of times without one; nil for each convention's default, see
    ///     `RecordingStart`.
    /// - Throws: `notFound`, `notPermitted`, `notAFile`, `empty`, `notAudio`, `unsupportedRate`,
    ///   `noSuchChannel` or `unreadable`.
    package convenience init(
        path: String,
        channel: RecordingChannel = .mix,
        zone: Zone? = nil
    ) throws(RecordingError) {
        try self.init(RecordingFile(reading: path), path: path, channel: channel, zone: zone)
    }

    /// Reads a file that is open.
    init(
        _ file: RecordingFile,
        path: String,
        channel: RecordingChannel = .mix,
        zone: Zone? = nil
    ) throws(RecordingError) {
        guard file.size > 0 else { throw .empty(path: path) }
        var streams = RecordingStreams(file, path: path)
        let first: RecordingStreams.Stream?
        do throws(RecordingError) {
            first = try streams.next()
        } catch {
            throw file.failureReason.map { .unreadable(path: path, reason: $0) } ?? error
        }
        guard let stream = first, stream.decoder.declaredFrames != 0 else {
            throw .empty(path: path)
        }
        let decoder = stream.decoder
        try Self.check(decoder, path: path, channel: channel)
        self.path = path
        self.channel = channel
        self.streams = streams
        self.stream = stream
        self.file = file
        sampleRateHz = decoder.rateHz
        channelCount = decoder.channelCount
        frameCount = streams.isAtEnd ? decoder.declaredFrames : nil
        tags = decoder.tags
        start = RecordingStart(
            path: path,
            metadata: RecordingMetadata(of: file, tags: decoder.tags, rateHz: decoder.rateHz),
            zone: zone
        )
        interleaved = [Float](repeating: 0, count: Self.blockFrames * decoder.channelCount)
        if channel == .mix, channelCount > 1 {
            energies = ChannelEnergies(channelCount: channelCount)
        }
    }

    /// Refuses a stream that can't be analysed.
    private static func check(
        _ decoder: any FrameDecoder,
        path: String,
        channel: RecordingChannel
    ) throws(RecordingError) {
        guard decoder.rateHz > 0, (1...mostChannels).contains(decoder.channelCount) else {
            throw .notAudio(
                path: path,
                reason:
                    "its header declares \(decoder.channelCount) channels at \(decoder.rateHz) Hz"
            )
        }
        guard StreamingResampler.supportedRatesHz.contains(decoder.rateHz) else {
            throw .unsupportedRate(
                path: path,
                rateHz: decoder.rateHz,
                supportedHz: StreamingResampler.supportedRatesHz
            )
        }
        if case .only(let index) = channel, !(0..<decoder.channelCount).contains(index) {
            throw .noSuchChannel(path: path, channel: index + 1, channelCount: decoder.channelCount)
        }
    }

    /// Appends the next frames as mono samples.
    ///
    /// - Parameters:
    ///   - samples: Receives the samples; what it holds already is kept.
    ///   - frames: The most frames to read, above 0.
    /// - Returns: The number of frames appended; 0 at the end of the recording.
    /// - Throws: `notFinite`; `notAudio` where not one frame can be decoded; `unreadable` where
    ///   the file system fails.
    package func readMono(
        into samples: inout [Float],
        upTo frames: Int
    ) throws(RecordingError) -> Int {
        precondition(frames > 0, "Read at least one frame")
        let first = samples.count
        while samples.count - first < frames {
            let wanted = min(frames - (samples.count - first), Self.blockFrames)
            if !resampled.isEmpty {
                samples += resampled.prefix(wanted)
                resampled.removeFirst(min(wanted, resampled.count))
                continue
            }
            guard !isAtEnd else { break }
            let start = samples.count
            let decoded = stream.decoder.read(frames: wanted, into: &interleaved)
            try appendMono(frames: decoded, to: &samples)
            framesOfStream += Int64(decoded)
            resample(&samples, from: start)
            if decoded < wanted { try endStream() }
        }
        framesRead += Int64(samples.count - first)
        return samples.count - first
    }

    /// Moves samples of a stream with another rate to where they wait at the first one's.
    private func resample(_ samples: inout [Float], from start: Int) {
        guard let resampler else { return }
        resampler.process(Array(samples[start...]).span, appendingTo: &resampled)
        samples.removeSubrange(start...)
    }

    /// Makes mono samples of the decoded frames.
    private func appendMono(frames: Int, to samples: inout [Float]) throws(RecordingError) {
        let first = samples.count
        let count = stream.decoder.channelCount
        let gain = stream.decoder.gain
        if gain != 1 { for index in 0..<frames * count { interleaved[index] *= gain } }
        switch channel {
        case _ where count == 1:
            samples.append(contentsOf: interleaved[..<frames])
        case .only(let index):
            for frame in 0..<frames {
                samples.append(interleaved[frame * count + index])
            }
        case .mix:
            let share = 1 / Float(count)
            for frame in 0..<frames {
                let start = frame * count
                samples.append(interleaved[start..<start + count].reduce(0, +) * share)
            }
            if count == channelCount {
                energies?.add(interleaved.span.extracting(0..<frames * count))
            }
        }
        // A sum is finite only if every term is.
        guard !samples[first...].reduce(0, +).isFinite else { return }
        guard let bad = samples[first...].firstIndex(where: { !$0.isFinite }) else { return }
        samples.removeSubrange(bad...)
        let seconds =
            secondsBeforeStream
            + Double(framesOfStream + Int64(bad - first)) / Double(stream.decoder.rateHz)
        throw .notFinite(path: path, seconds: seconds)
    }

    // MARK: - Ends

    /// How long the sound of the streams before the present one lasts.
    private var secondsBeforeStream = 0.0

    /// Ends a stream: checks whether it is complete, and continues with the next.
    private func endStream() throws(RecordingError) {
        if let reason = file.failureReason {
            throw .unreadable(path: path, reason: reason)
        }
        let seconds = Double(framesOfStream) / Double(stream.decoder.rateHz)
        secondsBeforeStream += seconds
        resampler?.flush(appendingTo: &resampled)
        resampler = nil
        recordLoss(seconds)
        framesOfStream = 0
        while !isAtEnd {
            do throws(RecordingError) {
                guard let next = try streams.next() else { break }
                guard next.decoder.declaredFrames != 0 else { continue }
                try Self.check(next.decoder, path: path, channel: channel)
                try begin(next)
                return
            } catch {
                recordTruncation(.goesOn(reason: error.reason))
            }
        }
        isAtEnd = true
        guard secondsBeforeStream > 0 else {
            throw .notAudio(
                path: path,
                reason: "it is damaged or truncated before its first sample"
            )
        }
        truncation?.readSeconds = secondsBeforeStream
        truncation?.declaredSeconds =
            missingSeconds > 0 ? secondsBeforeStream + missingSeconds : nil
    }

    private func begin(_ next: RecordingStreams.Stream) throws(RecordingError) {
        let decoder = next.decoder
        if decoder.rateHz != sampleRateHz {
            do {
                resampler = try StreamingResampler(
                    fromRateHz: decoder.rateHz,
                    toRateHz: sampleRateHz
                )
            } catch {
                throw .notAudio(path: path, reason: "\(error)")
            }
        }
        stream = next
        let sampleCount = Self.blockFrames * decoder.channelCount
        if interleaved.count < sampleCount {
            interleaved = [Float](repeating: 0, count: sampleCount)
        }
    }

    /// Compares what was decoded of the present stream with what it declares.
    private func recordLoss(_ read: Double) {
        // To libFLAC a file that is cut off is damaged, too.
        let isDamaged = stream.isDamaged || (stream.decoder.isDamaged && !stream.decoder.isCut)
        if let (held, declared) = stream.cut {
            recordTruncation(
                .endsEarly,
                missing: read * Double(declared) / Double(max(held, 1)) - read
            )
        } else if let declared = stream.decoder.declaredFrames, framesOfStream < declared {
            recordTruncation(
                isDamaged || stream.hasEnd ? .damaged : .endsEarly,
                missing: Double(declared) / Double(stream.decoder.rateHz) - read
            )
        } else if stream.decoder is SoundFileDecoder, !stream.isDamaged, !stream.isUnterminated,
            stream.decoder.declaredFrames == framesOfStream
        {
            // What libFLAC complains of lies after the last frame.
            return
        } else if stream.isUnterminated || stream.decoder.isCut {
            recordTruncation(.endsEarly)
        } else if isDamaged {
            recordTruncation(.damaged)
        }
    }

    /// Records what is missing: the first kind, and the total seconds.
    private func recordTruncation(_ kind: RecordingTruncation.Kind, missing: Double = 0) {
        missingSeconds += missing
        if truncation == nil {
            truncation = RecordingTruncation(path: path, readSeconds: 0, kind: kind)
        }
    }
}

/// Which of a recording's channels become the mono signal.
package enum RecordingChannel: Equatable, Sendable {
    /// The mean of all channels.
    case mix

    /// One channel, counted from 0.
    case only(Int)
}
