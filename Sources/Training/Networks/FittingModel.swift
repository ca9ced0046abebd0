import LogMelFeatures
import ModelLibrary
import NeuralNetwork

/// A trained model with a training's input and classes, so that it can teach it or be combined with
/// others.
struct FittingModel: Sendable {
    let model: SoundModel
    /// Where each class of the training is among the model's scores.
    let places: [Int]

    /// Reads a model from its folder.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - classNames: The training's classes, of which it must have all and no other.
    ///   - settings: The training's, whose front end, normalisation aside, and window it must have.
    ///   - misfit: Makes the error of a model that does not fit, from the reason.
    /// - Throws: That it cannot be read, or why it does not fit.
    init(
        path: String,
        classNames: [String],
        settings: TrainingSettings,
        misfit: (String) -> TrainingError
    ) throws(TrainingError) {
        do {
            model = try SoundModel.load(folder: path)
        } catch {
            throw .unreadableModel(reason: error.description)
        }
        if let fault = model.trialFault {
            throw misfit("its scores are invalid: \(fault.dropLast())")
        }
        let design = settings.design
        guard Self.isSame(model.frontEnd, design.frontEnd) else {
            throw misfit(
                "its front end (\(Self.text(of: model.frontEnd))) differs from the "
                    + "training's (\(Self.text(of: design.frontEnd)))"
            )
        }
        guard model.windowFrames == design.windowFrames else {
            throw misfit(
                "its window has \(model.windowFrames) frames, the training's "
                    + "\(design.windowFrames)"
            )
        }
        let names = model.about.classes.map(\.name)
        let wanted = ClassName.unique(classNames)
        guard names.sorted() == wanted.sorted() else {
            throw misfit(
                "its classes are \(names.sorted().joined(separator: ", ")), the training's "
                    + "\(wanted.sorted().joined(separator: ", "))"
            )
        }
        if let isExclusive = Self.isExclusive(model), isExclusive != settings.isExclusive {
            throw misfit(
                "its classes \(isExclusive ? "" : "do not ")exclude one another, the "
                    + "training's \(isExclusive ? "do not" : "do")"
            )
        }
        places = wanted.map { names.firstIndex(of: $0) ?? 0 }
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

    /// Whether the model names one class at a time; nil if its network does not show it.
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

/// From a patch under one front end's normalisation to the same patch under another's.
struct PatchRescaling {
    /// What each band is multiplied by and what is added then; nil where nothing changes.
    let bands: [(factor: Float, offset: Float)]?
    let isFramesByBands: Bool

    /// Front ends that normalise each patch must do so alike.
    init(from source: FrontEnd, to target: FrontEnd) {
        isFramesByBands = target.layout == .framesByBands
        guard source.normalisation != target.normalisation,
            let old = Self.bands(of: source), let new = Self.bands(of: target)
        else {
            bands = nil
            return
        }
        bands = zip(old, new).map { old, new in
            (old.deviation / new.deviation, (old.mean - new.mean) / new.deviation)
        }
    }

    /// Changes a patch [channels, frames, bands] or [channels, bands, frames].
    ///
    /// - Parameters:
    ///   - patch: The patch.
    ///   - frames: How many frames it has.
    func apply(to patch: inout [Float], frames: Int) {
        guard let bands else { return }
        for index in patch.indices {
            let band = isFramesByBands ? index % bands.count : index / frames % bands.count
            patch[index] = patch[index] * bands[band].factor + bands[band].offset
        }
    }

    private static func bands(of frontEnd: FrontEnd) -> [(mean: Float, deviation: Float)]? {
        switch frontEnd.normalisation {
        case .none: [(Float, Float)](repeating: (0, 1), count: frontEnd.bandCount)
        case .global(let mean, let deviation):
            [(Float, Float)](repeating: (mean, deviation), count: frontEnd.bandCount)
        case .perBand(let mean, let deviation): Array(zip(mean, deviation))
        case .perPatch: nil
        }
    }
}
