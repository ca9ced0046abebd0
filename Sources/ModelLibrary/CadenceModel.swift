package import Detection
package import LogMelFeatures
import NeuralNetwork
import Platform
package import Settings

/// A model without a network: its classes are told by the cadences and tunes that `model.yaml`
/// describes.
extension ModelDescription {
    /// Whether cadences or tunes stand in the place of a network.
    package var hasCadences: Bool { !cadences.isEmpty || !tunes.isEmpty }

    /// The keys of a `model.yaml` with `cadences` or `tunes`.
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
        .list("cadences", \.cadences, of: Cadence.settings, startingFrom: Cadence()),
        .list("tunes", \.tunes, of: Tune.settings, startingFrom: Tune()),
        .section("provenance", \.provenance, ModelProvenance.settings),
        .list("metrics", \.metrics, of: ModelMetric.settings, startingFrom: ModelMetric()),
    ])

    /// The longest window that cadences may need, in seconds.
    private static let longestWindowSeconds = 60.0
    /// Speech and music have two notes by chance.
    private static let noteCounts = 3...24

    /// Sets what cadences are looked for in: fine spectra, long enough for every one of them.
    mutating func completeCadences() {
        guard hasCadences else { return }
        frontEnd = .cadenceSpectra
        let seconds = (cadences.map(\.windowSeconds) + tunes.map(\.windowSeconds)).max() ?? 0
        network.windowFrames = max(2, Int((seconds / frontEnd.hopSeconds).rounded(.up)))
        network.hopSeconds = 0.8
    }

    /// What of the cadences and tunes can't be.
    func contradictionsOfCadences() -> [(key: String, found: String, allowed: String)] {
        let names = classes.map(\.name)
        let described =
            cadences.enumerated().map { ("cadences[\($0)]", $1.className) }
            + tunes.enumerated().map { ("tunes[\($0)]", $1.className) }
        let unknown = described.filter { !$0.1.isEmpty && !names.contains($0.1) }.map {
            (key: "\($0.0).class", found: "'\($0.1)'", allowed: names.joined(separator: ", "))
        }
        return unknown + contradictionsOfPeriods() + contradictionsOfNotes()
    }

    private func contradictionsOfPeriods() -> [(key: String, found: String, allowed: String)] {
        cadences.enumerated().compactMap { index, cadence in
            let key = "cadences[\(index)].period_s"
            let found = cadence.periodSeconds.settingText
            if cadence.pauseSeconds < cadence.offSeconds {
                let least = cadence.groupSeconds + cadence.offSeconds
                return (
                    key, found,
                    "at least the pulses with a gap after each, \(least.settingText)"
                )
            }
            guard cadence.windowSeconds > Self.longestWindowSeconds else { return nil }
            return (
                key, found,
                "so little that all repetitions fit into \(Self.longestWindowSeconds.settingText) s"
            )
        }
    }

    private func contradictionsOfNotes() -> [(key: String, found: String, allowed: String)] {
        tunes.enumerated().compactMap { index, tune in
            let key = "tunes[\(index)].notes"
            guard Self.noteCounts.contains(tune.notes.count) else {
                return (
                    key, "\(tune.notes.count) notes",
                    "\(Self.noteCounts.lowerBound) to \(Self.noteCounts.upperBound) notes"
                )
            }
            guard tune.windowSeconds > Self.longestWindowSeconds else { return nil }
            let longest = (Self.longestWindowSeconds - 1) / 2 / (1 + tune.tolerance)
            return (
                key, "\(tune.durationSeconds.settingText) s",
                "at most \(longest.rounded(.down).settingText) s from the first to the last"
            )
        }
    }

    /// What finds the cadences in windows of the front end.
    package var cadenceScorer: CadenceScorer {
        CadenceScorer(
            cadences,
            tunes,
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

extension Tune {
    /// The keys of an element of `tunes`.
    package static let settings = SettingsTable<Tune>([
        .value("class", \.className, .name).required
            .help("The class that it tells, one of `classes`; several tunes may tell one."),
        .list("notes", \.notes, of: Note.settings, startingFrom: Note()).required,
        .value("tolerance", \.tolerance, .number(in: 0.02...0.3))
            .help("How much faster or slower it may be, as a share of every length."),
    ])
}

extension Tune.Note {
    /// The keys of an element of `notes`.
    package static let settings = SettingsTable<Tune.Note>([
        .value("hz", \.frequencyHz, .number(in: 200...7_800)).required
            .help("The frequency of the note, in Hz; 20 Hz more or less are the same."),
        .value("on_s", \.onSeconds, .number(in: 0.08...10)).required
            .help("How long it sounds, in seconds."),
        .value("off_s", \.offSeconds, .number(in: 0...5))
            .help("The rest until the next note, in seconds."),
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
