import Platform

/// The files that a command writes into a folder, named after the recordings.
struct RecordingOutputs {
    /// Whether a finished file survives a loss of power.
    let isDurable: Bool
    private let folder: String
    private let names: OutputNames

    /// Makes the folder and decides on the names.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - content: What it is for, such as `the scores`.
    ///   - recordings: All recordings, so that two with the same name get different files.
    ///   - longestSuffix: What may follow a recording's name in a file's name.
    ///   - isDurable: Whether a finished file survives a loss of power.
    /// - Throws: When the folder can't be made.
    init(
        folder: String,
        for content: String,
        recordings: [FileSearch.Found],
        longestSuffix: String,
        isDurable: Bool
    ) throws(CommandFailure) {
        try OutputFolder.create(folder, for: content)
        self.folder = folder
        self.isDurable = isDurable
        names = OutputNames(of: recordings, longestSuffix: longestSuffix)
    }

    /// The path of a recording's file; nil for a recording that was not among them.
    func path(of recording: String, suffix: String) -> String? {
        names[recording].map { PathText.join(folder, $0 + suffix) }
    }
}

/// A folder that a command writes files into.
enum OutputFolder {
    /// Makes the folder if it is not there.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - content: What it is for, such as `the scores`.
    /// - Throws: When it can't be made.
    static func create(_ path: String, for content: String) throws(CommandFailure) {
        do throws(FileWriteError) {
            try OutputFile.createFolder(path)
        } catch {
            throw CommandFailure(
                ExitStatus(rawValue: error.exitCode) ?? .cannotCreate,
                "Cannot create the folder '\(path)' for \(content) (\(error.reason)). "
                    + "Choose another one."
            )
        }
    }

    /// A name as part of a file's name: slashes, which would name folders, become underscores.
    static func fileName(for name: String) -> String {
        name.replacing("/", with: "_")
    }
}

/// The names of files that belong to recordings, no two of them the same, whatever the order of
/// the recordings.
///
/// A recording's file is called like the recording without its ending. Where two would be called
/// the same, also on a file system that does not tell capitals from small letters, both get their
/// path in front: `a/x.wav` and `b/x.wav` become `a_x` and `b_x`. If that is not enough they get
/// their ending, the folder that was given, and at last a number made of their paths.
struct OutputNames {
    private let stems: [[UInt8]: String]

    private static let longestName = 255
    /// What writers put around a name until the file is complete.
    private static let roomForPartial = 24
    /// `analyze` may write into one folder what ends in these, so names must differ by more.
    private static let suffixes = ["", "-levels"]
    private static let lastLevel = 4

    /// Decides on the names.
    ///
    /// - Parameters:
    ///   - recordings: All recordings of the command, also those that are done already.
    ///   - longestSuffix: What may follow a name in a file's name.
    init(of recordings: [FileSearch.Found], longestSuffix: String) {
        let room = Self.longestName - Self.roomForPartial - longestSuffix.utf8.count
        var levels = Array(repeating: 0, count: recordings.count)
        var names = recordings.map { Self.name(of: $0, level: 0, room: room) }
        while true {
            var owners: [String: [Int]] = [:]
            for (index, name) in names.enumerated() {
                for suffix in Self.suffixes {
                    owners[(name + suffix).lowercased(), default: []].append(index)
                }
            }
            let colliding = Set(owners.values.filter { $0.count > 1 }.joined())
                .filter { levels[$0] < Self.lastLevel }
            guard !colliding.isEmpty else { break }
            for index in colliding {
                levels[index] += 1
                names[index] = Self.name(
                    of: recordings[index],
                    level: levels[index],
                    room: room
                )
            }
        }
        stems = Dictionary(
            zip(recordings.map { PathText.bytes(of: $0.path) }, names),
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The name for a recording, by its path; nil for one that was not among them.
    subscript(path: String) -> String? { stems[PathText.bytes(of: path)] }

    private static func name(of recording: FileSearch.Found, level: Int, room: Int) -> String {
        let name =
            switch level {
            case 0: PathText.stem(of: recording.path)
            case 1: flat(recording.relativePath, hasEnding: false)
            case 2: flat(recording.relativePath, hasEnding: true)
            case 3: flat(recording.path, hasEnding: true)
            default: flat(recording.path, hasEnding: true) + mark(of: recording.path)
            }
        guard PathText.bytes(of: name).count > room else { return name }
        let mark = mark(of: recording.path)
        var short = name.unicodeScalars[...]
        while PathText.bytes(of: String(short)).count + mark.utf8.count > room, !short.isEmpty {
            short = short.dropLast()
        }
        return String(short) + mark
    }

    /// A path with underscores in place of slashes.
    private static func flat(_ path: String, hasEnding: Bool) -> String {
        let parts = path.unicodeScalars.split(separator: "/").map { String($0) }
            .filter { $0 != "." && $0 != ".." }
        let last = parts.last ?? ""
        return (parts.dropLast() + [hasEnding ? last : PathText.stem(of: last)])
            .joined(separator: "_")
    }

    /// A number that tells paths apart, the same in every run (FNV-1a).
    private static func mark(of path: String) -> String {
        let number = PathText.bytes(of: path).reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        let digits = String(number, radix: 16)
        return "~" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
