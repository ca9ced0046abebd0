import EventStore
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Messages
import Monitor
import NIOCore
import NIOPosix

/// Answers the requests of every route.
struct MonitorRoutes: Sendable {
    private let controls: MonitorControls
    private let events: EventRoutes
    private let bins: BinRoutes
    private let insights: InsightRoute
    private let scores: ScoreRoute
    private let sounds: SoundRoute
    private let clips: ClipRoute
    private let clipSpectrograms: ClipSpectrogramRoute
    private let streams: StreamRoute
    private let spectrograms: SpectrogramRoute
    private let listening: ListenRoute
    private let support: SupportRoutes
    private let thresholds: ThresholdRoutes
    private let sessions: SessionRoutes
    private let trials: TrialRoute
    private let similar: SimilarRoute

    /// Creates the routes, which all listeners share.
    init(
        settings: ServerSettings,
        signIn: SignIn,
        history: HistoryReader,
        controls: MonitorControls
    ) {
        self.controls = controls
        events = EventRoutes(
            history: history,
            controls: controls,
            maxBodyBytes: settings.maxBodyBytes
        )
        bins = BinRoutes(history: history, controls: controls)
        insights = InsightRoute(history: history)
        scores = ScoreRoute(history: history, controls: controls)
        sounds = SoundRoute(history: history, controls: controls)
        clips = ClipRoute(history: history, directory: settings.clipsDirectory)
        clipSpectrograms = ClipSpectrogramRoute(clips: clips, controls: controls)
        streams = StreamRoute(
            history: history,
            controls: controls,
            maxStreams: settings.maxStreams
        )
        spectrograms = SpectrogramRoute(
            controls: controls,
            maxStreams: settings.maxStreams
        )
        listening = ListenRoute(controls: controls)
        support = SupportRoutes(controls: controls)
        thresholds = ThresholdRoutes(controls: controls, maxBodyBytes: settings.maxBodyBytes)
        sessions = SessionRoutes(signIn: signIn, maxBodyBytes: settings.maxBodyBytes)
        trials = TrialRoute(history: history, controls: controls)
        similar = SimilarRoute(history: history, controls: controls)
    }

    /// Builds the routes for one of the listeners; without access control, every client that
    /// can connect may ask.
    func responder(access: AccessControl?) -> OriginResponder {
        let router = Router(context: APIContext.self)
        router.middlewares.add(AnswerErrors())
        if let access {
            router.middlewares.add(access)
        }
        router.middlewares.add(AnswerOptions())
        for route in APIRoute.allCases {
            guard let method = HTTPRequest.Method(rawValue: route.method) else {
                preconditionFailure("'\(route.method)' is not an HTTP method")
            }
            let path = route.path.replacing("{", with: ":").replacing("}", with: "")
            router.on(RouterPath(path), method: method) { request, context in
                try await answer(route, to: request, context: context, isLocal: access == nil)
            }
        }
        return OriginResponder(router: router.buildResponder())
    }

