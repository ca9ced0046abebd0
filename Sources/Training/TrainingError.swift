/// Why a model cannot be trained, with what to do next.
package enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// A network holds a node that has no gradient here, or not in this form.
    case untrainableNode(node: String, operatorType: String, reason: String)
    /// A network lacks a value that training needs.
    case missingValue(name: String, available: [String])
    /// A file or folder of recordings cannot be used as a data set.
    case unusableDataset(path: String, reason: String)
    /// A network cannot be continued from.
    case unusableNetwork(path: String, reason: String)
    /// A model cannot be a teacher of this training.
    case unusableTeacher(path: String, reason: String)
    /// A model cannot be combined with others.
    case unusableMember(path: String, reason: String)
    /// A teacher, or a model to combine, cannot be read.
    case unreadableModel(reason: String)
    /// A teacher may have been trained on what a cross-validation tests.
    case teacherOfAllFolds(path: String)
    /// A teacher has one model per fold, but not exactly one fold is left out.
    case teacherWithoutFold(path: String)
    /// Recordings are of a kind without a share of the batches.
    case missingShare(kind: String, known: [String])
    /// A recipe cannot be read.
    case unreadableRecipe(path: String, reason: String)
    /// A recipe has these faults, at least one.
    case invalidRecipe([String])
    /// One key cannot be set so.
    case invalidAssignment(text: String, reason: String)
    /// A setting is outside what it may be.
    case invalidSetting(name: String, found: String, allowed: String)
    /// The front end gives features that augmentation and normalisation cannot be applied to.
    case unsupportedFrontEnd(reason: String)
    /// The window that an architecture is to see is too small for its layers.
    case unsuitableWindow(architecture: String, frames: Int, bands: Int)
    /// The state to resume from cannot be used.
    case unusableState(path: String, reason: String)

    package var description: String {
        switch self {
        case .untrainableNode(let node, let operatorType, let reason):
            "Node '\(node)' (\(operatorType)) cannot be trained: \(reason). "
                + "Export the network without it, or freeze what comes before it."
        case .missingValue(let name, let available):
            "The network has no value '\(name)'. It has \(Self.list(available))."
        case .unusableDataset(let path, let reason):
            "'\(path)' cannot be trained on: \(reason). "
                + "Name a folder with a folder of recordings for each class, or a CSV file."
        case .unusableNetwork(let path, let reason):
            "Cannot continue from '\(path)': \(reason)."
        case .unusableTeacher(let path, let reason):
            "Cannot learn from '\(path)': \(reason). "
                + "Give a model with the same front end, window and classes."
        case .unusableMember(let path, let reason):
            "Cannot combine '\(path)': \(reason). "
                + "Give models with the same front end, window and classes."
        case .unreadableModel(let reason): reason
        case .teacherOfAllFolds(let path):
            "Teacher '\(path)' may have been trained on the test folds. "
                + "Give one per fold, such as '\(path)/fold-\(Teacher.foldMark)'."
        case .teacherWithoutFold(let path):
            "Teacher '\(path)' has one model per fold, but this training does not leave out "
                + "exactly one fold. Add --folds-only to a cross-validation, or give another teacher."
        case .missingShare(let kind, let known):
            "Recordings of kind '\(kind)' have no share of the batches. "
                + "Set 'kinds.\(kind).share' as for \(Self.list(known))."
        case .unreadableRecipe(let path, let reason):
            "Cannot read the recipe '\(path)': \(reason)."
        case .invalidRecipe(let problems): problems.joined(separator: "\n")
        case .invalidAssignment(let text, let reason):
            "--set '\(text)': \(reason)\(reason.hasSuffix("?") ? "" : ".")"
        case .invalidSetting(let name, let found, let allowed):
            "\(name) is \(found), allowed: \(allowed)."
        case .unsupportedFrontEnd(let reason):
            "Cannot train with this front end: \(reason)."
        case .unsuitableWindow(let architecture, let frames, let bands):
            "A window of \(frames) frames of \(bands) bands is too small for the layers of "
                + "'\(architecture)'. Raise --window-frames or use a front end with more bands."
        case .unusableState(let path, let reason):
            "Cannot resume from '\(path)': \(reason). Train again without --resume."
        }
    }

    /// The exit code (sysexits) of a command that fails for this reason.
    package var exitCode: Int32 {
        switch self {
        case .untrainableNode, .unusableNetwork, .unusableTeacher, .unusableMember, .missingValue,
            .missingShare, .teacherOfAllFolds, .teacherWithoutFold, .invalidRecipe,
            .unsupportedFrontEnd, .unusableState:
            65
        case .unusableDataset, .unreadableRecipe, .unreadableModel: 66
        case .unsuitableWindow, .invalidSetting, .invalidAssignment: 64
        }
    }

    private static func list(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.map { "'\($0)'" }.joined(separator: ", ")
    }
}
