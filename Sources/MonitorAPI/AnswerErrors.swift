import HTTPTypes
import Hummingbird
import Logging
import MonitorMessages

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
            if answer.status == .internalServerError {
                context.logger.error(
                    "An API request failed",
                    metadata: [
                        "request": "\(request.method.rawValue) \(request.uri.path)",
                        "error": "\(error)",
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
