import AudioFiles
import Foundation
@preconcurrency import Glibc
import ModelLibrary
import Platform

/// A file that lists the recordings that are done: one JSON object a line, safe on disk before the
/// next one is begun.
///
/// A recording is known by what it holds, not by its path: it may be moved, renamed, copied, or
/// reached another way. A line stands for one recording, so that copies of one recording count one
/// by one.
final class AnalysisJournal {
    /// A recording as it was when it was analysed, by which networks, and of which channel.
    private struct Entry: Codable {
        let file: String
        let bytes: Int64
        let modifiedUTCms: Int64
        let model: String
        /// Nil for the mix.
        var channel: Int?
        // Journals of earlier versions lack the rest.
        var changedUTCns: Int64?
        var inode: UInt64?
        var xxh64: String?

        enum CodingKeys: String, CodingKey {
            case file
            case bytes
            case modifiedUTCms = "modified_utc_ms"
            case model
            case channel
            case changedUTCns = "changed_utc_ns"
            case inode
            case xxh64
        }

        /// What is equal for the same untouched file, or nil if that can't be said for sure.
        var identity: Identity? {
            guard let changedUTCns, let inode else { return nil }
            return Identity(bytes, modifiedUTCms, changedUTCns: changedUTCns, inode: inode)
        }
    }

    private struct Identity: Hashable {
        let bytes: Int64
        let modifiedUTCms: Int64
        let changedUTCns: Int64
        let inode: UInt64

        init(_ bytes: Int64, _ modifiedUTCms: Int64, changedUTCns: Int64, inode: UInt64) {
            self.bytes = bytes
            self.modifiedUTCms = modifiedUTCms
            self.changedUTCns = changedUTCns
            self.inode = inode
        }

        init(_ facts: FileStamp) {
            self.init(
                facts.bytes,
                AnalysisJournal.milliseconds(facts.modifiedUTCns),
                changedUTCns: facts.changedUTCns,
                inode: facts.inode
            )
        }
    }

    /// The keys are sorted, so that every line begins like this.
    private static let beginOfLine = #"{"bytes":"#

    private let path: String
    /// The digests of the models in their order.
    private let models: String
    private let channel: RecordingChannel
    private let descriptor: Int32
    private let isFile: Bool
    private var entries: [Entry] = []
    /// Those that no recording of this run is.
    private var others: [Entry] = []
    /// What the recordings were before they were analysed.
    private var facts: [String: FileStamp] = [:]
    private let encoder = JSONEncoder()

