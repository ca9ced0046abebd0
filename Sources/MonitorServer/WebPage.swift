import Foundation
import HTTPTypes
import Hummingbird
import Messages
import NIOCore

/// The web page: the files of `Resources`, embedded in the program when it is built.
///
/// Text only ever becomes text nodes, so nothing that was heard, named or labelled can become
/// markup. Every address is relative to the page's, because a reverse proxy may move it.
package enum WebPage {
    /// Scripts and styles come from this server only, and nothing is in line.
    ///
    /// A page of the same origin may frame it, as Home Assistant does with what it is a proxy for.
    private static let securityPolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
        img-src 'self'; media-src 'self'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'self'
        """

    /// The files by name.
    ///
    /// `routes.js` is not in `Resources`: it tells the scripts which routes this server has.
    private static let files: [String: [UInt8]] = [
        "index.html": PackageResources.index_html, "icon.svg": PackageResources.icon_svg,
        "live.css": PackageResources.live_css, "parts.css": PackageResources.parts_css,
        "past.css": PackageResources.past_css, "style.css": PackageResources.style_css,
        "answers.js": PackageResources.answers_js, "api.js": PackageResources.api_js,
        "app.js": PackageResources.app_js, "canvas.js": PackageResources.canvas_js,
        "card.js": PackageResources.card_js, "counters.js": PackageResources.counters_js,
        "dom.js": PackageResources.dom_js, "event.js": PackageResources.event_js,
        "event-picture.js": PackageResources.event_picture_js,
        "heatmap.js": PackageResources.heatmap_js, "history.js": PackageResources.history_js,
        "insights.js": PackageResources.insights_js,
        "listen.js": PackageResources.listen_js, "live.js": PackageResources.live_js,
        "live-data.js": PackageResources.live_data_js, "picture.js": PackageResources.picture_js,
        "review.js": PackageResources.review_js, "scores.js": PackageResources.scores_js,
        "sign-in.js": PackageResources.sign_in_js, "similar.js": PackageResources.similar_js,
        "sounds.js": PackageResources.sounds_js,
        "source-panel.js": PackageResources.source_panel_js,
        "spectrogram.js": PackageResources.spectrogram_js,
        "system.js": PackageResources.system_js, "timeline.js": PackageResources.timeline_js,
        "timeline-canvas.js": PackageResources.timeline_canvas_js,
        "timeline-data.js": PackageResources.timeline_data_js,
        "verdict.js": PackageResources.verdict_js,
        "routes.js": Array("export const routes = \(JSONValue.array(routes).text);\n".utf8),
    ]

    private static var routes: [JSONValue] {
        APIRoute.allCases.map { .string($0.rawValue) }
    }

    /// The names of the files.
    package static var names: [String] { files.keys.sorted() }

    private static let types = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
    ]

    /// Whether the page itself sends a request, whatever name a proxy has given this machine.
    ///
    /// The page of another site cannot add a header of its own without asking first, which is
    /// never granted.
    static func sent(_ request: Request) -> Bool {
        HTTPField.Name("X-Requested-With").flatMap { request.headers[$0] } == "earwitness"
    }

    /// Answers with a file of the page, or that the browser has it already.
    static func response(_ name: String, to request: Request) throws(APIError) -> Response {
        guard let bytes = files[name],
            let type = types[name.split(separator: ".").last.map(String.init) ?? ""]
        else { throw .noSuchRoute(request.uri.path) }
        let tag = "\"\(Self.digest(of: bytes))\""
        var headers: HTTPFields = [
            .contentType: type, .contentSecurityPolicy: securityPolicy,
            .cacheControl: "no-cache", .eTag: tag,
        ]
        if request.headers[.ifNoneMatch] == tag {
            headers[.contentType] = nil
            return Response(status: .notModified, headers: headers)
        }
        return Response(
            status: .ok,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    /// FNV-1a, so that a browser fetches again only what another build has changed.
    private static func digest(of bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
