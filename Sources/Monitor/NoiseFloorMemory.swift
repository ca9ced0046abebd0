import AudioCapture
import Foundation
import Logging
import Platform
import Settings
import Synchronization

/// Keeps the noise floors of sources over a restart, in a small file that is always whole, so that
/// a microphone that went deaf is noticed without learning for minutes what is usual.
final class NoiseFloorMemory: Sendable {
    private struct Content: Codable, Equatable {
        var format = 1
        var floors: [NoiseFloor] = []
    }

    private let path: String
    private let log: Logger
    private let content: Mutex<Content>

    /// Reads what an earlier run kept; a file that can't be read counts as none.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - log: What the person in charge should know.
    init(path: String, log: Logger) {
        self.path = path
        self.log = log
        content = Mutex((try? Self.read(path)) ?? Content())
    }

    /// Why nothing can be believed of a file.
    private struct Damage: Error {
        let reason: String
    }

    private static func read(_ path: String) throws(Damage) -> Content {
        if let obstacle = StateFile.obstacle(at: path) { throw Damage(reason: obstacle.reason) }
        guard let data = FileManager.default.contents(atPath: path) else { return Content() }
        if let reason = StateFile.emptiness(of: data) { throw Damage(reason: reason) }
        guard let content = try? JSONDecoder().decode(Content.self, from: data) else {
            throw Damage(reason: "it is not what this version writes")
        }
        guard content.format == Content().format else {
            throw Damage(reason: "it has format \(content.format), which is another version's")
        }
        return content
    }

    /// Why the file at a path is damaged; nil if it is not, or is not there.
    static func damage(_ path: String) -> String? {
        do throws(Damage) {
            _ = try read(path)
            return nil
        } catch {
            return error.reason
        }
    }

    /// What is known of a source.
    ///
    /// - Parameters:
    ///   - source: The source as it is configured now.
    ///   - date: The present.
    /// - Returns: Its floor; nil if none is known that holds now.
    func floor(of source: SourceSettings, at date: Date) -> LearntFloor? {
        guard let owner = source.floorOwner else { return nil }
        return content.withLock { content in
            content.floors.lazy.compactMap { $0.floor(for: owner, at: date) }.first
        }
    }

    /// Keeps what sources have learnt, and what is known of those that say nothing now.
    ///
    /// - Parameters:
    ///   - floors: The sources and what they have learnt; nil: nothing yet, or nothing to believe.
    ///   - date: The present.
    func keep(_ floors: [(source: SourceSettings, floor: LearntFloor?)], at date: Date) {
        let learnt = floors.compactMap { source, floor in
            floor.flatMap { floor in
                source.floorOwner.map { NoiseFloor(floor, of: $0, at: date) }
            }
        }
        let names = Set(learnt.map(\.owner.source))
        let configured = Set(floors.map(\.source.name))
        let text = content.withLock { content -> String? in
            let before = content
            content.floors.removeAll {
                names.contains($0.owner.source) || !configured.contains($0.owner.source)
            }
            content.floors += learnt
            guard content != before else { return nil }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            return (try? encoder.encode(content)).map { String(decoding: $0, as: UTF8.self) }
        }
        guard let text else { return }
        do {
            try TextFile.replace(path, with: text + "\n")
        } catch {
            // It is learnt again; a disk that can't be written is told of where it matters.
            log.debug("The learnt noise floors were not kept. \(error)")
        }
    }
}
