import HTTPTypes
import Hummingbird
import Messages
import Monitor

/// Shows and changes the thresholds in force.
struct ThresholdRoutes: Sendable {
    let controls: MonitorControls
    let maxBodyBytes: Int

    func thresholds(_ request: Request) async throws -> Response {
        let model = try await namedModel(in: request)
        let thresholds = try await controls.thresholds()
        return JSONResponse.response(
            ThresholdListMessage(
                thresholds: thresholds.filter { model == nil || $0.model == model }
            )
        )
    }

    func threshold(_ request: Request, className: String) async throws -> Response {
        let model = try await namedModel(in: request)
        let thresholds = try await controls.thresholds()
        return JSONResponse.response(
            try Self.threshold(
                of: className,
                in: thresholds.filter { model == nil || $0.model == model }
            )
        )
    }

    func setThreshold(_ request: Request, className: String) async throws -> Response {
        let model = try await namedModel(in: request)
        let body = try await BodyReader(
            request,
            maxBytes: maxBodyBytes,
            known: ["on", "reported"]
        )
        let change = ThresholdChange(
            on: try body.number("on", in: 0...1),
            isReported: try body.flag("reported")
        )
        guard change != ThresholdChange() else {
            throw APIError.invalidValue(
                "'on' is missing; give a number from 0 to 1, or 'reported', true or false."
            )
        }
        return JSONResponse.response(try await controls.setThreshold(className, model, change))
    }

    func resetThreshold(_ request: Request, className: String) async throws -> Response {
        let model = try await namedModel(in: request)
        let thresholds = try await controls.thresholds()
        // An unknown or ambiguous class is refused before anything is reset.
        _ = try Self.threshold(
            of: className,
            in: thresholds.filter { model == nil || $0.model == model }
        )
        return JSONResponse.response(
            try Self.threshold(
                of: className,
                in: try await controls.resetThreshold(className, model)
            )
        )
    }

    func resetThresholds(_ request: Request) async throws -> Response {
        let model = try await namedModel(in: request)
        return JSONResponse.response(
            ThresholdListMessage(thresholds: try await controls.resetThreshold(nil, model))
        )
    }

    /// The model that the query names, if it names one; it must be in use.
    private func namedModel(in request: Request) async throws -> String? {
        let query = try QueryReader(request.uri.query, known: ["model"])
        guard let name = try query.one("model") else { return nil }
        try await requireModelInUse(name)
        return name
    }

    private func requireModelInUse(_ name: String) async throws {
        var known: [String] = []
        for model in try await controls.thresholds().map(\.model) where known.last != model {
            known.append(model)
        }
        guard known.contains(name) else {
            throw ControlError.unknownModel(name: name, known: known)
        }
    }

    private static func threshold(
        of className: String,
        in thresholds: [ThresholdMessage]
    ) throws(ControlError) -> ThresholdMessage {
        let found = thresholds.filter { $0.className == className }
        guard let first = found.first else {
            throw .unknownClass(name: className, known: thresholds.map(\.className))
        }
        guard found.count == 1 else {
            throw .ambiguousClass(name: className, models: found.map(\.model))
        }
        return first
    }
}
