import Detection
import Evaluation
import Foundation
import LogMelFeatures
import ModelLibrary
import NeuralNetwork
import Settings
import SoundDatasets

/// What `models inspect` shows of a model.
struct ModelReport {
    private let model: SoundModel
    /// Nil where cadences take the network's place.
    private let network: ModelSummary?
    private let width: Int?

    /// Prepares the report of a model.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - width: The columns of the terminal that names of layers are shortened for; nil: as they
    ///     are.
    /// - Throws: When the network can't run.
    init(_ model: SoundModel, width: Int? = nil) throws(ModelError) {
        self.model = model
        self.width = width
        network = model.about.hasCadences ? nil : try ModelSummary(of: model)
    }

    /// The whole report.
    var text: String {
        [summary, layers, classes, metrics].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private var summary: String {
        let frontEnd = model.frontEnd
        let window = Double(model.windowSamples) / Double(frontEnd.sampleRateHz)
        return """
            \(model.name) \(model.version)
            \(model.about.summary)
            folder      \(model.folder)
            sha256      \(model.digest)
            front end   \(frontEnd.sampleRateHz) Hz, window \(frontEnd.windowLength), FFT \
            \(frontEnd.fftLength), hop \(frontEnd.hopLength), \(frontEnd.bandCount) bands \
            \(Int(frontEnd.minimumFrequencyHz))-\(Int(frontEnd.maximumFrequencyHz)) Hz
            window      \(model.windowFrames) frames, \(String(format: "%.3f", window)) s
            \(network.map(summary) ?? cadences)
            \(location)
            """
    }

    private func summary(of network: ModelSummary) -> String {
        """
        input       \(model.about.network.input) \(model.inputShape)
        scores      \(model.about.network.scores), \(classCount)
        network     opset \(network.opset)\(producer(of: network)), \(network.layers.count) layers, \
        \(network.parameterCount) parameters, \(network.multiplyAdds) multiply-adds a window, \
        \(String(format: "%.1f", Double(network.byteCount) / 1e6)) MB
        streaming   \(StreamingText(model: model, network: network).text)
        """
    }

    /// A line for each cadence and tune.
    private var cadences: String {
        let cadences = model.about.cadences.map { cadence in
            let (lowest, highest) = (cadence.frequencyHz.lowerBound, cadence.frequencyHz.upperBound)
            return "cadence     \(cadence.className): \(Int(lowest))-\(Int(highest)) Hz, "
                + "\(cadence.pulses) x \(cadence.onSeconds) s with gaps of \(cadence.offSeconds) s, "
                + "every \(cadence.periodSeconds) s"
        }
        let tunes = model.about.tunes.map { tune in
            let notes = tune.notes.map { String(Int($0.frequencyHz)) }.joined(separator: ", ")
            let seconds = tune.durationSeconds.settingText
            return "tune        \(tune.className): \(notes) Hz in \(seconds) s"
        }
        return (cadences + tunes).joined(separator: "\n")
    }

    /// The line about the place where the model listens; empty if there is none.
    private var location: String {
        let place = model.about.location
        guard let latitude = place.latitude, let longitude = place.longitude else { return "" }
        let week = place.week.map { "week \($0)" } ?? "all weeks"
        let classes = model.about.classes
        let count = classes.count(where: \.isEnabled)
        return "location    \(latitude), \(longitude), \(week): \(count) of \(classes.count) "
            + "classes occur\n"
    }

    private var classCount: String {
        let (network, groups) = (model.about.classes.count, model.about.groups.count)
        return groups == 0
            ? "\(network) classes" : "\(network) classes, \(groups) groups of them reported"
    }

    private func producer(of network: ModelSummary) -> String {
        network.producer.isEmpty ? "" : " by \(network.producer)"
    }

    private var layers: String {
        network.map { LayerTable(layers: $0.layers, width: width).text } ?? ""
    }

    private var classes: String {
        let groups = model.about.groups
        let rows = model.classes.enumerated().map { place, soundClass in
            [
                soundClass.name, soundClass.label,
                soundClass.isReported ? (soundClass.isEnabled ? "" : "off") : "never",
                soundClass.isPrivate ? "private" : "",
            ] + (groups.isEmpty ? [] : [members(ofClassAt: place)])
        }
        let header = ["class", "label", "reported", "clips"] + (groups.isEmpty ? [] : ["made of"])
        return TextTable(header: header, rows: rows).text
    }

    private func members(ofClassAt place: Int) -> String {
        let groups = model.about.groups
        return groups.indices.contains(place) ? groups[place].members.joined(separator: " ") : ""
    }

    private var metrics: String {
        model.about.metrics.isEmpty
            ? ""
            : TextTable(
                header: ["metric", "value", "deviation", "protocol"],
                rows: model.about.metrics.map {
                    [
                        $0.name, "\($0.value)", $0.deviation.map { "± \($0)" } ?? "",
                        $0.protocolText,
                    ]
                }
            ).text
    }
}

/// How a model's network follows a stream, and why, in words.
struct StreamingText {
    /// The model.
    let model: SoundModel
    /// What its network is made of.
    let network: ModelSummary

    /// One or more lines, without the last one's end.
    var text: String {
        if let reason = model.reasonForWholeWindows { return "window by window: \(reason)" }
        switch network.streaming {
        case .windowByWindow(let reason):
            return "window by window: \(reason)"
        case .hopByHop(_, let hopFrames, let report):
            let hopSeconds =
                Double(hopFrames * model.frontEnd.hopLength) / Double(model.frontEnd.sampleRateHz)
            let share = Double(report.hopWork) / Double(max(1, report.windowWork)) * 100
            let line =
                "incrementally: a hop of \(hopFrames) frame(s), "
                + String(format: "%.3f s, costs %.1f %% of a window", hopSeconds, share)
            let reasons = report.wholeWindowReasons.map {
                "\n            except: \($0)"
            }
            return line + reasons.joined()
        }
    }
}

extension ModelSummary {
    /// Summarises a model's network for its window.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - hopFrames: The frames by which a stream's window moves on; nil for the fewest.
    /// - Throws: When the network can't run.
    init(of model: SoundModel, hopFrames: Int? = nil) throws(ModelError) {
        try self.init(
            model: model.network,
            options: model.loadOptions,
            hopFrames: hopFrames,
            timeAxis: model.timeAxis
        )
    }
}
