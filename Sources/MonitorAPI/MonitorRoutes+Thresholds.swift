import HTTPTypes
import Hummingbird
import MonitorMessages

extension MonitorRoutes {
    func thresholds(_ request: Request) async throws -> Response {
        try refuseQuery(of: request)
        return JSONResponse.response(
            ThresholdListMessage(thresholds: try await controls.thresholds())
        )
    }

    func threshold(_ request: Request, className: String) async throws -> Response {
        try refuseQuery(of: request)
        return JSONResponse.response(
            try Self.threshold(of: className, in: await controls.thresholds())
        )
    }

    func setThreshold(_ request: Request, className: String) async throws -> Response {
        try refuseQuery(of: request)
        let body = try await BodyReader(
            request,
            maxBytes: settings.maxBodyBytes,
            known: ["on"]
        )
        guard let on = try body.number("on", in: 0...1) else {
            throw APIError.invalidValue("'on' is missing; give a number from 0 to 1.")
        }
        return JSONResponse.response(
            try await controls.setThreshold(className, ThresholdChange(on: on))
        )
    }

    func resetThreshold(_ request: Request, className: String) async throws -> Response {
        try refuseQuery(of: request)
        return JSONResponse.response(
            try Self.threshold(
                of: className,
                in: try await controls.resetThreshold(className)
            )
        )
    }

    func resetThresholds(_ request: Request) async throws -> Response {
        try refuseQuery(of: request)
        return JSONResponse.response(
            ThresholdListMessage(thresholds: try await controls.resetThreshold(nil))
        )
    }

    private static func threshold(
        of className: String,
        in thresholds: [ThresholdMessage]
    ) throws(ControlError) -> ThresholdMessage {
        guard let found = thresholds.first(where: { $0.className == className }) else {
            throw .unknownClass(name: className, known: thresholds.map(\.className))
        }
        return found
    }
}
