import AudioFiles
import EventStore
import Foundation
import HTTPTypes
import Hummingbird

extension MonitorRoutes {
    /// The sound of an event, whole or in part.
    func clip(_ request: Request, id: Int64, context: APIContext) async throws -> Response {
        try refuseQuery(of: request)
        let event = try await storedEvent(id)
        let (path, length) = try await clipFile(of: event)
        let types = ["flac": "audio/flac", "wav": "audio/wav"]
        let type = types[(path as NSString).pathExtension] ?? "application/octet-stream"
        var headers: HTTPFields = [.contentType: type, .acceptRanges: "bytes"]
        switch ByteRange(request.headers[.range], ofFileWithLength: length) {
        case .whole:
            let body = try await FileIO(threadPool: threads).loadFile(path: path, context: context)
            return Response(status: .ok, headers: headers, body: body)
        case .part(let bytes):
            headers[.contentRange] = "bytes \(bytes.lowerBound)-\(bytes.upperBound)/\(length)"
            let body = try await FileIO(threadPool: threads)
                .loadFile(path: path, range: bytes, context: context)
            return Response(status: .partialContent, headers: headers, body: body)
        case .unsatisfiable:
            var error = APIError(
                .rangeNotSatisfiable,
                "no_such_range",
                "The clip of event \(id) has \(length) bytes."
            )
            error.headers[.contentRange] = "bytes */\(length)"
            throw error
        }
    }

    /// The file of an event's clip and its length.
    ///
    /// - Throws: Why there is none.
    private func clipFile(of event: StoredEvent) async throws -> (path: String, length: Int) {
        guard let clip = event.clipPath, let directory = settings.clipsDirectory else {
            let absence = try await fromStore { store in
                try store.clipAbsence(ofEvent: event.id)
            }
            throw Self.noClip(of: event, because: absence)
        }
        // The path comes from the database, not from the request; only one that this program gives
        // to clips is opened all the same.
        guard let name = ClipName(clip) else {
            throw APIError(
                .notFound,
                "no_clip",
                "The clip of event \(event.id) is not in its folder."
            )
        }
        let folder = ClipFolder(path: directory)
        guard let length = folder.byteCount(of: name) else {
            try? await fromStore { store in
                try store.clearClips(ofEvents: [event.id], because: .deleted)
            }
            throw APIError(.notFound, "clip_gone", "The clip of event \(event.id) is gone.")
        }
        return (folder.location(of: name), Int(length))
    }

    private static func noClip(of event: StoredEvent, because absence: ClipAbsence?) -> APIError {
        let (code, reason): (String, String) =
            switch absence {
            case .expired: ("clip_gone", ": it was removed by age or for space")
            case .deleted: ("clip_gone", ": its file was deleted")
            case .private: ("no_clip", ": a private class was heard all along")
            case .unwritable: ("no_clip", ": the disk did not take it")
            case .dropped: ("no_clip", ": too many waited to be written")
            case nil where event.isPrivate: ("no_clip", ": its class is private")
            case nil where event.end == nil: ("no_clip", " yet: it still goes on")
            case nil: ("no_clip", "")
            }
        return APIError(.notFound, code, "No clip is kept of event \(event.id)\(reason).")
    }
}
