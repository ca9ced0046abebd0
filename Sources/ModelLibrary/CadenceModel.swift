package import Detection
package import LogMelFeatures
import NeuralNetwork
import Platform
package import Settings

/// A model without a network: its classes are told by the cadences that `model.yaml` describes.
extension ModelDescription {
    /// The keys of a `model.yaml` with `cadences`.
    package static let cadenceSettings = SettingsTable<ModelDescription>([
        .value("name", \.name, .name).required
            .help("The model's name in events."),
        .value("version", \.version, .text("a text")).required
            .help("The version of the model."),
        .value("description", \.summary, .lines("a text")).required
            .help("What the model is for."),
        .section("rule", \.rule, ClassRuleOverlay.settings),
        .list("classes", \.classes, of: SoundClass.settings, startingFrom: SoundClass())
            .required,
        .list("cadences", \.cadences, of: Cadence.settings, startingFrom: Cadence()).required,
        .section("provenance", \.provenance, ModelProvenance.settings),
        .list("metrics", \.metrics, of: ModelMetric.settings, startingFrom: ModelMetric()),
    ])

    /// The longest window that cadences may need, in seconds.
    private static let longestWindowSeconds = 60.0

    /// Sets what cadences are looked for in: fine spectra, long enough for every one of them.
    mutating func completeCadences() {
        guard !cadences.isEmpty else { return }
        frontEnd = .cadenceSpectra
        let seconds = cadences.map(\.windowSeconds).max() ?? 0
        network.windowFrames = max(2, Int((seconds / frontEnd.hopSeconds).rounded(.up)))
        network.hopSeconds = 0.8
    }

    /// What of the cadences can't be.
    func contradictionsOfCadences() -> [(key: String, found: String, allowed: String)] {
        cadences.enumerated().flatMap { index, cadence in
            let key = "cadences[\(index)]"
            var problems: [(key: String, found: String, allowed: String)] = []
            let names = classes.map(\.name)
            if !cadence.className.isEmpty, !names.contains(cadence.className) {
                problems.append(
                    ("\(key).class", "'\(cadence.className)'", names.joined(separator: ", "))
                )
            }
            if cadence.pauseSeconds < cadence.offSeconds {
                let least = cadence.groupSeconds + cadence.offSeconds
                problems.append(
                    (
                        "\(key).period_s", cadence.periodSeconds.settingText,
                        "at least the pulses with a gap after each, \(least.settingText)"
                    )
                )
            } else if cadence.windowSeconds > Self.longestWindowSeconds {
                problems.append(
                    (
                        "\(key).period_s", cadence.periodSeconds.settingText,
                        "so little that all repetitions fit into "
                            + "\(Self.longestWindowSeconds.settingText) s"
                    )
                )
            }
            return problems
        }
    }

    /// What finds the cadences in windows of the front end.
    package var cadenceScorer: CadenceScorer {
        CadenceScorer(
            cadences,
            classNames: classes.map(\.name),
            grid: frontEnd.spectrumGrid
        )
    }
}

extension FrontEnd {
    /// Spectra in dB, 16 Hz and 20 ms apart: fine enough to part two alarms and the pulses of one.
    package static let cadenceSpectra: FrontEnd = {
        var spectra = FrontEnd()
        spectra.representation = .stft
        spectra.windowLength = 1_024
        spectra.fftLength = 1_024
        spectra.hopLength = 320
        // About the noise of 16-bit samples.
        spectra.compression = .decibel(DecibelScale(floor: 1e-7))
        return spectra
    }()

    /// Where the frames and bins of its spectra lie.
    package var spectrumGrid: SpectrumGrid {
        SpectrumGrid(
            frameSeconds: hopSeconds,
            binHz: Double(sampleRateHz) / Double(fftLength),
            binCount: binCount
        )
    }

    fileprivate var hopSeconds: Double { Double(hopLength) / Double(sampleRateHz) }
}

extension Cadence {
    /// The keys of an element of `cadences`.
    package static let settings = SettingsTable<Cadence>([
        .value("class", \.className, .name).required
            .help("The class that it tells, one of `classes`; several cadences may tell one."),
        .value("frequency_hz", \.frequencyHz, .range(within: 200...7_800)).required
            .help("The range in which the tone lies, in Hz."),
        .value("on_s", \.onSeconds, .number(in: 0.08...10)).required
            .help("The length of a pulse, in seconds."),
        .value("off_s", \.offSeconds, .number(in: 0.08...10))
            .help("The gap between two pulses of a group, in seconds."),
        .value("pulses", \.pulses, .wholeNumber(in: 1...20)).required
            .help("How many pulses a group has."),
        .value("period_s", \.periodSeconds, .number(in: 0.2...50)).required
            .help("From the beginning of a group to that of the next, in seconds."),
        .value("repetitions", \.repetitions, .wholeNumber(in: 1...2))
            .help("How many groups must have been heard: 2, or 1 for a sound that comes once."),
        .value("tolerance", \.tolerance, .number(in: 0.02...0.3))
            .help("How much faster or slower it may be, as a share of every length."),
    ])
}

extension SoundModel {
    /// Makes the model of a description with cadences.
    static func ofCadences(
        _ about: ModelDescription,
        folder: String,
        digest: SHA256Digest
    ) -> SoundModel {
        let nothing = Graph(name: "", nodes: [], initializers: [], inputs: [], outputs: [])
        return SoundModel(
            folder: folder,
            about: about,
            prepared: PreparedNetwork(model: Model(operatorSets: [], graph: nothing)),
            digest: digest,
            inputShape: [about.network.windowFrames, about.frontEnd.bandCount],
            timeAxis: nil,
            trial: NetworkTrial(),
            embedding: nil,
            classes: about.soundClasses
        )
    }
}
