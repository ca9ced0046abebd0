/// Which of a model's classes a data set's labels mean.
package struct LabelMapping: Sendable {
    /// The class names of the model.
    package let classNames: [String]
    private let given: [String: String]
    private let byWords: [Set<Substring>: String]

    /// Creates the mapping.
    ///
    /// - Parameters:
    ///   - classNames: The class names of the model.
    ///   - given: What is said for single labels; stronger than what they look like.
    package init(classNames: [String], given: [String: String] = [:]) {
        self.classNames = classNames
        self.given = given
        byWords = Dictionary(
            classNames.map { (Self.words(of: $0), $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The class of a label: the one given, or of the same words in whatever order and case.
    ///
    /// A label of no class stands for an unknown sound and is returned as it is.
    package func className(for label: String) -> String {
        given[label] ?? byWords[Self.words(of: label)] ?? label
    }

    private static func words(of name: String) -> Set<Substring> {
        Set(name.lowercased().split { !$0.isLetter && !$0.isNumber })
    }
}
