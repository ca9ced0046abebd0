/// Why a request failed, as the API says it.
package struct ErrorMessage: WireMessage, CustomStringConvertible {
    /// The code of a request that fails because the event history can't be read at present.
    package static let storeUnavailable = "store_unavailable"

    /// A name that programs can compare, such as `unknown_class`.
    package var code: String
    /// One line for people: what failed, with which value, and what to do.
    package var message: String

    /// Creates the message from its parts.
    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    package var json: JSONValue {
        .object([
            .init(
                "error",
                .object([
                    .init("code", .string(code)),
                    .init("message", .string(message)),
                ])
            )
        ])
    }

    private enum CodingKeys: String, CodingKey {
        case error
    }

    private enum ErrorKeys: String, CodingKey {
        case code, message
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
            .nestedContainer(keyedBy: ErrorKeys.self, forKey: .error)
        code = try values.decode(String.self, forKey: .code)
        message = try values.decode(String.self, forKey: .message)
    }
}
