import LogMelFeatures
import NeuralNetwork
import Platform
import Settings
import Testing

@testable import ModelLibrary

@Suite struct AddedModelTests {
    /// A network of which only inputs and outputs are looked at.
    private func network(_ input: [Int], scores: Int, more: [Int] = []) -> Model {
        func value(_ name: String, _ shape: [Int]) -> ValueInfo {
            ValueInfo(name: name, elementType: .float32, shape: shape.map { .fixed($0) })
        }
        var outputs = [value("scores", [1, scores])]
        outputs += more.enumerated().map { value("more\($0)", [1, $1]) }
        return Model(
            operatorSets: [OperatorSet(version: 13)],
            graph: Graph(
                name: "test",
                nodes: [],
                initializers: [],
                inputs: [value("sound", input)],
                outputs: outputs
            )
        )
    }

    private func added(
        _ network: Model,
        _ options: AddedModelOptions = AddedModelOptions(),
        labels: [String]? = nil
    ) throws -> AddedModel {
        try AddedModel(
            network,
            fileName: "My sounds.tflite",
            labels: labels,
            options: options,
            digest: SHA256Digest(of: [])
        )
    }

    private func refusal(
        _ network: Model,
        labels: [String]? = nil,
        _ change: (inout AddedModelOptions) -> Void = { _ in }
    ) throws -> AddedModelError? {
        var options = AddedModelOptions()
        change(&options)
        do {
            _ = try added(network, options, labels: labels)
            return nil
        } catch let error as AddedModelError {
            return error
        }
    }

    /// The description, which the text of the file has to give back.
    private func about(_ added: AddedModel) throws -> ModelDescription {
        let read = try ModelDescription.read(added.text, file: "model.yaml")
        // Said in short: a description of thousands of classes is long.
        let isSame = read == added.about
        #expect(isSame)
        return read
    }

    @Test func yamnetOfSamplesIsKnownAndGroupedForAHome() throws {
        let about = try about(added(network([15_600], scores: 521, more: [6_144])))
        #expect(about.name == "yamnet")
        #expect(about.frontEnd.sampleRateHz == 16_000)
        #expect(about.frontEnd.representation == .waveform)
        #expect(about.frontEnd.hopLength * about.network.windowFrames == 15_600)
        #expect(about.network.hopSeconds == 0.48)
        #expect(about.provenance.licence.contains("Apache"))
        #expect(about.classes.count == 521 && about.classes[69].label == "Dog")
        #expect(about.groups.count > 40)
        let dog = try #require(about.groups.first { $0.soundClass.name == "dog" })
        #expect(dog.members.contains("whimper_dog") && dog.soundClass.rule.on == 0.45)
        let speech = try #require(about.groups.first { $0.soundClass.name == "speech" })
        #expect(speech.soundClass.isPrivate)
        #expect(about.classes.first { $0.name == "wail_moan" }?.isPrivate == true)
        #expect(!about.eventClasses.contains { $0.name == "bark" })
        #expect(about.soundClasses.filter(\.isEnabled).count <= about.groups.count)
    }

