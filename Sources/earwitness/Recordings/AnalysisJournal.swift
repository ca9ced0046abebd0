import Foundation
@preconcurrency import Glibc
import ModelLibrary

/// A file that lists the recordings that are done: one JSON object a line, safe on disk before the
/// next one is begun.
final class AnalysisJournal {
    /// A recording as it was when it was analysed, and by which networks.
    private struct Entry: Codable, Hashable {
        let file: String
        let bytes: Int64
        let modifiedUTCms: Int64
        let model: String

        enum CodingKeys: String, CodingKey {
            case file
            case bytes
            case modifiedUTCms = "modified_utc_ms"
            case model
        }
    }

    /// The keys are sorted, so that every line begins like this.
    private static let beginOfLine = #"{"bytes":"#

    private let path: String
    /// The digests of the models in their order.
    private let models: String
    private let descriptor: Int32
    private var done: Set<Entry> = []
    private let encoder = JSONEncoder()

    /// Opens a journal, or begins one.
    ///
    /// A last line that was cut off, as a crash leaves it, is not counted.
    /// - Throws: When the file can't be opened, or is something else.
    init(path: String, models: [SoundModel]) throws(CommandFailure) {
        self.path = path
        self.models = models.map(\.digest.description).joined(separator: "+")
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw CommandFailure(
                .cannotCreate,
                "Cannot open the journal '\(path)' (\(String(cString: strerror(errno)))). "
                    + "Choose another place."
            )
        }
        self.descriptor = descriptor
        do {
            try readLines()
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit {
        close(descriptor)
    }

    /// Whether a recording is done and has not changed since.
    func lists(_ recording: String) -> Bool {
        entry(of: recording).map(done.contains) ?? false
    }

    /// Lists a recording as done; when this returns, a power failure can't undo it.
    ///
    /// - Throws: When the file can't be written.
    func append(_ recording: String) throws {
        guard let entry = entry(of: recording), done.insert(entry).inserted else { return }
        try write([UInt8](encoder.encode(entry)) + [UInt8(ascii: "\n")])
    }

    private func readLines() throws(CommandFailure) {
        let newline = UInt8(ascii: "\n")
        let content = FileManager.default.contents(atPath: path) ?? Data()
        let whole = content.lastIndex(of: newline).map { content[...$0] } ?? Data()
        let rest = content[whole.endIndex...]
        for (index, line) in whole.split(separator: newline).enumerated() {
            guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(line)) else {
                throw notAJournal(line: index + 1)
            }
            done.insert(entry)
        }
        guard !rest.isEmpty else { return }
        // Cut off by a crash: the recording is done again.
        let begin = Data(Self.beginOfLine.utf8)
        guard rest.starts(with: begin) || begin.starts(with: rest) else {
            throw notAJournal(line: whole.split(separator: newline).count + 1)
        }
        guard ftruncate(descriptor, off_t(whole.count)) == 0 else { throw cannotWrite() }
    }

    private func write(_ bytes: [UInt8]) throws(CommandFailure) {
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0
        else { throw cannotWrite() }
    }

    private func notAJournal(line: Int) -> CommandFailure {
        CommandFailure(
            .badData,
            "'\(path)' is not a journal of 'analyze': line \(line) lists no recording. "
                + "Give --resume a file of its own."
        )
    }

    private func cannotWrite() -> CommandFailure {
        CommandFailure(
            .inputOutput,
            "Cannot write the journal '\(path)' (\(String(cString: strerror(errno)))). "
                + "Free some room and go on with --resume."
        )
    }

    private func entry(of recording: String) -> Entry? {
        let place = URL(fileURLWithPath: recording).resolvingSymlinksInPath().path
        guard let facts = try? FileManager.default.attributesOfItem(atPath: place),
            let bytes = facts[.size] as? NSNumber, let modified = facts[.modificationDate] as? Date
        else { return nil }
        return Entry(
            file: recording,
            bytes: bytes.int64Value,
            modifiedUTCms: Int64((modified.timeIntervalSince1970 * 1_000).rounded(.down)),
            model: models
        )
    }
}
