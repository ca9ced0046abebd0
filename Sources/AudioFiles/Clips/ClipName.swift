package import Foundation

/// The name of a clip below the folder of clips: its event's day in UTC and number, such as
/// `2026/11/20/812.flac`.
package struct ClipName: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// The number of the event.
    package let eventID: Int64
    /// The path, relative to the folder of clips.
    package let path: String

    package var description: String { path }

    private static let extensions: Set<String> = ["flac", "wav"]

    /// Names the clip of an event.
    ///
    /// - Parameters:
    ///   - id: The number of the event, above 0.
    ///   - start: The onset of the event.
    ///   - fileExtension: `flac` or `wav`.
    package init(ofEvent id: Int64, start: Date, fileExtension: String) {
        precondition(id > 0, "events are numbered from 1")
        precondition(Self.extensions.contains(fileExtension), "a clip is FLAC or WAV")
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let day = calendar.dateComponents([.year, .month, .day], from: start)
        let folder = String(
            format: "%04d/%02d/%02d",
            day.year ?? 1970,
            day.month ?? 1,
            day.day ?? 1
        )
        eventID = id
        path = "\(folder)/\(id).\(fileExtension)"
    }

    /// Reads a path; nil if it can't be one that this program has given.
    package init?(_ path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, let file = parts.last else { return nil }
        let digits = [4, 2, 2]
        for (part, count) in zip(parts, digits) {
            guard part.count == count, part.allSatisfy(\.isASCIIDigit) else { return nil }
        }
        let name = file.split(separator: ".", omittingEmptySubsequences: false)
        guard name.count == 2, name[0].allSatisfy(\.isASCIIDigit), name[0].first != "0",
            let id = Int64(name[0]), Self.extensions.contains(String(name[1]))
        else { return nil }
        eventID = id
        self.path = path
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