    private func answer(
        _ route: APIRoute,
        to request: Request,
        context: APIContext,
        isLocal: Bool
    ) async throws -> Response {
        switch route {
        case .page: try WebPage.response("index.html", to: request)
        case .pageIcon: try WebPage.response("icon.svg", to: request)
        case .pageFile:
            try WebPage.response(context.parameters.get("name") ?? "", to: request)
        case .health: try health(request)
        case .metrics: try await metrics(request)
        case .openAPI: try openAPI(request)
        case .session: try await sessions.session(request, isLocal: isLocal)
        case .beginSession:
            try await sessions.begin(request, from: context.remoteAddress, isLocal: isLocal)
        case .endSession: try await sessions.end(request, isLocal: isLocal)
        case .makeLink: try await sessions.makeLink(request, isLocal: isLocal)
        case .status: try await status(request)
        case .models: try await models(request)
        case .events: try await events.events(request)
        case .event: try await events.event(request, id: context.eventID())
        case .clip: try await clips.clip(request, id: context.eventID(), context: context)
        case .clipSpectrogram:
            try await clipSpectrograms.spectrogram(request, id: context.eventID())
        case .similar: try await similar.similar(request, id: context.eventID())
        case .label: try await events.label(request, id: context.eventID())
        case .counts: try await bins.counts(request)
        case .insights: try await insights.insights(request)
        case .scores: try await scores.scores(request)
        case .sounds: try await sounds.sounds(request)
        case .coverage: try await events.coverage(request)
        case .levels: try await events.levels(request)
        case .stream: try await streams.stream(request)
        case .spectrogram: try await spectrograms.spectrogram(request)
        case .listen: try await listening.listen(request)
        case .log: try support.log(request)
        case .support: try await support.support(request)
        case .thresholds: try await thresholds.thresholds(request)
        case .resetThresholds: try await thresholds.resetThresholds(request)
        case .threshold:
            try await thresholds.threshold(request, className: context.className())
        case .setThreshold:
            try await thresholds.setThreshold(request, className: context.className())
        case .resetThreshold:
            try await thresholds.resetThreshold(request, className: context.className())
        case .tryThreshold:
            try await trials.tryThreshold(request, className: context.className())
        case .suggestThreshold:
            try await trials.suggestThreshold(request, className: context.className())
        case .fireRule: try await fireRule(request, named: context.ruleName())
        case .reload: try await reload(request)
        }
    }

    private func health(_ request: Request) throws -> Response {
        try request.refuseQuery()
        return JSONResponse.response(.object([.init("status", .string("ok"))]))
    }

    /// The description of the API, which a test holds to the routes and their answers.
    private func openAPI(_ request: Request) throws -> Response {
        try request.refuseQuery()
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/json; charset=utf-8", .cacheControl: "no-cache",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: PackageResources.openapi_json))
        )
    }

    private func status(_ request: Request) async throws -> Response {
        try request.refuseQuery()
        return JSONResponse.response(await controls.status())
    }

    private func models(_ request: Request) async throws -> Response {
        try request.refuseQuery()
        return JSONResponse.response(ModelListMessage(models: await controls.models()))
    }

    private func metrics(_ request: Request) async throws -> Response {
        try request.refuseQuery()
        let families = await controls.status().metrics + controls.meters()
        return Response(
            status: .ok,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: families.map(\.text).joined()))
        )
    }

    private func fireRule(_ request: Request, named name: String) async throws -> Response {
        try request.refuseQuery()
        guard let trial = await controls.fireRule(name) else {
            throw APIError(
                .notFound,
                "unknown_rule",
                "There is no rule '\(name)' in force. 'earwitness rules check' lists those of the "
                    + "configuration; reload the service after a change."
            )
        }
        return JSONResponse.response(trial)
    }

    private func reload(_ request: Request) async throws -> Response {
        try request.refuseQuery()
        return JSONResponse.response(try await controls.reload())
    }
}

extension APIContext {
    /// The number of the event in the path.
    fileprivate func eventID() throws(APIError) -> Int64 {
        let text = parameters.get("id") ?? ""
        guard let id = Int64(text), id > 0 else {
            throw .invalidValue("'\(text)' is not an event number.")
        }
        return id
    }

    /// The name of the class in the path.
    fileprivate func className() throws(APIError) -> String { try name("class") }

    /// The name of the rule in the path.
    fileprivate func ruleName() throws(APIError) -> String { try name("rule") }

    private func name(_ parameter: String) throws(APIError) -> String {
        let text = parameters.get(parameter) ?? ""
        guard let name = text.removingPercentEncoding, !name.isEmpty else {
            throw .invalidValue("'\(text)' is not percent-encoded UTF-8.")
        }
        return name
    }
}

/// What travels with a request through the handlers.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The address of who asks; nil over the Unix socket.
    let remoteAddress: String?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress
    }
}

/// Handles what is the same for every route: HEAD, and paths that a reverse proxy has put a prefix
/// before.
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

    /// The prefix that the request says a proxy has left in front of the path; nil if there is
    /// none.
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
