import AudioFiles
import Detection
import Foundation
import ModelLibrary
import Settings
import Testing

@testable import Monitor

/// What the demo shows to whoever tries it: the recording as the model hears it that is used while
/// the configuration says nothing, by that model's own rules.
@Suite struct DemoRecordingTests {
    private static let rateHz = 16_000
    /// Seconds of silence before the recording, which move it against the grid of windows; it is 125
    /// hops long, so that each round lies on the grid as the first does.
    private static let leads = [0.0, 0.12, 0.24, 0.36]
    /// Where clips begin that the model hears at some places of the grid only: the clock, at -48 dBFS,
    /// and a sneeze of half a second.
    private static let faint = [12.0, 19.5]
    /// A sneeze is near enough to a cough to be called one.
    private static let alike = ["sneeze": ["sneeze", "cough"]]

    private let model: SoundModel

    init() throws {
        model = try ShippedModel.load(MonitorConfiguration().model)
    }

    /// The events of two rounds of the recording after a lead of silence.
    private func events(
        after lead: Double,
        _ settings: AnalysisSettings
    ) throws -> [(name: String, start: Double, end: Double)] {
        let analysis = try SourceAnalysis(
            [ModelUse(model: model, settings: settings)],
            sampleRateHz: Self.rateHz
        )
        let silence = [Float](repeating: 0, count: Int(lead * Double(Self.rateHz)))
        let sound = silence + DemoSound.samples() + DemoSound.samples()
        var findings: [AnalysisFinding] = []
        try analysis.process(sound.span, appendingTo: &findings)
        try analysis.finish(appendingTo: &findings)
        return findings.endedEvents().map { event in
            (
                model.soundClass(of: event).name,
                Double(event.start.index) / Double(Self.rateHz),
                Double(event.end.index) / Double(Self.rateHz)
            )
        }
    }

    @Test(arguments: leads)
    func everyClipThatIsLoudEnoughIsAnEventAtItsTimeAndNothingElseIs(lead: Double) throws {
        let settings = try MonitorConfiguration().analysisSettings(for: model)
        let events = try events(after: lead, settings)
        let clips = [0, DemoSound.durationSeconds].flatMap { round in
            DemoSound.clips.map {
                (
                    name: $0.className, start: lead + round + $0.startSeconds,
                    end: lead + round + $0.endSeconds,
                    isFaint: Self.faint.contains($0.startSeconds)
                )
            }
        }
        for clip in clips {
            let names = Self.alike[clip.name, default: [clip.name]]
            let own = events.filter {
                names.contains($0.name) && $0.start < clip.end && $0.end > clip.start
            }
            let isOn = settings.detection.rule(for: clip.name).isEnabled
            #expect(own.isEmpty == !isOn || clip.isFaint, "\(clip): \(events)")
        }
        for event in events {
            let isClip = clips.contains {
                Self.alike[$0.name, default: [$0.name]].contains(event.name)
                    && $0.start < event.end && $0.end > event.start
            }
            #expect(isClip, "\(event) is not in the recording")
        }
    }

    @Test func theRecordingIsAMinuteAtTheRateOfTheModelsThatComeWithIt() throws {
        let reader = try DemoRecording.open()
        #expect(reader.sampleRateHz == Self.rateHz)
        #expect(reader.channelCount == 1)
        let samples = DemoSound.samples()
        #expect(samples.count == Int(DemoSound.durationSeconds) * Self.rateHz)
        #expect(samples.allSatisfy { abs($0) < 0.99 })
    }

    @Test func theRoomIsBelowTheGateBeforeTheFirstClip() {
        let samples = DemoSound.samples().prefix(Self.rateHz * 3 / 2)
        let power = samples.reduce(Float(0)) { $0 + $1 * $1 } / Float(samples.count)
        let levelDBFS = 10 * log10(power)
        #expect((-72 ... -63).contains(levelDBFS), "\(levelDBFS)")
    }
}

/// The demo recording as samples: a minute of real sounds in a room, which many tests listen to.
enum DemoSound {
    static let durationSeconds = 60.0

    /// A clip of it, with the class that it is of.
    struct Clip {
        /// The class's name in the models that come with the program.
        let className: String
        let startSeconds: Double
        let endSeconds: Double
    }

    /// The clips in order of time.
    static let clips = [
        Clip(className: "dog_bark", startSeconds: 1.5, endSeconds: 4.5),
        Clip(className: "speech", startSeconds: 7, endSeconds: 9.6),
        Clip(className: "clock_tick", startSeconds: 12, endSeconds: 17),
        Clip(className: "sneeze", startSeconds: 19.5, endSeconds: 20.6),
        Clip(className: "baby_cry", startSeconds: 23.5, endSeconds: 28.5),
        Clip(className: "rain", startSeconds: 31, endSeconds: 35.5),
        Clip(className: "rooster", startSeconds: 38, endSeconds: 40.3),
        Clip(className: "chainsaw", startSeconds: 43, endSeconds: 48),
        Clip(className: "sneeze", startSeconds: 50, endSeconds: 53.5),
        Clip(className: "dog_bark", startSeconds: 55.5, endSeconds: 57),
    ]

    /// The samples at a rate in Hz.
    static func samples(rateHz: Int = 16_000) -> [Float] {
        do {
            let reader = try DemoRecording.open()
            var samples: [Float] = []
            while try reader.readMono(into: &samples, upTo: 65_536) > 0 {}
            guard rateHz != reader.sampleRateHz else { return samples }
            let resampler = try StreamingResampler(
                fromRateHz: reader.sampleRateHz,
                toRateHz: rateHz
            )
            var resampled: [Float] = []
            resampler.process(samples.span, appendingTo: &resampled)
            resampler.flush(appendingTo: &resampled)
            return resampled
        } catch {
            preconditionFailure("The demo recording cannot be read: \(error)")
        }
    }
}
