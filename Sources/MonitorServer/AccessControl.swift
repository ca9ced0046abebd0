import HTTPTypes
import Hummingbird
import Messages

/// Decides who may ask over TCP; who can open the Unix socket may ask anything.
struct AccessControl: RouterMiddleware {
    typealias Context = APIContext

    /// What clients must show; nil: nothing, but they must call this machine by a loopback name.
    let token: AccessToken?
    let limit: RequestLimit

    func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard await limit.allowsRequest() else {
            var error = APIError(
                .tooManyRequests,
                "too_many_requests",
                "Too many requests. Wait a second before the next one."
            )
            error.headers[.retryAfter] = "1"
            throw error
        }
        try checkOrigin(of: request)
        if let token {
            try check(token, in: request)
        } else {
            try checkHost(of: request)
        }
        return try await next(request, context)
    }

    private func check(_ token: AccessToken, in request: Request) throws(APIError) {
        let isHealth = request.method == .get && request.uri.path == APIRoute.health.path
        let shown = request.headers[.authorization]
        guard isHealth || shown.map(token.matches(authorization:)) == true else {
            var error = APIError(
                .unauthorized,
                "token_needed",
                shown == nil
                    ? "Show the token: 'Authorization: Bearer TOKEN', or as the password."
                    : "The token is not the right one."
            )
            error.headers[.wwwAuthenticate] = #"Basic realm="earwitness", charset="UTF-8""#
            throw error
        }
    }

    /// Refuses names that another site has made to point at this machine (DNS rebinding).
    private func checkHost(of request: Request) throws(APIError) {
        // Only clients of HTTP/1.0 name no host, and no browser is one.
        guard let authority = request.head.authority else { return }
        guard LoopbackName.isLoopback(authority: authority) else {
            throw APIError(
                .forbidden,
                "host_not_allowed",
                "'\(authority)' is not a name of this machine's loopback. Ask for 127.0.0.1 or "
                    + "localhost, or set web.token_file."
            )
        }
    }

    /// Refuses what the page of another site wants to change.
    private func checkOrigin(of request: Request) throws(APIError) {
        guard request.method != .get, request.method != .options,
            let origin = request.headers[.origin], !WebPage.sent(request)
        else {
            return
        }
        // The scheme does not count: a reverse proxy may have added TLS.
        let site = origin.split(separator: "://", maxSplits: 1).last
        guard site.map(String.init) == request.head.authority else {
            throw APIError(
                .forbidden,
                "cross_origin",
                "Pages of '\(origin)' may not change anything here."
            )
        }
    }
}
