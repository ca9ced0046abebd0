import Foundation

/// Why soundscapes could not be composed, with what to do next.
package enum ComposeError: Error, Equatable, CustomStringConvertible {
    /// A setting lies outside its range.
    case outOfRange(setting: String, value: Double, allowed: ClosedRange<Double>)
    /// There is nothing to place.
    case noClips(path: String)
    /// A recording is silent from beginning to end.
    case silent(path: String)

    package var description: String {
        switch self {
        case .outOfRange(let setting, let value, let allowed):
            "The \(setting) is \(Self.text(value)). Choose from \(Self.text(allowed.lowerBound)) "
                + "to \(Self.text(allowed.upperBound))."
        case .noClips(let path):
            "'\(path)' holds no clips. Give a folder with a folder of recordings for each class."
        case .silent(let path):
            "'\(path)' is silent. Take it out of the folder."
        }
    }

    /// The exit code (sysexits) of a command that fails for this reason.
    package var exitCode: Int32 {
        switch self {
        case .outOfRange: 64
        case .noClips, .silent: 65
        }
    }

    private static func text(_ value: Double) -> String { String(format: "%g", value) }
}
