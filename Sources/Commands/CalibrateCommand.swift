import ArgumentParser
import Detection
import Foundation
import Monitor
import Settings

/// `earwitness calibrate`: finds a microphone's calibration with an acoustic calibrator.
struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract:
            "Measures an acoustic calibrator's tone and prints the line for the configuration.",
        discussion: """
            Put the calibrator on the microphone, switch it on, and run this with the service \
            stopped. The source's own rate, channel and gain are used. SPEC is an ALSA PCM or, for \
            a recording of the tone, file:PATH.
            """
    )

    @OptionGroup var service: ServiceOptions
    @Argument(
        help: ArgumentHelp("What to measure instead of a configured source.", valueName: "spec")
    )
    var specification: String?
    @Option(help: "The configured source to calibrate; not needed if there is only one.")
    var source: String?
    @Option(help: ArgumentHelp("The calibrator's sound pressure level, in dB.", valueName: "db"))
    var level = 94.0
    @Option(help: ArgumentHelp("The frequency of its tone.", valueName: "hz"))
    var frequency = 1_000
    @Option(help: ArgumentHelp("How long to measure.", valueName: "seconds")) var seconds = 10

    private static let usualRateHz = 48_000
    /// What comes first is left out: the noise of the hand letting go, and a sound card that
    /// settles.
    private static let settlingSeconds = 1
    private static let greatestSpreadDB = 0.5
    /// By how many dB the whole signal may exceed the tone.
    private static let greatestExcessDB = 1.0

    func validate() throws {
        guard (60...130).contains(level) else {
            throw ValidationError("--level is \(level); give 60 to 130 dB.")
        }
        guard (100...4_000).contains(frequency) else {
            throw ValidationError("--frequency is \(frequency); give 100 to 4000 Hz.")
        }
        guard (2...600).contains(seconds) else {
            throw ValidationError("--seconds is \(seconds); give 2 to 600.")
        }
        guard specification == nil || source == nil else {
            throw ValidationError("Give a SPEC or --source, not both.")
        }
    }

    func run() throws {
        let settings = try chosenSource()
        StandardError.write(
            "Listening to \(settings.input) for \(seconds + Self.settlingSeconds) s.\n"
        )
        let sample = try SourceSample(
            of: settings,
            seconds: seconds + Self.settlingSeconds,
            usualRateHz: Self.usualRateHz
        )
        let tone = try measure(sample)
        let text = String(format: "%g dB at %.2f dBFS", level, tone.toneDBFS)
        guard let calibration = SoundCalibration(text) else {
            throw CommandFailure(
                .badData,
                "'\(text)' is implausible: 0 dBFS would be "
                    + String(format: "%.1f dB SPL", level - tone.toneDBFS)
                    + ". Check --level and the microphone's gain."
            )
        }
        try StandardOutput.writeLine("calibration: \(text)")
        StandardError.write(
            String(
                format: "0 dBFS is %.2f dB SPL; the tone was steady to %.2f dB over %d s. "
                    + "Write the line into the source's section of the configuration.\n",
                calibration.fullScaleDB,
                tone.spreadDB,
                tone.seconds
            )
        )
    }

    private func measure(_ sample: SourceSample) throws -> ToneLevel {
        let rateHz = sample.sampleRateHz
        guard 2 * frequency < rateHz else {
            throw CommandFailure(
                .badData,
                "A tone of \(frequency) Hz needs a higher rate than \(rateHz) Hz. Raise 'sample_rate'."
            )
        }
        let settled = sample.samples.span.extracting(droppingFirst: Self.settlingSeconds * rateHz)
        let tone = ToneLevel(of: settled, sampleRateHz: rateHz, frequencyHz: frequency)
        let limit = Float(SoundLevelMeter.clippingMagnitude)
        guard sample.clippedSamples == 0, !sample.samples.contains(where: { abs($0) >= limit })
        else {
            throw CommandFailure(
                .badData,
                "The tone is clipped. Lower the microphone's gain, or 'gain_db', and try again."
            )
        }
        guard tone.totalDBFS - tone.toneDBFS <= Self.greatestExcessDB else {
            throw CommandFailure(
                .badData,
                String(
                    format: "No clear tone of %d Hz: the tone has %.1f dBFS, the whole signal %.1f "
                        + "dBFS. Check that the calibrator is on and sits on this microphone.",
                    frequency,
                    tone.toneDBFS,
                    tone.totalDBFS
                )
            )
        }
        guard tone.spreadDB <= Self.greatestSpreadDB else {
            throw CommandFailure(
                .badData,
                String(
                    format: "The tone is not steady: it changed by %.1f dB. Hold the calibrator "
                        + "still, check its battery, and switch off automatic gain.",
                    tone.spreadDB
                )
            )
        }
        return tone
    }

    private func chosenSource() throws -> SourceSettings {
        if let specification {
            guard let input = SourceInput(specification: specification) else {
                throw CommandFailure(
                    .usage,
                    "'\(specification)' is not a source. Give an ALSA PCM name or 'file:PATH'."
                )
            }
            return SourceSettings(name: "calibrated", input: input)
        }
        let sources = try service.loadConfiguration().sources
        let names = sources.map(\.name).joined(separator: ", ")
        guard let name = source ?? (sources.count == 1 ? sources[0].name : nil) else {
            throw CommandFailure(
                .usage,
                "There are several sources: \(names). Name one with --source."
            )
        }
        guard let chosen = sources.first(where: { $0.name == name }) else {
            throw CommandFailure(
                .usage,
                "Unknown source '\(name)'; configured: \(names). "
                    + "Give an ALSA PCM or file:PATH without --source."
            )
        }
        return chosen
    }
}