    /// Opens a journal, or begins one.
    ///
    /// A last line that was cut off, as a crash leaves it, is not counted.
    /// - Throws: When the file can't be opened, or is something else.
    init(
        path: String,
        models: [SoundModel],
        channel: RecordingChannel
    ) throws(CommandFailure) {
        self.path = path
        self.channel = channel
        self.models = models.map(\.digest.description).joined(separator: "+")
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let isNew = FileFacts(path) == nil
        let descriptor = PathText.withBytes(of: path) {
            open($0, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        }
        guard descriptor >= 0 else {
            let error = FileWriteError(path: path, code: errno, isCreation: true)
            throw CommandFailure(
                ExitStatus(rawValue: error.exitCode) ?? .cannotCreate,
                "Cannot open the journal '\(path)' (\(error.reason)). Choose another path."
            )
        }
        self.descriptor = descriptor
        // Anything but a regular file, such as a device, lists nothing.
        isFile = FileStamp(path: path)?.isRegular == true
        if isNew { OutputFile.syncFolder(of: path) }
        if isFile { try readLines() }
    }

    deinit {
        close(descriptor)
    }

    /// The recordings that are not done yet, in their order.
    ///
    /// The untouched ones are known without being read. Others are read where a line is left that
    /// could mean them: first those that still have their name, then any.
    func remaining(of recordings: [String]) -> [String] {
        var open = Array(recordings.indices)
        let found = recordings.map { FileStamp(path: $0) }
        for (path, facts) in zip(recordings, found) { self.facts[path] = facts }
        var unclaimed = Dictionary(
            grouping: entries.filter { $0.model == models && $0.channel == channel.number },
            by: \.bytes
        )

        /// Gives each recording a line of its own with the same key.
        func claim<Key: Hashable>(
            _ key: (Entry) -> Key?,
            by recordingKey: (_ index: Int, _ facts: FileStamp) -> Key?
        ) {
            var lines: [Key: Int] = [:]
            for entry in unclaimed.values.joined() {
                if let key = key(entry) { lines[key, default: 0] += 1 }
            }
            guard !lines.isEmpty else { return }
            var claimed: [Key: Int] = [:]
            open.removeAll { index in
                guard let facts = found[index], unclaimed[facts.bytes]?.isEmpty == false,
                    let key = recordingKey(index, facts), lines[key, default: 0] > 0
                else { return false }
                lines[key, default: 0] -= 1
                claimed[key, default: 0] += 1
                return true
            }
            for bytes in unclaimed.keys {
                unclaimed[bytes]?.removeAll { entry in
                    guard let key = key(entry), claimed[key, default: 0] > 0 else { return false }
                    claimed[key, default: 0] -= 1
                    return true
                }
            }
        }

        claim(\.identity) { $1.areUnique ? Identity($1) : nil }
        claim(Self.earlierKey) { index, facts in
            let place = Self.place(recordings[index])
            return Self.earlierMilliseconds(of: place).map { "\(facts.bytes) \($0) \(place)" }
        }
        var hashes: [Int: String?] = [:]
        func hash(_ index: Int, _ facts: FileStamp) -> String? {
            guard unclaimed[facts.bytes]?.contains(where: { $0.xxh64 != nil }) == true else {
                return nil
            }
            if let known = hashes[index] { return known }
            let hash = ContentHash.text(ofFile: recordings[index])
            hashes[index] = .some(hash)
            return hash
        }
        claim({ entry in entry.xxh64.map { ["\(entry.bytes)", $0, Self.name(entry.file)] } }) {
            index,
            facts in
            hash(index, facts).map { ["\(facts.bytes)", $0, Self.name(recordings[index])] }
        }
        claim({ entry in entry.xxh64.map { ["\(entry.bytes)", $0] } }) { index, facts in
            hash(index, facts).map { ["\(facts.bytes)", $0] }
        }
        others = Array(unclaimed.values.joined())
        return open.map { recordings[$0] }
    }

    /// A recording that is done and not among those of ``remaining(of:)``, whose output files would
    /// be called like those of a recording; nil if there is none.
    ///
    /// A file that has changed since it was done is still the same recording.
    func namesake(of recording: String) -> String? {
        let name = PathText.stem(of: recording).lowercased()
        let place = Self.place(recording)
        return others.first {
            PathText.stem(of: $0.file).lowercased() == name && Self.place($0.file) != place
        }?.file
    }

    /// Lists a recording as done; when this returns, a power failure can't undo it.
    ///
    /// One that changed since ``remaining(of:)`` is not listed, because it is unknown what was
    /// analysed.
    ///
    /// - Throws: When the file can't be written.
    func append(_ recording: String) throws {
        guard let before = facts[recording] else { return }
        let hash = ContentHash.text(ofFile: recording)
        guard let now = FileStamp(path: recording), let hash,
            now.bytes == before.bytes, now.modifiedUTCns == before.modifiedUTCns
        else {
            StandardError.writeMessage(
                "'\(recording)' changed while it was analysed. With --resume it is analysed again "
                    + "the next time."
            )
            return
        }
        let entry = Entry(
            file: recording,
            bytes: now.bytes,
            modifiedUTCms: Self.milliseconds(now.modifiedUTCns),
            model: models,
            channel: channel.number,
            changedUTCns: now.changedUTCns,
            inode: now.inode,
            xxh64: hash
        )
        try write([UInt8](encoder.encode(entry)) + [UInt8(ascii: "\n")])
    }

    private func readLines() throws(CommandFailure) {
        let newline = UInt8(ascii: "\n")
        let content = Data((try? FileContents.read(path)) ?? [])
        let whole = content.lastIndex(of: newline).map { content[...$0] } ?? Data()
        // After a loss of power some file systems leave zeros where the last lines should be.
        let tail = content[whole.endIndex...]
        let rest = tail.prefix { $0 != 0 }
        for (index, line) in whole.split(separator: newline).enumerated() {
            let object = Data(line.drop { $0 == 0 })
            guard let entry = try? JSONDecoder().decode(Entry.self, from: object) else {
                throw notAJournal(line: index + 1)
            }
            entries.append(entry)
        }
        guard !tail.isEmpty else { return }
        // Cut off by a crash: the recording is done again.
        let begin = Data(Self.beginOfLine.utf8)
        guard rest.starts(with: begin) || begin.starts(with: rest),
            tail.dropFirst(rest.count).allSatisfy({ $0 == 0 })
        else {
            throw notAJournal(line: whole.split(separator: newline).count + 1)
        }
        guard ftruncate(descriptor, off_t(whole.count)) == 0 else { throw cannotWrite(errno) }
    }

    private func write(_ bytes: [UInt8]) throws(CommandFailure) {
        let end = lseek(descriptor, 0, SEEK_END)
        var code = OutputFile.writeAll(bytes, to: descriptor)
        if code == 0, fsync(descriptor) != 0, !OutputFile.cannotBeSynced(errno) { code = errno }
        guard code == 0 else {
            // Half a line would be in the way of the next one.
            if isFile { ftruncate(descriptor, end) }
            throw cannotWrite(code)
        }
    }

    private func notAJournal(line: Int) -> CommandFailure {
        CommandFailure(
            .badData,
            "'\(path)' is not a journal of 'analyze' (line \(line) is invalid). "
                + "Give --resume another file."
        )
    }

    private func cannotWrite(_ code: Int32) -> CommandFailure {
        CommandFailure(
            .inputOutput,
            "Cannot write the journal '\(path)' (\(FileFailure.reason(code: code))). "
                + "Free some space and continue with --resume."
        )
    }

    private static func milliseconds(_ nanoseconds: Int64) -> Int64 {
        // Rounded down, also before 1970.
        (nanoseconds - (nanoseconds % 1_000_000 + 1_000_000) % 1_000_000) / 1_000_000
    }

    /// How a line of an earlier version names a recording; nil for one that has a hash.
    private static func earlierKey(_ entry: Entry) -> String? {
        guard entry.xxh64 == nil else { return nil }
        return "\(entry.bytes) \(entry.modifiedUTCms) \(place(entry.file))"
    }

    /// The modification time as earlier versions rounded it, which may be one less.
    private static func earlierMilliseconds(of path: String) -> Int64? {
        let facts = try? FileManager.default.attributesOfItem(atPath: path)
        return (facts?[.modificationDate] as? Date).map {
            Int64(($0.timeIntervalSince1970 * 1_000).rounded(.down))
        }
    }

    /// Where a path leads to in the end, links and all.
    private static func place(_ path: String) -> String {
        FileFacts.realPath(path) ?? path
    }

    private static func name(_ path: String) -> String {
        PathText.lastPart(of: path)
    }
}
