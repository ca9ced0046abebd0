import AudioFiles
import EventStore
import Foundation
import HTTPTypes
import Hummingbird
import Messages
import Monitor
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Answers with a source's live spectrogram.
struct SpectrogramRoute: Sendable {
    private let controls: MonitorControls
    private let slots: StreamSlots

    /// Prepares to answer up to so many followers at a time.
    init(controls: MonitorControls, maxStreams: Int) {
        self.controls = controls
        slots = StreamSlots(limit: maxStreams)
    }

    /// Columns from now on, until either side ends it or the source falls silent.
    func spectrogram(_ request: Request) async throws -> Response {
        let query = try QueryReader(request.uri.query, known: ["source", "model"])
        let (source, model) = (try query.one("source"), try query.one("model"))
        let slot = try slots.require()
        let live = try controls.spectrogram(source, model)
        return LiveBody.response(
            type: SpectrogramFormat.mediaType,
            beginning: SpectrogramFormat.header(
                source: live.source,
                model: live.model,
                layout: live.layout
            ),
            pieces: live.columns,
            holding: slot,
            bytes: SpectrogramFormat.record
        )
    }
}

/// The bytes of a spectrogram: a line of JSON, then a record a column.
enum SpectrogramFormat {
    static let mediaType = "application/octet-stream"

    /// The line that says what the records are, and, if they end, how many they are.
    static func header(
        source: String,
        model: String,
        layout: SpectrogramLayout,
        columns: Int? = nil
    ) -> ByteBuffer {
        var members: [JSONValue.Member] = [
            .init("source", .string(source)), .init("model", .string(model)),
            .init("bands", .integer(Int64(layout.bandCount))),
            .init("columns_per_s", .number(layout.columnsPerSecond, decimals: 6)),
            .init(
                "frequencies_hz",
                .array(layout.frequenciesHz.map { .number($0, decimals: 1) })
            ),
            .init("floor_db", .number(SpectrogramLayout.floorDB)),
            .init("step_db", .number(SpectrogramLayout.stepDB)),
        ]
        if let columns { members.append(.init("columns", .integer(Int64(columns)))) }
        return ByteBuffer(string: JSONValue.object(members).text + "\n")
    }

    /// A column: its beginning in seconds since 1970 as Float64, little-endian, and a byte a band.
    static func record(_ column: SpectrogramColumn) -> ByteBuffer {
        var record = ByteBuffer()
        write(column, to: &record)
        return record
    }

    /// Appends the record of a column.
    static func write(_ column: SpectrogramColumn, to buffer: inout ByteBuffer) {
        buffer.writeInteger(column.startSeconds.bitPattern, endianness: .little)
        buffer.writeBytes(column.levels)
    }
}

/// Answers with the spectrogram of an event's clip.
struct ClipSpectrogramRoute: Sendable {
    let clips: ClipRoute
    let controls: MonitorControls

    /// How many frames are decoded at once.
    private static let blockFrames = 16_384

    /// The columns of the whole clip, in the bands of the event's model.
    ///
    /// A model that is no longer in use is replaced by the first that is.
    func spectrogram(_ request: Request, id: Int64) async throws -> Response {
        try request.refuseQuery()
        let event = try await clips.history.event(id)
        let (path, _) = try await clips.clipFile(of: event)
        let bands = controls.bands(event.model)
        // Of a clip of an early version it is not known when it began.
        let start = try await clips.history.read { try $0.clipStart(ofEvent: id) } ?? event.start
        let columns = try await clips.history.threads.runIfActive {
            try Self.columns(ofClipAt: path, bands.layout, startingAt: start)
        }
        var body = SpectrogramFormat.header(
            source: event.source,
            model: bands.model,
            layout: bands.layout,
            columns: columns.count
        )
        for column in columns { SpectrogramFormat.write(column, to: &body) }
        return Response(
            status: .ok,
            headers: [.contentType: SpectrogramFormat.mediaType],
            body: ResponseBody(byteBuffer: body)
        )
    }

    private static func columns(
        ofClipAt path: String,
        _ layout: SpectrogramLayout,
        startingAt start: Date
    ) throws(ControlError) -> [SpectrogramColumn] {
        var columns: [SpectrogramColumn] = []
        do {
            let reader = try RecordingReader(path: path)
            let analysis = try SpectrogramAnalysis(layout, sourceRateHz: reader.sampleRateHz)
            var block: [Float] = []
            while try reader.readMono(into: &block, upTo: blockFrames) > 0 {
                analysis.process(block.span, appendingTo: &columns)
                block.removeAll(keepingCapacity: true)
            }
            analysis.finish(appendingTo: &columns)
        } catch {
            throw .failed("The clip cannot be shown. \(error)")
        }
        for index in columns.indices {
            columns[index].startSeconds += start.timeIntervalSince1970
        }
        return columns
    }
}
