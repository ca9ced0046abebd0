import AudioFiles
import EventStore
import Foundation
import HTTPTypes
import Hummingbird
import Messages
import Monitor
import NIOCore
import NIOPosix

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
