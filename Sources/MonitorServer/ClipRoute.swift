import AudioFiles
import EventStore
import Foundation
import HTTPTypes
import Hummingbird

/// Answers with the sound of an event.
struct ClipRoute: Sendable {
    let history: HistoryReader
    /// The folder that clips are relative to; nil: no clips are given out.
    let directory: String?

    /// The sound of an event, whole or in part.
    func clip(_ request: Request, id: Int64, context: APIContext) async throws -> Response {
        try request.refuseQuery()
        let event = try await history.event(id)
        let (path, length) = try await clipFile(of: event)
        let types = ["flac": "audio/flac", "wav": "audio/wav"]
        let type = types[(path as NSString).pathExtension] ?? "application/octet-stream"
        var headers: HTTPFields = [.contentType: type, .acceptRanges: "bytes"]
        switch ByteRange(request.headers[.range], ofFileWithLength: length) {
        case .whole:
            let body = try await FileIO(threadPool: history.threads).loadFile(
                path: path,
                context: context
            )
            return Response(status: .ok, headers: headers, body: body)
        case .part(let bytes):
            headers[.contentRange] = "bytes \(bytes.lowerBound)-\(bytes.upperBound)/\(length)"
            let body = try await FileIO(threadPool: history.threads)
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
    func clipFile(of event: StoredEvent) async throws -> (path: String, length: Int) {
        guard let clip = event.clipPath, let directory else {
            throw try await Self.absence(of: event, in: history)
        }
        // The path comes from the database, not from the request; only one that this program gives
        // to clips is opened all the same.
        guard let name = ClipName(clip) else {
            throw APIError(
                .notFound,
                "no_clip",
                "The clip file of event \(event.id) is missing."
            )
        }
        let folder = ClipFolder(path: directory)
        guard let length = folder.byteCount(of: name) else {
            try? await history.read { store in
                try store.clearClips(ofEvents: [event.id], because: .deleted)
            }
            throw APIError(.notFound, "clip_gone", "The clip of event \(event.id) is gone.")
        }
        return (folder.location(of: name), Int(length))
    }

    /// Why an event has no clip.
    static func absence(
        of event: StoredEvent,
        in history: HistoryReader
    ) async throws
        -> APIError
    {
        let absence = try await history.read { store in
            try store.clipAbsence(ofEvent: event.id)
        }
        let (code, reason): (String, String) =
            switch absence {
            case .expired: ("clip_gone", ": it was removed by age or for space")
            case .deleted: ("clip_gone", ": its file was deleted")
            case .private: ("no_clip", ": a private class was heard the whole time")
            case .unwritable: ("no_clip", ": it could not be written")
            case .dropped: ("no_clip", ": the queue was full")
            case nil where event.isPrivate: ("no_clip", ": its class is private")
            case nil where event.end == nil: ("no_clip", " yet: the event is in progress")
            case nil: ("no_clip", "")
            }
        return APIError(.notFound, code, "Event \(event.id) has no clip\(reason).")
    }
}

/// The part of a file that a request asks for, as in RFC 9110, §14.
enum ByteRange: Equatable {
    /// All of it: nothing was asked for, or something that may be ignored.
    case whole
    /// These bytes.
    case part(ClosedRange<Int>)
    /// What was asked for is not in the file.
    case unsatisfiable

    /// Reads the header `Range`.
    ///
    /// Several ranges, other units and what is not in the form are ignored, which the standard
    /// allows.
    /// - Parameters:
    ///   - header: The header; nil if there is none.
    ///   - length: The length of the file, in bytes.
    init(_ header: String?, ofFileWithLength length: Int) {
        guard let header, header.hasPrefix("bytes="), !header.contains(",") else {
            self = .whole
            return
        }
        let ends = header.dropFirst("bytes=".count)
            .split(separator: "-", omittingEmptySubsequences: false)
            .map { $0.filter { $0 != " " } }
        guard ends.count == 2, ends != ["", ""],
            ends.allSatisfy({ $0.isEmpty || Self.number($0) != nil })
        else {
            self = .whole
            return
        }
        switch (Self.number(ends[0]), Self.number(ends[1])) {
        case (let first?, let last?) where last < first: self = .whole
        case (let first?, let last): self = Self.bytes(from: first, to: last ?? length, of: length)
        case (nil, 0), (nil, nil): self = .unsatisfiable
        case (nil, let count?):
            self = Self.bytes(from: max(0, length - count), to: length, of: length)
        }
    }

    private static func bytes(from first: Int, to last: Int, of length: Int) -> ByteRange {
        first < length ? .part(first...min(last, length - 1)) : .unsatisfiable
    }

    private static func number(_ digits: some StringProtocol) -> Int? {
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int(digits)
    }
}
