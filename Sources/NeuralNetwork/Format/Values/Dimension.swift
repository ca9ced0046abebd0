/// The length of one axis as a model declares it.
package enum Dimension: Sendable, Hashable, CustomStringConvertible {
    case fixed(Int)
    /// Chosen by whoever runs the model; equal names mean equal lengths.
    case symbolic(String)
    case unknown

    package var description: String {
        switch self {
        case .fixed(let length): String(length)
        case .symbolic(let name): name
        case .unknown: "?"
        }
    }
}
