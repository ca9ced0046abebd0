import Foundation
import NeuralNetwork
import Testing

@testable import ModelLibrary

/// Which classes a place leaves on, by a network beside the model's own.
@Suite struct SpeciesRangeTests {
    /// A location's network: the first class as likely as a thousandth of the latitude, the second
    /// in no week but in the year, which is asked for as -1.
    private static func network(classes: Int = 2) -> Model {
        var weights = [Float](repeating: 0, count: 3 * classes)
        weights[0] = 0.001
        weights[2 * classes + 1] = -0.04
        return Model(
            operatorSets: [OperatorSet(version: 13)],
            graph: Graph(
                name: "location",
                nodes: [Node("Gemm", inputs: ["place", "weights"], outputs: ["likely"])],
                initializers: [Tensor(name: "weights", shape: [3, classes], floats: weights)],
                inputs: [ModelFolder.input([.fixed(1), .fixed(3)], name: "place")],
                outputs: [
                    ValueInfo(
                        name: "likely",
                        elementType: .float32,
                        shape: [.fixed(1), .fixed(classes)]
                    )
                ]
            )
        )
    }

    private func folder(_ location: String, network: Model? = network()) throws -> ModelFolder {
        let folder = try ModelFolder(yaml: ModelFolder.yaml + "\nlocation: {\(location)}\n")
        if let network { try folder.write(Data(network.serialized()), to: SpeciesRange.fileName) }
        return folder
    }

    private func classesOn(_ location: String) throws -> [String] {
        let folder = try folder(location)
        let model = try SoundModel.load(folder: folder.path)
        return model.classes.filter(\.isEnabled).map(\.name)
    }

    @Test func onlyWhatOccursAtThePlaceInTheWeekIsOn() throws {
        #expect(try classesOn("latitude: 52, longitude: 13, week: 2") == ["bell"])
        #expect(try classesOn("latitude: -52, longitude: 13, week: 2") == [])
    }

    @Test func withoutAWeekWhatOccursInTheYearIsOn() throws {
        #expect(try classesOn("latitude: 52, longitude: 13") == ["bell", "other"])
        #expect(try classesOn("latitude: -52, longitude: 13, week: all") == ["other"])
    }

    @Test func aHigherThresholdLeavesFewer() throws {
        #expect(try classesOn("latitude: 52, longitude: 13, threshold: 0.05") == ["bell"])
    }

    @Test func aMissingNetworkIsNamed() throws {
        let folder = try folder("latitude: 52, longitude: 13", network: nil)
        #expect {
            try SoundModel.load(folder: folder.path)
        } throws: {
            "\($0)".contains("location.tflite") && "\($0)".contains("take the section 'location'")
        }
    }

    @Test func aNetworkOfOtherClassesIsRefused() throws {
        let folder = try folder("latitude: 52, longitude: 13", network: Self.network(classes: 3))
        #expect {
            try SoundModel.load(folder: folder.path)
        } throws: {
            "\($0)".contains("a number for each of the 2 classes")
        }
    }

    @Test func aLatitudeAloneIsAMistake() throws {
        let folder = try folder("latitude: 52")
        #expect {
            try SoundModel.load(folder: folder.path)
        } throws: {
            "\($0)".contains("location.latitude") && "\($0)".contains("without longitude")
        }
    }
}
