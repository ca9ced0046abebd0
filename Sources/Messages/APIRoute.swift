/// The routes of the HTTP API.
///
/// `docs/http-api.md` describes each, and a test fails while it does not.
package enum APIRoute: String, CaseIterable, Sendable {
    case page = "GET /"
    case pageIcon = "GET /icon.svg"
    case pageFile = "GET /page/{name}"
    case health = "GET /healthz"
    case metrics = "GET /metrics"
    case openAPI = "GET /v1/openapi.json"
    case session = "GET /v1/session"
    case beginSession = "POST /v1/session"
    case endSession = "DELETE /v1/session"
    case makeLink = "POST /v1/links"
    case status = "GET /v1/status"
    case models = "GET /v1/models"
    case events = "GET /v1/events"
    case event = "GET /v1/events/{id}"
    case clip = "GET /v1/events/{id}/clip"
    case clipSpectrogram = "GET /v1/events/{id}/spectrogram"
    case similar = "GET /v1/events/{id}/similar"
    case label = "POST /v1/events/{id}/label"
    case counts = "GET /v1/counts"
    case insights = "GET /v1/insights"
    case scores = "GET /v1/scores"
    case sounds = "GET /v1/sounds"
    case coverage = "GET /v1/coverage"
    case levels = "GET /v1/levels"
    case stream = "GET /v1/stream"
    case spectrogram = "GET /v1/spectrogram"
    case listen = "GET /v1/listen"
    case log = "GET /v1/log"
    case support = "GET /v1/support"
    case thresholds = "GET /v1/thresholds"
    case resetThresholds = "DELETE /v1/thresholds"
    case threshold = "GET /v1/thresholds/{class}"
    case setThreshold = "PUT /v1/thresholds/{class}"
    case resetThreshold = "DELETE /v1/thresholds/{class}"
    case tryThreshold = "GET /v1/thresholds/{class}/try"
    case suggestThreshold = "GET /v1/thresholds/{class}/suggest"
    case fireRule = "POST /v1/rules/{rule}/fire"
    case reload = "POST /v1/reload"

    /// The HTTP method.
    package var method: String {
        String(rawValue.prefix { $0 != " " })
    }

    /// The path, with a name in braces for each part that varies.
    package var path: String {
        String(rawValue.drop { $0 != " " }.dropFirst())
    }

    /// The methods that some path answers to.
    package static var methods: [String] { methods(of: allCases) }

    /// The methods that a path answers to; none if there is no such path.
    package static func methods(forPath path: String) -> [String] {
        let parts = path.split(separator: "/")
        return methods(
            of: allCases.filter { route in
                let pattern = route.path.split(separator: "/")
                return pattern.count == parts.count
                    && zip(pattern, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
            }
        )
    }

    /// What can be got can be asked for its head too, and every path for its methods.
    private static func methods(of routes: [APIRoute]) -> [String] {
        guard !routes.isEmpty else { return [] }
        let own = Set(routes.map(\.method))
        return ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"].filter {
            own.contains($0 == "HEAD" ? "GET" : $0) || $0 == "OPTIONS"
        }
    }
}

/// The Unix socket that the API is served at.
package enum APISocket {
    /// The longest path of a Unix socket, in bytes.
    ///
    /// Linux allows 107; swift-nio allows what every system does:
    /// https://github.com/apple/swift-nio/blob/main/Sources/NIOCore/SocketAddresses.swift
    package static let maxPathLength = 103

    /// Says that a path is too long, with what to do next.
    package static func tooLong(path: String, length: Int) -> String {
        "The path of the API socket '\(path)' has \(length) bytes, at most \(maxPathLength) "
            + "are possible. Choose a shorter runtime folder (RUNTIME_DIRECTORY)."
    }
}

/// Why a request failed, as the API says it.
package struct ErrorMessage: WireMessage, CustomStringConvertible {
    private struct Content: WireMessage {
        var code: String
        var message: String
    }

    /// The code of a request that fails because the event history can't be read at present.
    package static let storeUnavailable = "store_unavailable"

    private var error: Content

    /// Creates the message from its parts.
    package init(code: String, message: String) {
        error = Content(code: code, message: message)
    }

    /// A name that programs can compare, such as `unknown_class`.
    package var code: String { error.code }
    /// One line for people: what failed, with which value, and what to do.
    package var message: String { error.message }

    package var description: String { message }
}
