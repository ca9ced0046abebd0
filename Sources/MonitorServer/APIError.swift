import HTTPTypes
import Messages

/// Why a request is refused: an HTTP status and what the body says.
struct APIError: Error {
    var status: HTTPResponse.Status
    var message: ErrorMessage
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, _ code: String, _ text: String) {
        self.status = status
        self.message = ErrorMessage(code: code, message: text)
    }

    /// A value in a request that cannot be used.
    static func invalidValue(_ text: String) -> APIError {
        APIError(.badRequest, "invalid_value", text)
    }

    /// An event that does not exist.
    static func noSuchEvent(_ id: String) -> APIError {
        APIError(.notFound, "no_such_event", "There is no event \(id).")
    }
}
