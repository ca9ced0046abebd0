/// Lets types that are `Codable` be read from a node, for values that have a reader of their own.
package struct YAMLNodeDecoder: Decoder {
    package let codingPath: [any CodingKey]
    package let userInfo: [CodingUserInfoKey: Any] = [:]
    private let node: YAMLNode

    /// Creates the decoder of a node.
    package init(_ node: YAMLNode) {
        self.init(node, at: [])
    }

    init(_ node: YAMLNode, at path: [any CodingKey]) {
        self.node = node
        codingPath = path
    }

    package func container<Key: CodingKey>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        if node.isNothing {
            return KeyedDecodingContainer(YAMLKeyedContainer(entries: [], codingPath: codingPath))
        }
        guard case .mapping(let entries) = node.content else { throw mismatch("a section") }
        return KeyedDecodingContainer(YAMLKeyedContainer(entries: entries, codingPath: codingPath))
    }

    package func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .sequence(let nodes) = node.content else { throw mismatch("a list") }
        return YAMLUnkeyedContainer(nodes: nodes, codingPath: codingPath)
    }

    package func singleValueContainer() throws -> any SingleValueDecodingContainer {
        YAMLValueContainer(node: node, codingPath: codingPath)
    }

    private func mismatch(_ expected: String) -> DecodingError {
        .typeMismatch(
            YAMLNode.self,
            DecodingError.Context(
                codingPath: codingPath,
                debugDescription: "\(node.position): found \(node.summary), allowed: \(expected)"
            )
        )
    }
}
