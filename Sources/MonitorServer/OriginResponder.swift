import Foundation
import HTTPTypes
import Hummingbird
import Messages

/// Answers for all routes alike what does not depend on the route: HEAD, and paths that a reverse
/// proxy has put a prefix before.
struct OriginResponder: HTTPResponder {
    let router: RouterResponder<APIContext>

    /// Where reverse proxies say under which path the page is reached, as Traefik, Caddy and nginx
    /// are told to, and as Home Assistant does.
    private static let prefixHeaders = ["X-Forwarded-Prefix", "X-Ingress-Path"]
        .compactMap { HTTPField.Name($0) }

    func respond(to request: Request, context: APIContext) async throws -> Response {
        var head = request.head
        if let prefix = Self.prefix(of: request) {
            let rest = (head.path ?? "").dropFirst(prefix.count)
            guard rest.hasPrefix("/") else {
                // The page's addresses are relative, and would be looked for beside the prefix.
                return Self.redirect(toFolder: prefix, query: request.uri.query)
            }
            head.path = String(rest)
        }
        guard head.method == .head else {
            return try await router.respond(
                to: Request(head: head, body: request.body),
                context: context
            )
        }
        head.method = .get
        // RFC 9110, 14.2: a range is asked for by GET only.
        head.headerFields[.range] = nil
        let response = try await router.respond(
            to: Request(head: head, body: request.body),
            context: context
        )
        return Response(
            status: response.status,
            headers: response.headers,
            body: ResponseBody { writer in try await writer.finish(nil) }
        )
    }

    /// The prefix that the request says a proxy has left before the path; nil if there is none.
    private static func prefix(of request: Request) -> String? {
        let path = request.uri.path
        for name in prefixHeaders {
            guard var prefix = request.headers[name], prefix.hasPrefix("/") else { continue }
            if prefix.hasSuffix("/") { prefix.removeLast() }
            if path == prefix || path.hasPrefix(prefix + "/") { return prefix }
        }
        return nil
    }

    /// Relative, so that it cannot lead to another site whatever the headers say.
    private static func redirect(toFolder prefix: String, query: String?) -> Response {
        let name = prefix.split(separator: "/").last ?? ""
        return Response(
            status: .movedPermanently,
            headers: [
                .location: "./\(name)/" + (query.map { "?\($0)" } ?? ""), .cacheControl: "no-store",
            ]
        )
    }
}

/// Says which methods a path answers to.
struct AnswerOptions: RouterMiddleware {
    typealias Context = APIContext

    func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard request.method == .options else { return try await next(request, context) }
        let path = request.uri.path
        let methods = path == "*" ? APIRoute.methods : APIRoute.methods(forPath: path)
        guard !methods.isEmpty else { return try await next(request, context) }
        return Response(
            status: .noContent,
            headers: [.allow: methods.joined(separator: ", ")]
        )
    }
}
