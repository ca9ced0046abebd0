import EventStore
import HTTPTypes
import Hummingbird
import Messages
import NIOCore

extension APIError {
    /// Tells what any error that a handler threw means for the client.
    init(_ error: any Error, request: Request) {
        switch error {
        case let error as APIError:
            self = error
        case let error as ControlError:
            self.init(error)
        case let error as StoreError:
            self.init(error)
        case is NIOTooManyBytesError:
            self.init(
                .contentTooLarge,
                "body_too_large",
                "The body of the request is too large."
            )
        case let error as any HTTPResponseError where error.status == .notFound:
            self.init(unroutable: request)
        case let error as any HTTPResponseError:
            self.init(error.status, "bad_request", "The request cannot be read.")
        default:
            self.init(
                .internalServerError,
                "internal_error",
                "The service could not answer. Its log says why."
            )
        }
    }

    private init(_ error: ControlError) {
        switch error {
        case .unknownClass:
            self.init(.notFound, "unknown_class", error.description)
        case .unknownModel:
            self.init(.badRequest, "invalid_value", error.description)
        case .ambiguousClass:
            self.init(.conflict, "ambiguous_class", error.description)
        case .invalidValue:
            self.init(.badRequest, "invalid_value", error.description)
        case .failed:
            self.init(.internalServerError, "failed", error.description)
        }
    }

    private init(_ error: StoreError) {
        switch error {
        case .noSuchEvent(let id):
            self = .noSuchEvent("\(id)")
        default:
            self.init(.serviceUnavailable, ErrorMessage.storeUnavailable, error.description)
        }
    }

    /// Methods of RFC 9110 and 5789 that a path refuses; all others are refused for any path.
    private static let knownMethods: Set<HTTPRequest.Method> = [
        .get, .head, .post, .put, .delete, .options, .patch, .trace,
    ]

    /// No route has this path, or none with this method.
    private init(unroutable request: Request) {
        let path = request.uri.path
        guard Self.knownMethods.contains(request.method) else {
            self.init(
                .notImplemented,
                "method_not_implemented",
                "\(request.method.rawValue) is not possible for any path; possible are "
                    + "\(APIRoute.methods.joined(separator: ", "))."
            )
            return
        }
        let methods = APIRoute.methods(forPath: path)
        guard methods.isEmpty else {
            let allowed = methods.joined(separator: ", ")
            self.init(
                .methodNotAllowed,
                "method_not_allowed",
                "\(request.method.rawValue) is not possible for '\(path)'; allowed is \(allowed)."
            )
            headers[.allow] = allowed
            return
        }
        self.init(
            .notFound,
            "no_such_route",
            "There is nothing at '\(path)'. docs/http-api.md lists what there is."
        )
    }
}
