import ArgumentParser
import AudioFiles
import Platform

/// The recordings that a command line names, in a fixed order.
struct RecordingList {
    /// The recordings: files that were given, and what is found in folders.
    let recordings: [FileSearch.Found]
    /// What can't be entered or read, one line each.
    let obstacles: [String]
    /// What was left out on purpose, one line each.
    let remarks: [String]

    /// The most endings that a line names.
    private static let shownEndings = 8

    /// The paths of the recordings.
    var paths: [String] { recordings.map(\.path) }

    /// Finds the recordings.
    ///
    /// - Parameter arguments: Files, and folders that are searched with all below them.
    /// - Throws: When something is not there, or nothing is left.
    init(_ arguments: [String]) throws {
        let search: FileSearch
        do {
            search = try FileSearch(arguments, isWanted: RecordingEnding.isOn)
        } catch {
            throw Self.failure(of: error)
        }
        recordings = search.found
        obstacles = search.obstacles.map(Self.line(of:))
        let others = Self.otherFiles(of: search)
        remarks = [
            others.map { "\($0)." }, Self.repeats(of: search), Self.linksBack(of: search),
        ].compactMap(\.self)
        guard recordings.isEmpty else { return }
        if let obstacle = search.obstacles.first {
            let status: ExitStatus = obstacle.isForbidden ? .notPermitted : .noInput
            throw CommandFailure(status, Self.line(of: obstacle))
        }
        throw CommandFailure(
            .noInput,
            "No recording in \(arguments.joined(separator: ", "))\(others.map { "; \($0)" } ?? ""). "
                + "Give WAV, FLAC, Ogg or MP3 files, or a folder that holds some."
        )
    }

    private static func failure(of missing: FileSearch.Missing) -> CommandFailure {
        guard let target = missing.target else {
            return CommandFailure(
                .noInput,
                "There is no file or folder '\(missing.path)'. Check the path."
            )
        }
        return CommandFailure(
            .noInput,
            "'\(missing.path)' is a link to '\(target)', which does not exist. Mount or restore it."
        )
    }

    private static func line(of obstacle: FileSearch.Obstacle) -> String {
        let reason = FileFailure.reason(code: obstacle.code)
        return switch obstacle.kind {
        case .folder where obstacle.isForbidden:
            "Cannot search '\(obstacle.path)': \(reason). "
                + "Change its permissions, or run as a user who can read it."
        case .folder: "Cannot search '\(obstacle.path)': \(reason)."
        case .link:
            "Cannot follow the link '\(obstacle.path)': \(reason). "
                + "Mount or restore what it leads to, or remove it."
        }
    }

    /// Files that are not recordings by their names, such as `3 files of other kinds were left out:
    /// .m4b, .txt`.
    private static func otherFiles(of search: FileSearch) -> String? {
        let count = search.otherEndings.values.reduce(search.deviceCount, +)
        guard count > 0 else { return nil }
        let byCount = search.otherEndings.sorted {
            ($1.value, $0.key) < ($0.value, $1.key)
        }
        var names = byCount.prefix(shownEndings).map {
            $0.key.isEmpty ? "without extension" : ".\($0.key)"
        }
        if byCount.count > shownEndings { names.append("and more") }
        if search.deviceCount > 0 { names.append("pipes or devices") }
        let files = count == 1 ? "1 other file was" : "\(count) other files were"
        return "\(files) skipped: \(names.joined(separator: ", "))"
    }

    private static func repeats(of search: FileSearch) -> String? {
        switch search.repeatedCount {
        case 0: nil
        case 1: "1 recording was reached twice and is analysed once."
        default: "\(search.repeatedCount) recordings were reached again and are analysed once."
        }
    }

    private static func linksBack(of search: FileSearch) -> String? {
        guard let first = search.linksBack.first else { return nil }
        let others = search.linksBack.count - 1
        let subject =
            others == 0
            ? "The link '\(first)' leads" : "The link '\(first)' and \(others) more lead"
        return "\(subject) to a folder that is already searched; it is searched once."
    }
}

/// The recordings between those that remain: how much sound of them is passed over.
struct DoneRecordings {
    private var rest: ArraySlice<String>

    /// Begins before the first recording.
    ///
    /// - Parameter all: All recordings in their order.
    init(all: [String]) {
        rest = all[...]
    }

    /// How many seconds of sound lie between the recording that was asked for last and this one.
    ///
    /// - Parameter recording: The next one that remains.
    /// - Returns: The sum of their lengths.
    mutating func secondsBefore(_ recording: String) -> Double {
        var seconds = 0.0
        while let next = rest.popFirst(), next != recording {
            // What can't be opened here has no place on Raven's time axis either.
            seconds += (try? RecordingReader(path: next).durationSeconds) ?? 0
        }
        return seconds
    }
}

extension FileSearch.Obstacle {
    /// Whether the user may not do it.
    fileprivate var isForbidden: Bool { FileFailure.isForbidden(code: code) }
}

extension RecordingChannel: ExpressibleByArgument {
    /// Reads `mix` or the number of a channel, counted from 1.
    init?(argument: String) {
        if argument == "mix" {
            self = .mix
        } else if let number = Int(argument), number > 0 {
            self = .only(number - 1)
        } else {
            return nil
        }
    }

    /// How a command line says it.
    var defaultValueDescription: String { number.map(String.init) ?? "mix" }

    /// The number of the channel, counted from 1; nil for the mix.
    var number: Int? {
        if case .only(let index) = self { index + 1 } else { nil }
    }

    /// What the option says of itself.
    static var help: ArgumentHelp {
        ArgumentHelp(
            "The channel to read: a number from 1, or mix (the mean of all).",
            valueName: "n|mix"
        )
    }
}
