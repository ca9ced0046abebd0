/// The model that is in use.
package struct ModelStatusMessage: WireMessage {
    /// Its name.
    package var name: String
    /// Its version.
    package var version: String
    /// How many classes it tells apart.
    package var classCount: Int

    /// Creates the message from its parts.
    package init(name: String, version: String, classCount: Int) {
        self.name = name
        self.version = version
        self.classCount = classCount
    }

    package var json: JSONValue {
        .object([
            .init("name", .string(name)),
            .init("version", .string(version)),
            .init("classes", .integer(Int64(classCount))),
        ])
    }

    private enum CodingKeys: String, CodingKey {
        case name, version
        case classCount = "classes"
    }
}
