import HTTPTypes
import Hummingbird
import NIOCore

/// The web page: the files of `Resources`, embedded in the program when it is built.
///
/// Text only ever becomes text nodes, so nothing that was heard, named or labelled can become
/// markup. Every address is relative to the page's, because a reverse proxy may move it.
enum WebPage {
    /// A file of the page.
    enum File {
        case html
        case style
        case script
        case icon
    }

    /// Scripts and styles come from this server only, and nothing is in line.
    ///
    /// A page of the same origin may frame it, as Home Assistant does with what it is a proxy for.
    private static let securityPolicy = """
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

    /// Answers with a file of the page.
    static func response(_ file: File) -> Response {
        let (type, bytes) =
            switch file {
            case .html: ("text/html; charset=utf-8", PackageResources.index_html)
            case .style: ("text/css; charset=utf-8", PackageResources.style_css)
            case .script: ("text/javascript; charset=utf-8", PackageResources.app_js)
            case .icon: ("image/svg+xml", PackageResources.icon_svg)
            }
        return Response(
            status: .ok,
            headers: [
                .contentType: type,
                .contentSecurityPolicy: securityPolicy,
                .cacheControl: "no-cache",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}
