import Foundation
import Testing

@testable import AudioCapture

@Suite
struct PCMCaptureDeviceTests {
    @Test func aFilePlayedThroughALSAArrivesByteForByte() throws {
        let values = (0..<64_000).map { Int16(truncatingIfNeeded: $0 &* 40_503) }
        let content = values.map(\.littleEndian).withUnsafeBytes { Data($0) }
        let world = try MicrophoneWorld(
            content: content,
            format: "S16_LE",
            otherDevices: """
                pcm.silence { type null }
                pcm.recording {
                    type file
                    slave.pcm silence
                    file "/dev/null"
                    infile "FOLDER/world.raw"
                    format raw
                }
                """
        )
        let device = try PCMCaptureDevice(
            device: "recording",
            configuration: world.configuration,
            request: StreamRequest(CaptureSettings(channels: 1))
        )
        let heard = try Self.read(device, frames: device.stream.format == .int16 ? 64_000 : 32_000)
        // The null device offers every format; whichever was chosen, the bytes are the file's.
        #expect(heard.bytes.elementsEqual(content.prefix(heard.bytes.count)))
        #expect(heard.bytes.count >= 120_000)
    }

    @Test(arguments: SampleFormat.allCases, [1, 2, 6])
    func everyFormatAndNumberOfChannelsComesThroughALSA(
        format: SampleFormat,
        channels: Int
    ) throws {
        // Channel c of frame f is f + c, in the top 16 bits.
        let frames = 32_768 / 2
        var content = Data()
        for frame in 0..<frames {
            for channel in 0..<channels {
                content.append(contentsOf: Self.encode(Int16(frame + channel), as: format))
            }
        }
        let world = try MicrophoneWorld(
            content: content,
            format: format.rawValue,
            channels: channels
        )
        for choice in [ChannelChoice.mix, .only(channels)] {
            let settings = CaptureSettings(device: "mic", channel: choice)
            var opener = DeviceOpener(settings: settings, configuration: world.configuration)
            let device = try opener.open(runningHz: nil)
            #expect(device.stream.format == format)
            #expect(device.stream.channels == channels)
            let samples = try Self.convert(device, choice: choice, periods: 3)
            let step = zip(samples, samples.dropFirst()).map { ($1 - $0) * 32_768 }
            #expect(step.allSatisfy { abs($0 - 1) < 0.01 })
            let offset = choice == .mix ? Float(channels - 1) / 2 : Float(channels - 1)
            let fraction = samples[0] * 32_768 - offset
            #expect(abs(fraction - fraction.rounded()) < 0.01)
        }
    }

    /// What a PCM offers, what is known of the source behind it, and what is asked for then.
    private struct ChannelCase: Sendable {
        let channel: Int?
        let offered: ClosedRange<Int>
        var source: ClosedRange<Int>?
        let wanted: Int?

        init(_ channel: Int?, of offered: ClosedRange<Int>, wanted: Int?) {
            (self.channel, self.offered, self.wanted) = (channel, offered, wanted)
        }

        /// A sound server, which mixes whatever is asked of it, with so many channels of its own.
        init(_ channel: Int?, ofServerWith channels: Int, wanted: Int?) {
            self.init(channel, of: 1...32, wanted: wanted)
            source = channels...channels
        }
    }

    private static let channelCases: [ChannelCase] = [
        // Hardware: never fewer than the channel, never more than there are.
        ChannelCase(1, of: 1...1, wanted: 1),
        ChannelCase(1, of: 1...2, wanted: 2),
        ChannelCase(2, of: 1...2, wanted: 2),
        ChannelCase(3, of: 1...2, wanted: nil),
        ChannelCase(3, of: 2...8, wanted: 3),
        ChannelCase(1, of: 4...4, wanted: 4),
        ChannelCase(nil, of: 1...1, wanted: 1),
        ChannelCase(nil, of: 1...2, wanted: 2),
        ChannelCase(nil, of: 8...8, wanted: 8),
        ChannelCase(1, ofServerWith: 2, wanted: 2),
        ChannelCase(1, ofServerWith: 1, wanted: 1),
        ChannelCase(3, ofServerWith: 4, wanted: 4),
        ChannelCase(3, ofServerWith: 2, wanted: nil),
        ChannelCase(2, ofServerWith: 1, wanted: nil),
        ChannelCase(nil, ofServerWith: 2, wanted: 2),
        // A converter of which nothing is known.
        ChannelCase(1, of: 1...10_000, wanted: 2),
        ChannelCase(3, of: 1...10_000, wanted: 3),
        ChannelCase(nil, of: 1...10_000, wanted: 1),
    ]

    @Test(arguments: channelCases)
    private func aChannelIsAskedForAmongTheSourcesOwn(of channelCase: ChannelCase) {
        let settings = CaptureSettings(channel: channelCase.channel.map { .only($0) } ?? .mix)
        let request = StreamRequest(settings, sourceChannels: channelCase.source)
        #expect(request.channels(offered: channelCase.offered) == channelCase.wanted)
    }

    @Test func channelsThatAreConfiguredAreAskedForUnlessTheSourceLacksTheChannel() {
        let settings = CaptureSettings(channels: 4, channel: .only(3))
        #expect(StreamRequest(settings).channels(offered: 1...32) == 4)
        let stereo = StreamRequest(settings, sourceChannels: 2...2)
        #expect(stereo.channels(offered: 1...32) == nil)
    }

