import Foundation
import NeuralNetwork
package import Settings

/// What `model.yaml` says of the place where a model listens: the section `location`.
package struct LocationDescription: Equatable, Sendable {
    /// The latitude in degrees, north positive; nil: unknown, so that no class is left out.
    package var latitude: Double?
    /// The longitude in degrees, east positive.
    package var longitude: Double?
    /// The week, four a month, as BirdNET counts them; nil: the whole year.
    package var week: Int?
    /// How likely a class must be there to be on.
    package var threshold: Float = 0.03

    /// Creates the description of no place.
    package init() {}

    /// The keys of the section `location`.
    package static let settings = SettingsTable<LocationDescription>([
        .optional("latitude", \.latitude, .number(in: -90...90), word: "none")
            .help("The latitude in degrees; classes that don't occur there are off."),
        .optional("longitude", \.longitude, .number(in: -180...180), word: "none")
            .help("The longitude in degrees."),
        .optional("week", \.week, .wholeNumber(in: 1...weeks), word: "all")
            .help("The week of the year, four a month: 1 is early January, 48 late December."),
        .value("threshold", \.threshold, .number(in: 0...1))
            .help("How likely a class must be at that place in that week to be on."),
    ])

    /// The weeks of BirdNET's year.
    package static let weeks = 48

    /// What the location's network is given, shape `[3]`; nil: there is no place.
    ///
    /// BirdNET's network takes week -1 as the whole year.
    fileprivate var question: [Float]? {
        guard let latitude, let longitude else { return nil }
        return [Float(latitude), Float(longitude), Float(week ?? -1)]
    }
}

/// The network beside a model's own that knows which of its classes occur where and when.
///
/// As BirdNET's: latitude, longitude and week, shape `[1, 3]`, to a number from 0 to 1 a class.
package enum SpeciesRange {
    /// The name of its file in a model's folder.
    package static let fileName = "location.tflite"
}

extension ModelDescription {
    /// Switches off the classes that don't occur at the place where the model listens.
    ///
    /// What a class's own `rule.enabled` or the configuration says goes before it.
    ///
    /// - Parameter folder: The model's folder.
    /// - Throws: That the location's network is missing, can't run or knows other classes.
    mutating func leaveOutAbsentClasses(folder: String) throws(ModelFolderError) {
        guard let question = location.question else { return }
        let path = "\(folder)/\(SpeciesRange.fileName)"
        guard let content = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
            throw .unreadable(
                path: path,
                reason: "there is no such file, but model.yaml gives a location. Put BirdNET's "
                    + "network for locations (MData_Model) there, or take the section 'location' out"
            )
        }
        let likelihoods: [Float]
        do {
            let session = try InferenceSession(model: Model(serialized: [UInt8](content)))
            guard let input = session.inputs.first, session.inputs.count == 1,
                input.type.elementCount == 3, let output = session.outputs.first,
                output.type.elementCount == classes.count
            else {
                throw ModelFolderError.mismatch(
                    path: path,
                    reason: "it does not give a number for each of the \(classes.count) classes "
                        + "from latitude, longitude and week"
                )
            }
            let tensor = Tensor(name: input.name, shape: input.type.shape, floats: question)
            likelihoods = try session.run([tensor]).first?.floats ?? []
        } catch let error as ModelFolderError {
            throw error
        } catch {
            throw .unusableNetwork(path: path, reason: "\(error)")
        }
        for index in classes.indices where !(likelihoods[index] >= location.threshold) {
            classes[index].isEnabled = false
        }
    }
}
