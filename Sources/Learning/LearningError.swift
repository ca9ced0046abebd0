/// Why a sound can't be learnt: what of the examples or the model is in the way.
package enum LearningError: Error, Equatable, CustomStringConvertible {
    /// The model has no network, or none with a last layer.
    case noEmbedding(model: String)
    case tooFewExamples(count: Int, least: Int)
    case tooManyExamples(count: Int, most: Int)
    /// The clip is shorter than anything that can be told apart.
    case tooShort(name: String, seconds: Double)
    /// The clip is too long to know what of it is meant.
    case tooLong(name: String, seconds: Double)
    case silent(name: String, peakDBFS: Double)
    /// The same recording is given twice.
    case repeated(name: String, first: String)
    /// An example that what the others teach does not recognise.
    case unlikeOthers(name: String, score: Double)
    /// Examples that fall into two groups of which neither teaches the other.
    case twoSounds(first: [String], second: [String])
    case notToldApart(recognised: Int, of: Int)
    case mistaken(windows: Int, of: Int)

    package var description: String {
        switch self {
        case .noEmbedding(let model):
            "The model '\(model)' can't learn sounds: it has no network with a fully connected last "
                + "layer. Choose another with --model."
        case .tooFewExamples(let count, let least):
            "\(count) example(s) are too few. Give at least \(least), better ten, from different "
                + "moments."
        case .tooManyExamples(let count, let most):
            "\(count) examples are more than are looked at. Give the \(most) that differ most, or "
                + "train a model with 'earwitness train'."
        case .tooShort(let name, let seconds):
            "'\(name)' has \(Self.text(seconds)) s of sound, too short to be told from a click. "
                + "Give a clip of at least 0.1 s."
        case .tooLong(let name, let seconds):
            "'\(name)' is \(Self.text(seconds)) s long, so that nothing says which sound in it is "
                + "meant. Cut it to the sound, at most 30 s."
        case .silent(let name, let peak):
            "'\(name)' is silent (its loudest moment has \(Self.text(peak)) dBFS). Give another clip."
        case .repeated(let name, let first):
            "'\(name)' is the same recording as '\(first)'. Give each example once."
        case .unlikeOthers(let name, let score):
            "'\(name)' does not sound like the other examples: what they teach gives it "
                + "\(Self.text(score)). Leave it out, or learn it under a name of its own."
        case .twoSounds(let first, let second):
            "The examples are two different sounds: \(Self.list(first)); and \(Self.list(second)). "
                + "Learn each under a name of its own."
        case .notToldApart(let recognised, let count):
            "The examples can't be told from other sounds: only \(recognised) of \(count) are "
                + "recognised by what the others teach. Give clips that hold little else, and more "
                + "of them."
        case .mistaken(let windows, let count):
            "The examples can't be told from other sounds: \(windows) of \(count) windows of other "
                + "sounds are taken for them. Give clips that hold little else, or train a model "
                + "with 'earwitness train'."
        }
    }

    private static func text(_ value: Double) -> String {
        "\((value * 100).rounded() / 100)"
    }

    private static func list(_ names: [String]) -> String {
        names.map { "'\($0)'" }.joined(separator: ", ")
    }
}