    @Test func aDeviceThatAllowsItKeepsHalfAMinuteForAReaderThatIsHeldUp() throws {
        let world = try MicrophoneWorld.counting(extraKeys: "periods_max 1024")
        let stream = try MicrophoneCapture.probe(
            CaptureSettings(device: "mic"),
            configuration: world.configuration
        )
        #expect(stream.bufferFrames >= 29 * 16_000)
        #expect(stream.periodFrames <= 2_048, "periods stay short")
    }

    @Test func aRateThatTheDeviceDoesNotHaveGivesTheDevicesOwn() throws {
        let world = try MicrophoneWorld(content: Data(count: 8_192), rateHz: 44_100)
        let stream = try MicrophoneCapture.probe(
            CaptureSettings(device: "mic", requestedRateHz: 16_000),
            configuration: world.configuration
        )
        #expect(stream.rateHz == 44_100)
        #expect(try world.value(.openNow) == 0)
    }

    @Test func aDeviceOfLowerRateOnlyIsTakenAsItIs() throws {
        let world = try MicrophoneWorld(content: Data(count: 8_192), rateHz: 8_000)
        let stream = try MicrophoneCapture.probe(
            CaptureSettings(device: "mic"),
            configuration: world.configuration
        )
        #expect(stream.rateHz == 8_000)
    }

    private static func read(
        _ device: PCMCaptureDevice,
        frames: Int
    ) throws -> (bytes: Data, periods: Int) {
        #expect(device.start() == 0)
        var bytes = Data()
        var periods = 0
        while bytes.count < 120_000 {
            guard case .period(let report) = device.readPeriod(timeoutMilliseconds: 1_000) else {
                Issue.record("the device stopped after \(bytes.count) bytes")
                break
            }
            bytes.append(contentsOf: device.copyOfPeriod(frames: report.frames))
            periods += 1
        }
        return (bytes, periods)
    }

    private static func convert(
        _ device: PCMCaptureDevice,
        choice: ChannelChoice,
        periods: Int
    ) throws -> [Float] {
        let converter = SampleConverter(
            format: device.stream.format,
            channels: device.stream.channels,
            choice: choice,
            gainDB: 0
        )
        #expect(device.start() == 0)
        var samples: [Float] = []
        let stream = device.stream
        var interleaved = [Float](repeating: 0, count: stream.readFrames * stream.channels)
        var block = [Float](repeating: 0, count: stream.readFrames)
        for _ in 0..<periods {
            guard case .period(let report) = device.readPeriod(timeoutMilliseconds: 5_000) else {
                Issue.record("the device delivers nothing")
                break
            }
            var channels = interleaved.mutableSpan
            var span = block.mutableSpan
            _ = device.convertPeriod(
                frames: report.frames,
                with: converter,
                interleaved: &channels,
                mono: &span
            )
            samples += block.prefix(report.frames)
        }
        return samples
    }

    private static func encode(_ value: Int16, as format: SampleFormat) -> [UInt8] {
        func bytes<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
            withUnsafeBytes(of: word.littleEndian) { Array($0) }
        }
        switch format {
        case .int16: return bytes(value)
        case .packedInt24: return [0] + bytes(value)
        case .int24: return [0] + bytes(value) + [0xEE]
        case .int32: return [0, 0] + bytes(value)
        case .float32: return bytes((Float(value) / 32_768).bitPattern)
        case .bigEndianInt16: return encode(value, as: .int16).reversed()
        case .bigEndianPackedInt24: return encode(value, as: .packedInt24).reversed()
        case .bigEndianInt24: return encode(value, as: .int24).reversed()
        case .bigEndianInt32: return encode(value, as: .int32).reversed()
        case .bigEndianFloat32: return encode(value, as: .float32).reversed()
        }
    }
}

@Suite
struct CaptureDeviceCatalogTests {
    @Test func listingWorksOnAnyMachineAndOffersOnlyWhatCanHear() throws {
        let devices = try CaptureDeviceCatalog.list()
        #expect(Set(devices.map(\.name)).count == devices.count)
        for device in devices {
            #expect(!["null", "upmix", "samplerate"].contains(device.name))
            #expect(!device.description.contains("\n"))
            if device.availability == .available {
                #expect(!device.formats.isEmpty)
                #expect(device.channels != nil)
            }
        }
    }

    @Test func whatADeviceDeliversIsAskedOfTheDeviceWhichIsClosedAgain() throws {
        let world = try MicrophoneWorld(
            content: Data(count: 8_192),
            format: "S24_3LE",
            channels: 2,
            rateHz: 44_100
        )
        let capabilities = try DeviceCapabilities(
            of: "mic",
            configuration: world.configuration
        )
        #expect(capabilities.formats == [.packedInt24])
        #expect(capabilities.ratesHz == [44_100])
        #expect(capabilities.channels == 2...2)
        #expect(try world.value(.openNow) == 0)
    }

    @Test func whatAConverterCouldDoIsNotWhatTheDeviceDelivers() throws {
        let world = try MicrophoneWorld(
            content: Data(count: 8_192),
            rateHz: 44_100,
            otherDevices: "pcm.converted { type plug slave.pcm mic }"
        )
        let capabilities = try DeviceCapabilities(
            of: "converted",
            configuration: world.configuration
        )
        #expect(capabilities.ratesHz == [44_100])
    }
}
