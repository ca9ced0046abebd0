import Detection
import Foundation
import NeuralNetwork
import Platform
import Settings
import TestSupport
import Testing

@testable import ModelLibrary

/// What was learnt, behind the network of the model that it was learnt for.
@Suite struct LearntSoundTests {
    private func sound(
        _ name: String,
        for model: SoundModel,
        not notClass: String? = nil,
        weight: Float = 0,
        bias: Float
    ) -> LearntSound {
        LearntSound(
            name: name,
            label: name.capitalized,
            notClass: notClass,
            model: model.name,
            modelDigest: model.digest.description,
            head: LinearHead(
                weights: [Float](repeating: weight, count: model.embedding?.length ?? 0),
                bias: bias
            ),
            on: 0.6,
            off: 0.36,
            learntAt: Date(timeIntervalSince1970: 1_800_000_000),
            examples: ["1.flac"],
            recognised: 1,
            otherWindows: 10,
            mistakenWindows: 0
        )
    }

    /// The calibrated scores of the classes that are reported for a window of ones.
    private func scores(of model: SoundModel) throws -> [String: Float] {
        let session = try model.makeSession()
        let input = [Float](repeating: 1, count: model.inputShape.reduce(1, *))
        var outputs = [Float](repeating: 0, count: model.about.classes.count)
        var result = outputs.mutableSpan
        try session.run(
            input.span,
            shape: model.inputShape,
            output: model.about.network.scores,
            into: &result
        )
        let logits = try model.about.network.activation.probabilities(of: outputs)
            .map(Logit.of(probability:))
        let pooled = ClassPool(model.about)
            .scores(of: model.about.scoreCalibration.scores(ofLogits: logits))
        return Dictionary(
            uniqueKeysWithValues: zip(model.classes.map(\.name), pooled).map { ($0, $1) }
        )
    }

    @Test func aLearntClassIsOneMoreClassWithItsScoreAndItsRule() throws {
        let folder = try ModelFolder()
        let model = try SoundModel.load(folder: folder.path)
        #expect(model.embedding?.name == "flat")
        #expect(model.embedding?.shape == [1, 12])
        let taught = model.adding([sound("kettle", for: model, weight: 0.1, bias: -0.2)])
        #expect(taught.classes.map(\.name) == ["bell", "other", "kettle"])
        #expect(taught.about.classRules["kettle"]?.on == 0.6)
        let (before, after) = (try scores(of: model), try scores(of: taught))
        #expect(after["bell"] == before["bell"])
        #expect(abs((after["kettle"] ?? 0) - Logit.probability(of: 1)) < 1e-5)
        #expect(taught.embedding == model.embedding)
        #expect(taught.digest == model.digest)
    }

    @Test func aLearntClassKeepsItsScoreWhereTheModelHasATemperatureAndGroups() throws {
        let yaml =
            ModelFolder.yaml + """

                calibration: {temperature: 2}
                groups:
                  - {name: chime, label: Chime, members: [bell]}
                """
        let folder = try ModelFolder(yaml: yaml)
        let model = try SoundModel.load(folder: folder.path)
        let taught = model.adding([sound("kettle", for: model, weight: 0.1, bias: -0.2)])
        #expect(abs((try scores(of: taught)["kettle"] ?? 0) - Logit.probability(of: 1)) < 1e-5)
        #expect(taught.about.classRules["kettle"]?.isEnabled == true)
    }

    @Test(arguments: ["bell", "chime"]) func whatIsNotAClassLimitsItsReportedScore(
        name: String
    ) throws {
        let calibrated = ModelFolder.yaml.replacing(
            "label: Bell,",
            with: "label: Bell, calibration: {slope: 1.5, offset: 2},"
        )
        let groups = """

            calibration: {temperature: 2}
            groups:
              - {name: chime, label: Chime, members: [bell], calibration: {slope: 0.5, offset: 1}}
            """
        let folder = try ModelFolder(yaml: calibrated + (name == "chime" ? groups : ""))
        let model = try SoundModel.load(folder: folder.path)
        let before = try scores(of: model)
        try #require((before[name] ?? 0) > 0.7)
        let taught = model.adding([sound("not-\(name)", for: model, not: name, bias: 1.5)])
        #expect(taught.classes == model.classes)
        let after = try scores(of: taught)
        // The veto has the probability of 1.5; what is left is the rest.
        #expect(abs((after[name] ?? 0) - Logit.probability(of: -1.5)) < 1e-4)
        #expect(after["other"] == before["other"])
        let weak = model.adding([sound("not-\(name)", for: model, not: name, bias: -9)])
        #expect(try scores(of: weak) == before)
    }

    @Test func whatWasLearntForAnotherNetworkIsNotInForceAndSaysSo() throws {
        let folder = try ModelFolder()
        let model = try SoundModel.load(folder: folder.path)
        var old = sound("kettle", for: model, bias: 0)
        old.modelDigest = "0123"
        let state = try TemporaryFolder()
        let library = LearntLibrary(folder: state.file("learnt"))
        try library.write(old) {
            try Data("clip".utf8).write(to: URL(fileURLWithPath: "\($0)/1.flac"))
        }
        let (models, remarks, inForce) = library.applied(to: [model])
        #expect(models[0].classes == model.classes)
        #expect(inForce.isEmpty)
        #expect(
            remarks == [
                "The learnt 'kettle' is not in force: it was learnt for another network of 'tiny'; "
                    + "run 'earwitness learn again'."
            ]
        )
        #expect(library.list().sounds == [old])
        #expect(FileManager.default.fileExists(atPath: state.file("learnt/kettle/1.flac")))
        try library.remove("kettle")
        #expect(library.list().sounds.isEmpty)
    }

    @Test func aDamagedFileIsNamedAndTheOthersStayInForce() throws {
        let folder = try ModelFolder()
        let model = try SoundModel.load(folder: folder.path)
        let state = try TemporaryFolder()
        let library = LearntLibrary(folder: state.file("learnt"))
        try library.write(sound("kettle", for: model, bias: 0)) { _ in }
        try state.write("{\"name\":", to: "learnt/gate/learnt.json")
        let (models, remarks, inForce) = library.applied(to: [model])
        #expect(models[0].classes.map(\.name) == ["bell", "other", "kettle"])
        #expect(models[0].learnt == ["kettle"])
        #expect(inForce.map(\.name) == ["kettle"])
        try #require(remarks.count == 1)
        #expect(remarks[0].contains("learnt/gate/learnt.json' can't be read"))
    }

    @Test func whatCannotBeWrittenLeavesWhatWasThere() throws {
        struct Failed: Error {}
        let folder = try ModelFolder()
        let model = try SoundModel.load(folder: folder.path)
        let state = try TemporaryFolder()
        let library = LearntLibrary(folder: state.file("learnt"))
        let first = sound("kettle", for: model, bias: 0)
        try library.write(first) { _ in }
        #expect(throws: Failed.self) {
            try library.write(sound("kettle", for: model, bias: 1)) { _ in throw Failed() }
        }
        #expect(library.list().sounds == [first])
        let left = try FileManager.default.contentsOfDirectory(atPath: library.folder)
        #expect(left == ["kettle"])
    }
}
