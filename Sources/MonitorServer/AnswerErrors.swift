import HTTPTypes
import Hummingbird
import Logging
import Messages
import NIOCore

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
            // A client that went away gets no answer and has no need of one.
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

    /// Why an answer could not be given; an error that nobody foresaw by its name, for a report.
    private static func words(for error: any Error) -> String {
        switch error {
        case let error as ControlError: error.description
        case let error as IOError: error.reasonInWords
        default:
            "a bug, '\(String(reflecting: type(of: error)))' was not expected; please report it"
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
