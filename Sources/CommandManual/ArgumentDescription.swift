/// An argument, option or flag of a command.
package struct ArgumentDescription: Decodable, Equatable, Sendable {
    /// How it is given.
    package enum Kind: String, Decodable, Sendable {
        /// By its place.
        case positional
        /// By its name, with a value.
        case option
        /// By its name alone.
        case flag
    }

    /// A name such as `-h` or `--help`.
    package struct Name: Decodable, Equatable, Sendable {
        /// `short`, `long` or `longWithSingleDash`.
        package var kind: String
        /// The name without dashes.
        package var name: String

        /// The name as it is typed.
        package var typed: String { kind == "long" ? "--\(name)" : "-\(name)" }
    }

    /// How it is given.
    package var kind: Kind
    /// What it means, in a line.
    package var abstract: String?
    /// What else there is to say.
    package var discussion: String?
    /// What its value is called.
    package var valueName: String?
    /// The value that is used when none is given.
    package var defaultValue: String?
    /// All values that are allowed, if they are few.
    package var allValues: [String]?
    /// Its names; none if it is told by its place.
    package var names: [Name]?
    /// Whether it may be left out.
    package var isOptional: Bool
    /// Whether it may be given several times.
    package var isRepeating: Bool
    /// Whether it is meant for people.
    package var shouldDisplay: Bool

    /// The long name without dashes.
    package var longName: String? { names?.first { $0.kind == "long" }?.name }
}
