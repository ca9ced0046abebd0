/// Why the running monitor does not do what it was asked to: one line each.
package enum ControlError: Error, Equatable, CustomStringConvertible {
    /// No model in use has such a class.
    case unknownClass(name: String, known: [String])
    /// No model of this name is in use.
    case unknownModel(name: String, known: [String])
    /// Several models have the class, and none of them was named.
    case ambiguousClass(name: String, models: [String])
    /// The value cannot be used; the text says which, and what is allowed.
    case invalidValue(String)
    /// What was asked for failed; the text says why and what to do.
    case failed(String)

    package var description: String {
        switch self {
        case .unknownClass(let name, let known):
            "The model has no class '\(name)'; it knows \(Self.list(known))."
        case .unknownModel(let name, let known):
            "No model '\(name)' is in use; there is \(Self.list(known))."
        case .ambiguousClass(let name, let models):
            "The class '\(name)' is in several models, \(Self.list(models)); name the one that is meant (--model, or ?model= in a request)."
        case .invalidValue(let text), .failed(let text):
            text
        }
    }

    /// Names in a line, the first twenty if there are more.
    package static func list(_ names: [String]) -> String {
        guard !names.isEmpty else {
            return "none"
        }
        let shown = names.prefix(20).joined(separator: ", ")
        return names.count > 20 ? shown + " and \(names.count - 20) more" : shown
    }
}
