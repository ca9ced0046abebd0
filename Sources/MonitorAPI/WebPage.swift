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
    static let securityPolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
        img-src 'self'; media-src 'self'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'
        """

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
