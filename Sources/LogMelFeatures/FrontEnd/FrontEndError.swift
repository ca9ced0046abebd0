/// Why a front-end description cannot be used.
package enum FrontEndError: Error, Equatable, Sendable {
    /// A value out of range, not among those known, or `missing` though nothing stands for it.
    case invalidValue(field: String, value: String, allowed: String)
    /// A value of another type than the field takes.
    case wrongType(field: String, expected: String)
    /// A key that no front end has.
    case unknownKey(String, nearest: String?, known: [String])
}

extension FrontEndError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidValue(let field, let value, let allowed):
            return "front_end.\(field) is \(value); give \(allowed)."
        case .wrongType(let field, let expected):
            return "front_end.\(field) has the wrong type; give \(expected)."
        case .unknownKey(let key, let nearest, let known):
            let advice =
                nearest.map { "did you mean '\($0)'?" }
                ?? "known keys: \(known.joined(separator: ", "))."
            return "front_end.\(key) is not a key; \(advice)"
        }
    }
}
