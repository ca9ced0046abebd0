import Detection
import Foundation
import LogMelFeatures
import ModelLibrary
import NeuralNetwork
import Platform
import Settings
import Testing

@Suite struct SoundModelTests {
    /// The reason for which a folder is refused, its path taken off.
    private func refusal(_ folder: ModelFolder) -> String? {
        do {
            _ = try SoundModel.load(folder: folder.path)
            return nil
        } catch {
            return error.description.replacing("\(folder.path)/", with: "")
        }
    }

    private func replacing(_ old: String, _ new: String) throws -> ModelFolder {
        #expect(ModelFolder.yaml.contains(old))
        return try ModelFolder(yaml: ModelFolder.yaml.replacing(old, with: new))
    }

    @Test func aFolderWithMatchingFilesIsLoaded() throws {
        let folder = try ModelFolder()
        let model = try SoundModel.load(folder: folder.path)
        #expect(model.name == "tiny")
        #expect(model.version == "2")
        #expect(model.inputShape == [1, 1, 4, 3])
        #expect(model.windowSamples == 3 * 160 + 64)
        #expect(model.about.network.activation == .sigmoid)
        #expect(model.classes.map(\.label) == ["Bell", "Other"])
        #expect(model.classes.map(\.isPrivate) == [false, true])
        #expect(model.about.rule.on == 0.6)
        #expect(model.about.classRules["bell"]?.smoothing?.windows == 5)
        #expect(model.about.collectors == ["other"])
        #expect(model.about.eventClasses.map(\.name) == ["bell", "other", "unknown"])
    }

