/// A list as a decoder sees it.
struct YAMLUnkeyedContainer: UnkeyedDecodingContainer {
    let nodes: [YAMLNode]
    let codingPath: [any CodingKey]
    private(set) var currentIndex = 0

    init(nodes: [YAMLNode], codingPath: [any CodingKey]) {
        self.nodes = nodes
        self.codingPath = codingPath
    }

    var count: Int? { nodes.count }
    var isAtEnd: Bool { currentIndex >= nodes.count }

    mutating func decodeNil() throws -> Bool {
        guard try peek().isNothing else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let value = try YAMLValueContainer(node: peek(), codingPath: codingPath).decode(type)
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try superDecoder().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try superDecoder().unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder {
        let decoder = YAMLNodeDecoder(try peek(), at: codingPath)
        currentIndex += 1
        return decoder
    }

    private func peek() throws -> YAMLNode {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                YAMLNode.self,
                DecodingError.Context(
                    codingPath: codingPath,
                    debugDescription: "the list ends here"
                )
            )
        }
        return nodes[currentIndex]
    }
}
