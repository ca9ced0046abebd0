import HTTPTypes
import Hummingbird
import NIOCore

/// The web page: four texts that ask for nothing beyond this server.
enum WebPage {
    /// A file of the page.
    struct File: Sendable {
        let type: String
        let text: String
    }

    /// Scripts and styles come from this server only, and nothing is in line.
    ///
    /// A page of the same origin may frame it, as Home Assistant does with what it is a proxy for.
    static let securityPolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
        img-src 'self'; media-src 'self'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'self'
        """

    /// Whether the page itself sends a request, whatever name a proxy has given this machine.
    ///
    /// The page of another site cannot add a header of its own without asking first, which is
    /// never granted.
    static func sent(_ request: Request) -> Bool {
        HTTPField.Name("X-Requested-With").flatMap { request.headers[$0] } == "earwitness"
    }

    static func response(_ file: File) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: file.type,
                .contentSecurityPolicy: securityPolicy,
                .cacheControl: "no-cache",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: file.text))
        )
    }
}