    @Test func aModelSaysHowFarItsScoresCanBeBelieved() throws {
        let folder = try replacing(
            "rule: {smoothing: 5}}",
            "enabled: false, calibration: {slope: 0.5, offset: -1}}"
        )
        let text = try String(contentsOfFile: "\(folder.path)/model.yaml", encoding: .utf8)
        let more = "\ncalibration: {temperature: 2}\nopen_set: {score: margin, threshold: 1.5}\n"
        try folder.write(Data((text + more).utf8), to: "model.yaml")
        let about = try SoundModel.load(folder: folder.path).about
        #expect(
            about.scoreCalibration
                == ScoreCalibration(
                    temperature: 2,
                    classes: [LogisticCalibration(slope: 0.5, offset: -1), nil]
                )
        )
        #expect(about.openSet.score == .margin)
        #expect(about.openSet.threshold == 1.5)
        #expect(about.classRules["bell"]?.isEnabled == false)
    }

    @Test func aCalibrationThatCannotBeIsRefusedWithItsPlace() throws {
        let folder = try replacing("label: Bell,", "label: Bell, calibration: {slope: 0},")
        let text = try #require(refusal(folder))
        #expect(
            text.contains(
                "classes[0].calibration.slope: found '0', allowed: a number from 0.01 to 100"
            )
        )
    }

    @Test func theNameOfUnknownSoundsIsNotForAClass() throws {
        let folder = try replacing("name: bell", "name: unknown")
        let text = try #require(refusal(folder))
        #expect(text.contains("classes[0].name: found 'unknown', allowed: any other name"))
    }

    @Test func aFolderWithoutFilesIsRefused() throws {
        #expect(
            throws: ModelFolderError.unreadable(
                path: "/nowhere/model.yaml",
                reason: "no such file"
            )
        ) {
            try SoundModel.load(folder: "/nowhere")
        }
        #expect(
            refusal(try ModelFolder(network: nil)) == "Cannot read 'model.onnx': no such file. "
                + "A model is a folder with model.yaml and model.onnx or model.tflite; copy it again."
        )
    }

    @Test func aTruncatedNetworkIsRefused() throws {
        let folder = try ModelFolder()
        let whole = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/model.onnx"))
        try folder.write(whole.dropLast(10), to: "model.onnx")
        let text = refusal(folder) ?? ""
        #expect(text.hasPrefix("Cannot use the network 'model.onnx': "))
        #expect(text.hasSuffix("Export or copy the file again."))
        #expect(!text.contains("\n"))
    }

    @Test func aTextAsNetworkIsRefused() throws {
        let folder = try ModelFolder()
        try folder.write(Data("not a network\n".utf8), to: "model.onnx")
        #expect(refusal(folder)?.hasPrefix("Cannot use the network 'model.onnx': ") == true)
    }

    @Test func everyProblemOfTheDescriptionIsReportedWithItsPlace() throws {
        let folder = try replacing("band_count: 3", "bandcount: 3\n  window: hanning")
        let yaml = try String(contentsOfFile: "\(folder.path)/model.yaml", encoding: .utf8)
            .replacing("label: Bell", with: "lable: Bell")
        try folder.write(Data(yaml.utf8), to: "model.yaml")
        let lines = (refusal(folder) ?? "").split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0].hasPrefix("model.yaml:5:3: front_end.bandcount: found an unknown key"))
        #expect(lines[0].hasSuffix("did you mean 'band_count'?"))
        #expect(lines[1].hasPrefix("model.yaml:6:11: front_end.window: found 'hanning', allowed: "))
        #expect(lines[2].hasPrefix("model.yaml:17:18: classes[0].lable: found an unknown key"))
        #expect(lines[3].hasPrefix("model.yaml:17:5: classes[0].label: found nothing"))
    }

    @Test func aFrontEndThatCannotBeComputedIsRefusedAtItsLine() throws {
        #expect(
            refusal(try replacing("fft_length: 64", "fft_length: 62"))
                == "model.yaml:7:18: front_end.window_length: found 64, "
                + "allowed: 2 to fft_length, which is 62"
        )
        #expect(
            refusal(try replacing("band_count: 3", "compression: {kind: loud}"))?
                .hasPrefix("model.yaml:5:23: front_end.compression.kind: found 'loud', allowed: ")
                == true
        )
        #expect(
            refusal(try replacing("band_count: 3", "band_count: three"))
                == "model.yaml:5:15: front_end.band_count: found 'three', allowed: a whole number "
                + "from 1 to 1048576"
        )
    }

    @Test func aMissingSectionIsNamed() throws {
        let yaml = ModelFolder.yaml.split(separator: "classes:")[0]
        #expect(
            refusal(try ModelFolder(yaml: String(yaml)))
                == "model.yaml:1:1: classes: found nothing, allowed: a list, each element beginning with '- '; "
                + "add the key 'classes' to this section"
        )
    }

    @Test func twoClassesOfOneNameAreRefused() throws {
        #expect(
            refusal(try replacing("name: other", "name: bell"))
                == "model.yaml:17:12: classes[1].name: found 'bell' again, "
                + "allowed: a different name for each class"
        )
    }

    @Test func aNetworkWithAnotherInputNameIsRefused() throws {
        let network = ModelFolder.network(inputs: [ModelFolder.input(nil, name: "x")])
        #expect(
            refusal(try ModelFolder(network: network))
                == "'model.onnx' does not match its model.yaml: "
                + "no input 'patches', only 'x'."
        )
    }

    @Test func aNetworkWithAnotherShapeIsRefused() throws {
        let network = ModelFolder.network(
            inputs: [ModelFolder.input([.symbolic("N"), .fixed(1), .fixed(96), .fixed(64)])])
        #expect(
            refusal(try ModelFolder(network: network))
                == "'model.onnx' does not match its model.yaml: input "
                + "'patches' has the shape [N, 1, 96, 64], but front_end and window_frames give "
                + "[1, 1, 4, 3], with axes of length 1 anywhere."
        )
    }

    @Test func aNetworkWithAnotherNumberOfScoresIsRefused() throws {
        let network = ModelFolder.network(scores: [.fixed(1), .fixed(3)])
        #expect(
            refusal(try ModelFolder(network: network))?.hasSuffix(
                "output 'scores' has 3 numbers for 2 classes."
            ) == true
        )
    }

    @Test func aNetworkThatComputesAnotherNumberOfScoresThanItDeclaresIsRefused() throws {
        let network = ModelFolder.network(
            scores: [.symbolic("N"), .symbolic("classes")],
            weightColumns: 3
        )
        #expect(
            refusal(try ModelFolder(network: network))?.hasSuffix(
                "output 'scores' has type float[1, 3] for one window, but there are 2 classes."
            ) == true
        )
    }

    @Test func aNetworkWithAnOperatorThatDoesNotExistIsRefused() throws {
        var network = ModelFolder.network()
        network.graph.nodes[1].operatorType = "Imagine"
        #expect(
            refusal(try ModelFolder(network: network))?.hasPrefix(
                "Cannot use the network 'model.onnx': Node "
            ) == true
        )
    }

    @Test func aNetworkThatDoesNotGiveFloatsIsRefused() throws {
        #expect(
            refusal(try ModelFolder(network: ModelFolder.network(type: .int64)))?.hasSuffix(
                "'scores' has type int64, not float."
            ) == true
        )
    }

    @Test func aNetworkWithoutAnOutputOfThatNameIsRefused() throws {
        #expect(
            refusal(try replacing("scores: scores", "scores: logits"))?.hasSuffix(
                "no output 'logits', only 'scores'."
            ) == true
        )
    }

    @Test(arguments: [
        ([NeuralNetwork.Dimension.unknown, .fixed(4), .fixed(3)], [1, 4, 3]),
        ([.symbolic("frames"), .fixed(3)], [4, 3]),
    ])
    func aNetworkWithFewerAxesIsGivenItsShape(
        declared: [NeuralNetwork.Dimension],
        shape: [Int]
    ) throws {
        let folder = try ModelFolder(
            network: ModelFolder.network(inputs: [ModelFolder.input(declared)])
        )
        #expect(try SoundModel.load(folder: folder.path).inputShape == shape)
    }
}

extension SoundModelTests {
    @Test func aNetworkWithAnotherChecksumThanNamedIsRefused() throws {
        let wrong = String(repeating: "0", count: 64)
        let yaml = ModelFolder.yaml.replacing(
            "activation: sigmoid",
            with: "activation: sigmoid\n  sha256: '\(wrong)'"
        )
        let folder = try ModelFolder(yaml: yaml)
        let written = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/model.onnx"))
        let digest = SHA256Digest(of: [UInt8](written))
        #expect(
            throws: ModelFolderError.mismatch(
                path: "\(folder.path)/model.onnx",
                reason: "its SHA-256 is \(digest), but model.yaml gives '\(wrong)'"
            )
        ) {
            try SoundModel.load(folder: folder.path)
        }
        try folder.write(Data(yaml.replacing(wrong, with: "\(digest)").utf8), to: "model.yaml")
        #expect(try SoundModel.load(folder: folder.path).name == "tiny")
    }
}
