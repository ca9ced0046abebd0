import EventStore
import HTTPTypes
import Hummingbird
import Logging
import Messages
import NIOCore

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

    /// A path at which nothing is.
    static func noSuchRoute(_ path: String) -> APIError {
        APIError(
            .notFound,
            "no_such_route",
            "Nothing at '\(path)'. docs/http-api.md lists the routes."
        )
    }
}

extension APIError {
    /// The answer to the client for any error that a handler threw.
    init(_ error: any Error, request: Request) {
        switch error {
        case let error as APIError:
            self = error
        case let error as ControlError:
            self.init(error)
        case let error as StoreError:
            self.init(error)
        case is NIOTooManyBytesError:
            self.init(
                .contentTooLarge,
                "body_too_large",
                "The body of the request is too large."
            )
        case let error as any HTTPResponseError where error.status == .notFound:
            self.init(unroutable: request)
        case let error as any HTTPResponseError:
            self.init(error.status, "bad_request", "The request is malformed.")
        default:
            self.init(
                .internalServerError,
                "internal_error",
                "The service could not answer. Its log says why."
            )
        }
    }

    private init(_ error: ControlError) {
        switch error {
        case .unknownClass:
            self.init(.notFound, "unknown_class", error.description)
        case .unknownModel, .unknownSource, .ambiguousSource:
            self.init(.badRequest, "invalid_value", error.description)
        case .ambiguousClass:
            self.init(.conflict, "ambiguous_class", error.description)
        case .listeningOff:
            self.init(.forbidden, "listening_off", error.description)
        case .tooManyListeners:
            self.init(.serviceUnavailable, "too_many_listeners", error.description)
        case .noPrints:
            self.init(.notFound, "no_print", error.description)
        case .invalidValue:
            self.init(.badRequest, "invalid_value", error.description)
        case .failed:
            self.init(.internalServerError, "failed", error.description)
        }
    }

    private init(_ error: StoreError) {
        switch error {
        case .noSuchEvent(let id):
            self = .noSuchEvent("\(id)")
        default:
            self.init(.serviceUnavailable, ErrorMessage.storeUnavailable, error.description)
        }
    }

    /// Methods of RFC 9110 and 5789 that a path refuses; all others are refused for any path.
    private static let knownMethods: Set<HTTPRequest.Method> = [
        .get, .head, .post, .put, .delete, .options, .patch, .trace,
    ]

    /// No route has this path, or none with this method.
    private init(unroutable request: Request) {
        let path = request.uri.path
        let isKnown =
            Self.knownMethods.contains(request.method) || request.method.rawValue == "QUERY"
        guard isKnown else {
            self.init(
                .notImplemented,
                "method_not_implemented",
                "\(request.method.rawValue) is not supported; supported: "
                    + "\(APIRoute.methods.joined(separator: ", "))."
            )
            return
        }
        let methods = APIRoute.methods(forPath: path)
        guard methods.isEmpty else {
            let allowed = methods.joined(separator: ", ")
            self.init(
                .methodNotAllowed,
                "method_not_allowed",
                "\(request.method.rawValue) is not allowed for '\(path)'; allowed: \(allowed)."
            )
            headers[.allow] = allowed
            return
        }
        self = .noSuchRoute(path)
    }
}

/// Turns whatever a handler throws into the documented JSON, and sets the headers that every
/// answer has.
struct AnswerErrors: RouterMiddleware {
    typealias Context = APIContext

    func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            let answer = APIError(error, request: request)
            // A disconnected client gets no answer.
            if answer.status == .internalServerError, !(error is CancellationError) {
                context.logger.error(
                    "An API request failed",
                    metadata: [
                        "request": "\(request.method.rawValue) \(request.uri.path)",
                        "error": "\(Self.words(for: error))",
                    ]
                )
            }
            response = JSONResponse.response(
                answer.message.json,
                status: answer.status,
                headers: answer.headers
            )
        }
        Self.setIfMissing(.cacheControl, "no-store", in: &response)
        Self.setIfMissing(
            .contentSecurityPolicy,
            "default-src 'none'; frame-ancestors 'none'",
            in: &response
        )
        response.headers[.xContentTypeOptions] = "nosniff"
        if let name = HTTPField.Name("Referrer-Policy") {
            response.headers[name] = "no-referrer"
        }
        return response
    }

    /// Why an answer could not be given; an unexpected error by its type, for a report.
    private static func words(for error: any Error) -> String {
        switch error {
        case let error as ControlError: error.description
        case let error as IOError: error.reasonInWords
        default:
            "a bug, unexpected error '\(String(reflecting: type(of: error)))'; please report it"
        }
    }

    private static func setIfMissing(
        _ name: HTTPField.Name,
        _ value: String,
        in response: inout Response
    ) {
        if response.headers[name] == nil {
            response.headers[name] = value
        }
    }
}

/// Answers with JSON.
enum JSONResponse {
    static func response(
        _ json: JSONValue,
        status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = "application/json; charset=utf-8"
        return Response(
            status: status,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: json.text + "\n"))
        )
    }

    static func response(_ message: some WireMessage) -> Response {
        response(message.json)
    }
}
