import Foundation
import LogMelFeatures
import ModelLibrary
import ONNXFormat

/// What `models inspect` tells of a model.
struct ModelReport {
    private let model: SoundModel

    /// Prepares the report of a model.
    init(_ model: SoundModel) {
        self.model = model
    }

    /// The whole report.
    var text: String {
        [summary, network, classes, metrics].filter { !$0.isEmpty }.joined(separator: "\n")
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
            input       \(model.about.network.input) \(model.inputShape)
            scores      \(model.about.network.scores), \(model.classes.count) classes
            parameters  \(parameterCount)

            """
    }

    private var parameterCount: Int {
        model.network.graph.initializers.reduce(0) { sum, tensor in
            sum + tensor.shape.reduce(1, *)
        }
    }

    private var network: String {
        let rows = model.network.graph.nodes.map { node in
            [node.name, node.operatorType, node.outputs.joined(separator: " ")]
        }
        return TextTable(header: ["layer", "operator", "gives"], rows: rows).text
    }

    private var classes: String {
        let rows = model.classes.map { soundClass in
            [
                soundClass.name, soundClass.label,
                soundClass.isReported ? "" : "off", soundClass.isPrivate ? "private" : "",
            ]
        }
        return TextTable(header: ["class", "label", "reported", "clips"], rows: rows).text
    }

    private var metrics: String {
        model.about.metrics.isEmpty
            ? ""
            : TextTable(
                header: ["metric", "value", "deviation", "how"],
                rows: model.about.metrics.map {
                    [
                        $0.name, "\($0.value)", $0.deviation.map { "± \($0)" } ?? "",
                        $0.protocolText,
                    ]
                }
            ).text
    }
}