    @Test func everyMemberOfAGroupIsAClassOfYAMNet() {
        let known = Set(AudioSetLabels.yamnet)
        #expect(known.count == 521)
        for row in HouseholdGroups.rows {
            for member in row.members { #expect(known.contains(member), "\(member)") }
        }
        for name in HouseholdGroups.privateClasses { #expect(known.contains(name), "\(name)") }
    }

    @Test func yamnetOfSpectrogramsTakesItsOwnFrontEnd() throws {
        let about = try about(added(network([1, 96, 64], scores: 521)))
        #expect(about.name == "yamnet" && about.network.windowFrames == 96)
        #expect(about.frontEnd == Preset.yamnet.frontEnd)
    }

    @Test func yamnetOfSamplesThatGivesItsSpectrogramIsUsedFromThereOn() throws {
        var network = network([15_600], scores: 521)
        network.graph.outputs.append(
            ValueInfo(name: "mel", elementType: .float32, shape: [.fixed(96), .fixed(64)])
        )
        network.graph.nodes = [
            Node("FrontEnd", inputs: ["sound"], outputs: ["mel"]),
            Node("Body", inputs: ["mel"], outputs: ["scores"]),
        ]
        let about = try about(added(network))
        #expect(about.network.input == "mel" && about.network.windowFrames == 96)
        #expect(about.frontEnd == Preset.yamnet.frontEnd)
    }

    @Test func aNetworkThatLeavesItsFramesOpenIsRefusedByItsShape() throws {
        var network = network([1, 1, 96, 64], scores: 3)
        network.graph.inputs[0].shape?[2] = .symbolic("frames")
        let error = try #require(try refusal(network) { $0.preset = .earwitness })
        #expect(error.exitCode == 65)
        #expect(error.description.contains("open ([1, 1, frames, 64])"), "\(error)")
    }

    @Test func birdNETHasNamesForEveryLanguageAndLogits() throws {
        let species = (0..<6_522).map { "Avis numero\($0)_Vogel \($0)" }
        var options = AddedModelOptions()
        options.sensitivity = 1.25
        let about = try about(
            added(network([1, 144_000], scores: 6_522), options, labels: species)
        )
        #expect(about.name == "birdnet")
        #expect(about.frontEnd.sampleRateHz == 48_000)
        #expect(about.classes[7].name == "avis_numero7" && about.classes[7].label == "Vogel 7")
        #expect(about.network.activation == .sigmoid)
        #expect(about.network.sensitivity == 1.25)
        #expect(abs(about.temperature - 1 / 0.75) < 1e-5)
        #expect(about.network.overlapSeconds == 1.5 && about.hopSeconds == 1.5)
        #expect(about.provenance.licence.contains("NC-SA"))
    }

    @Test func overlapAndPlaceAreWrittenAsBirdNETCallsThem() throws {
        var options = AddedModelOptions()
        options.overlap = 2
        (options.location.latitude, options.location.longitude) = (52.5, -13.25)
        options.location.week = 18
        let labels = (0..<6_522).map { "Avis \($0)" }
        let added = try added(network([1, 144_000], scores: 6_522), options, labels: labels)
        #expect(try about(added).hopSeconds == 1)
        #expect(added.text.contains("  overlap: 2\n"))
        #expect(
            added.text.contains("location:\n  latitude: 52.5\n  longitude: -13.25\n  week: 18\n")
        )
    }

    @Test func anOverlapOfAWholeWindowIsRefused() throws {
        let network = network([1, 144_000], scores: 6_522)
        let labels = (0..<6_522).map { "Avis \($0)" }
        let error = try #require(try refusal(network, labels: labels) { $0.overlap = 3 })
        #expect(error.exitCode == 64)
        #expect(error.description.contains("less than the window's 3.0"), "\(error)")
    }

    @Test func aSoundProjectOfTeachableMachineIsCalledAfterItsFile() throws {
        let labels = try #require(ClassLabels.read("0 Background Noise\n1 Kettle\n2 \"Tap\"\n"))
        let about = try about(added(network([1, 44_032], scores: 3), labels: labels))
        #expect(about.name == "my_sounds")
        #expect(about.frontEnd.sampleRateHz == 44_100)
        #expect(about.classes.map(\.name) == ["background_noise", "kettle", "tap"])
        #expect(about.classes[2].label == "\"Tap\"")
        #expect(about.provenance.licence == "Unknown licence: see where you got it.")
    }

    @Test func samplesOfUnknownRateAreAskedFor() throws {
        let error = try #require(try refusal(network([1, 16_000], scores: 4)))
        #expect(error.exitCode == 64)
        #expect(error.description.contains("--rate HZ, such as 16000 (1.0 s)"))
        var options = AddedModelOptions()
        options.sampleRateHz = 16_000
        let added = try added(network([1, 16_000], scores: 4), options)
        let about = try about(added)
        #expect(about.frontEnd.hopLength == 160 && about.network.windowFrames == 100)
        #expect(about.classes.map(\.name) == ["class_0", "class_1", "class_2", "class_3"])
        #expect(added.notices.count == 1 && added.notices[0].contains("--labels FILE"))
    }

    @Test func aSpectrogramOfUnknownMakeIsAskedForByWhatFits() throws {
        let network = network([1, 128, 87, 1], scores: 4)
        let error = try #require(try refusal(network))
        #expect(error.exitCode == 64)
        #expect(error.description.contains("--preset NAME, one of librosa, htk, mel128 ("))
        var options = AddedModelOptions()
        options.preset = .librosa
        let about = try about(added(network, options))
        #expect(about.frontEnd.layout == .bandsByFrames && about.network.windowFrames == 87)
        options.preset = .kaldi
        let adapted = try self.about(added(self.network([1, 98, 40], scores: 4), options))
        #expect(adapted.frontEnd.bandCount == 40 && adapted.network.windowFrames == 98)
    }

    @Test func whatCannotBeListenedWithIsSaid() throws {
        let browser = try #require(try refusal(network([1, 43, 232, 1], scores: 3)))
        #expect(browser.exitCode == 65 && browser.description.contains("as TensorFlow Lite"))
        let picture = try #require(try refusal(network([1, 3, 224, 224], scores: 3)))
        #expect(picture.exitCode == 65 && picture.description.contains("3 axes longer than 1"))
        let outputs = try #require(
            try refusal(network([1, 16_000], scores: 4, more: [9])) { $0.sampleRateHz = 16_000 }
        )
        #expect(outputs.exitCode == 64)
        #expect(outputs.description.contains("--scores NAME: scores (4 numbers), more0 (9"))
        let few = try #require(try refusal(network([15_600], scores: 521), labels: ["a", "b"]))
        #expect(few.description.contains("2 labels for the network's 521 classes"))
        let name = try #require(
            try refusal(network([15_600], scores: 521)) { $0.name = "a/b" }
        )
        #expect(name.exitCode == 64 && name.description.contains("--name"))
    }

    @Test func labelsAreReadFromCSVByTheColumnOfNames() throws {
        let csv = "index,mid,display_name\n0,/m/1,Speech\n1,/m/2,\"Child speech, kid\"\n"
        #expect(ClassLabels.read(csv) == ["Speech", "Child speech, kid"])
        #expect(ClassLabels.read("one\r\ntwo\r\n\n") == ["one", "two"])
        #expect(ClassLabels.read("\n\n") == nil)
    }

    @Test func labelsThatGiveOneNameGetNumbers() {
        let labels = ClassLabels(["Dog!", "dog", "unknown", "...", "日本"])
        #expect(labels.names == ["dog", "dog_2", "unknown_2", "sound", "日本"])
    }
}
