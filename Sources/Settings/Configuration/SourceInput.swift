/// Where a source's sound comes from: the value of `device`, and the SPEC of `run --source`.
package enum SourceInput: Equatable, Sendable, CustomStringConvertible {
    /// An ALSA PCM, such as `default`, `hw:1,0` or `plughw:CARD=Mic`.
    case device(String)
    /// A recording, played at real-time pace.
    case file(path: String)
    /// The built-in demo scene.
    case demo

    /// Reads an ALSA PCM name, `file:PATH` or `demo`; nil if the text is empty or has no path.
    package init?(specification: String) {
        if specification == "demo" {
            self = .demo
        } else if specification.hasPrefix("file:") {
            let path = specification.dropFirst("file:".count)
            guard !path.isEmpty else { return nil }
            self = .file(path: String(path))
        } else {
            guard !specification.isEmpty, !specification.contains(where: \.isNewline) else {
                return nil
            }
            self = .device(specification)
        }
    }

    package var description: String {
        switch self {
        case .device(let name): name
        case .file(let path): "file:\(path)"
        case .demo: "demo"
        }
    }
}
