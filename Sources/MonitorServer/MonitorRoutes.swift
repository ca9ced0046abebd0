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
    let settings: ServerSettings
    let store: EventStore
    let controls: MonitorControls
    let streams: StreamSlots
    /// Where the database is read, since it blocks.
    let threads: NIOThreadPool

    /// Builds the routes for one of the listeners; without access control, everybody who can
    /// connect may ask.
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
                try await answer(route, to: request, context: context)
            }
        }
        return OriginResponder(router: router.buildResponder())
    }

    private func answer(
        _ route: APIRoute,
        to request: Request,
        context: APIContext
    ) async throws -> Response {
        switch route {
        case .page: WebPage.response(.html)
        case .pageScript: WebPage.response(.script)
        case .pageStyle: WebPage.response(.style)
        case .pageIcon: WebPage.response(.icon)
        case .health: try health(request)
        case .metrics: try await metrics(request)
        case .status: try await status(request)
        case .events: try await events(request)
        case .event: try await event(request, id: context.eventID())
        case .clip: try await clip(request, id: context.eventID(), context: context)
        case .label: try await label(request, id: context.eventID())
        case .coverage: try await coverage(request)
        case .levels: try await levels(request)
        case .stream: try await stream(request)
        case .thresholds: try await thresholds(request)
        case .resetThresholds: try await resetThresholds(request)
        case .threshold: try await threshold(request, className: context.className())
        case .setThreshold: try await setThreshold(request, className: context.className())
        case .resetThreshold: try await resetThreshold(request, className: context.className())
        case .reload: try await reload(request)
        }
    }

    /// Reads the store on a thread that may block.
    func fromStore<Value: Sendable>(
        _ body: @escaping @Sendable (EventStore) throws -> Value
    ) async throws -> Value {
        let store = store
        return try await threads.runIfActive { try body(store) }
    }

    func refuseQuery(of request: Request) throws(APIError) {
        _ = try QueryReader(request.uri.query, known: [])
    }

    private func health(_ request: Request) throws -> Response {
        try refuseQuery(of: request)
        return JSONResponse.response(.object([.init("status", .string("ok"))]))
    }

    private func status(_ request: Request) async throws -> Response {
        try refuseQuery(of: request)
        return JSONResponse.response(await controls.status())
    }

    private func metrics(_ request: Request) async throws -> Response {
        try refuseQuery(of: request)
        let families = await controls.status().metrics + controls.metrics()
        return Response(
            status: .ok,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: families.map(\.text).joined()))
        )
    }

    private func reload(_ request: Request) async throws -> Response {
        try refuseQuery(of: request)
        return JSONResponse.response(try await controls.reload())
    }
}

extension APIContext {
    /// The number of the event in the path.
    fileprivate func eventID() throws(APIError) -> Int64 {
        let text = parameters.get("id") ?? ""
        guard let id = Int64(text), id > 0 else {
            throw .invalidValue("'\(text)' is not the number of an event.")
        }
        return id
    }

    /// The name of the class in the path.
    fileprivate func className() throws(APIError) -> String {
        let text = parameters.get("class") ?? ""
        guard let name = text.removingPercentEncoding, !name.isEmpty else {
            throw .invalidValue("'\(text)' is not percent-encoded UTF-8.")
        }
        return name
    }
}
