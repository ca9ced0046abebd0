/// The time that one node of a plan takes.
package struct NodeTiming: Sendable {
    /// The node's name and operator.
    package let name: String
    /// The shape of its first output, as it is stored.
    package let outputShape: [Int]
    /// Seconds of one run, on average.
    package let seconds: Double
}
