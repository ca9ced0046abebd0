import LogMelFeatures
import ModelLibrary
import ONNXFormat

/// A trained model whose probabilities a training takes for a part of its targets.
package struct Teacher: Sendable {
    /// What the model is called on the card.
    package let name: String
    /// The digest of its network, by which a resumed training knows it again.
    package let digest: String
    let model: SoundModel
    /// Where each class of the training is among the teacher's scores.
    let places: [Int]

    /// What stands for the number of the fold in the path of a teacher.
    package static let foldMark = "{fold}"

    /// Takes a teacher from a model folder.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - classNames: The training's classes, of which it must have all and no other.
    ///   - settings: The training's, whose front end, normalisation aside, and window it must have.
    /// - Throws: What cannot be read, or why the training cannot learn from it.
    package init(
        path: String,
        classNames: [String],
        settings: TrainingSettings
    ) throws(TrainingError) {
        func refusal(_ reason: String) -> TrainingError {
            .unusableTeacher(path: path, reason: reason)
        }
        let model: SoundModel
        do {
            model = try SoundModel.load(folder: path)
        } catch {
            throw .unreadableTeacher(reason: error.description)
        }
        let design = settings.design
        guard Self.isSame(model.frontEnd, design.frontEnd) else {
            throw refusal(
                "its front end (\(Self.text(of: model.frontEnd))) is not the training's "
                    + "(\(Self.text(of: design.frontEnd))) in all settings"
            )
        }
        guard model.windowFrames == design.windowFrames else {
            throw refusal(
                "its window has \(model.windowFrames) frames, the training's "
                    + "\(design.windowFrames)"
            )
        }
        let names = model.classes.map(\.name)
        let wanted = ClassName.unique(classNames)
        guard names.sorted() == wanted.sorted() else {
            throw refusal(
                "its classes are \(names.sorted().joined(separator: ", ")), the training's "
                    + "\(wanted.sorted().joined(separator: ", "))"
            )
        }
        if let isExclusive = Self.isExclusive(model), isExclusive != settings.isExclusive {
            throw refusal(
                "its classes \(isExclusive ? "" : "do not ")exclude one another, the training's "
                    + "\(isExclusive ? "do not" : "do")"
            )
        }
        self.model = model
        name = model.name
        digest = model.digest.description
        places = wanted.map { names.firstIndex(of: $0) ?? 0 }
    }

    /// Makes what one thread asks the teacher with.
    ///
    /// - Parameter frontEnd: The training's, with its normalisation.
    /// - Returns: A desk for one thread at a time.
    /// - Throws: What of the network cannot be run.
    func makeDesk(for frontEnd: FrontEnd) throws(TrainingError) -> TeacherDesk {
        do {
            return TeacherDesk(
                session: try model.makeSession(),
                network: model.about.network,
                inputShape: model.inputShape,
                places: places,
                rescaling: PatchRescaling(from: frontEnd, to: model.frontEnd)
            )
        } catch {
            throw .unreadableTeacher(reason: error.description)
        }
    }

    /// Whether two front ends give the same features but for a normalisation of bands, which
    /// can be undone.
    private static func isSame(_ first: FrontEnd, _ second: FrontEnd) -> Bool {
        func comparable(_ frontEnd: FrontEnd) -> FrontEnd {
            if case .perPatch = frontEnd.normalisation { return frontEnd }
            var bare = frontEnd
            bare.normalisation = .none
            return bare
        }
        return comparable(first) == comparable(second)
    }

    private static func text(of frontEnd: FrontEnd) -> String {
        "\(frontEnd.sampleRateHz) Hz, \(frontEnd.bandCount) bands every "
            + "\(frontEnd.hopLength) samples"
    }

    /// Whether the model names one class at a time; nil if its network does not tell.
    private static func isExclusive(_ model: SoundModel) -> Bool? {
        switch model.about.network.activation {
        case .softmax: return true
        case .sigmoid: return false
        case .none:
            let scores = model.about.network.scores
            let maker = model.network.graph.nodes.first { $0.outputs.contains(scores) }
            return switch maker?.operatorType {
            case "Softmax": true
            case "Sigmoid": false
            default: nil
            }
        }
    }
}
