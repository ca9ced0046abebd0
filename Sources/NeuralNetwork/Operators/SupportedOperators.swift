/// What the engine can run.
package enum SupportedOperators {
    /// The names of all operators, in ONNX's spelling, sorted.
    package static var names: [String] { OperatorRegistry.all.map { $0.name }.sorted() }

    /// The versions of ONNX's operator set that models may use.
    package static let opsets = GraphImporter.supportedOpsets
}
