import AudioCapture
import Foundation
import Logging
import Platform
import Settings
import Synchronization

/// Saves the noise floors of sources over a restart, in a small file that is replaced atomically,
/// so that a dead microphone is detected at once after a restart.
final class NoiseFloorMemory: Sendable {
    private struct Content: Codable, Equatable {
        var format = 1
        var floors: [NoiseFloor] = []
    }

    private let path: String
    private let log: Logger
    private let content: Mutex<Content>

    /// Reads what an earlier run saved; a file that can't be read counts as empty.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - log: The service's log.
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
            throw Damage(reason: "its content is invalid")
        }
        guard content.format == Content().format else {
            throw Damage(reason: "its format \(content.format) is from another version")
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
    /// - Returns: Its floor; nil if no valid one is stored.
    func floor(of source: SourceSettings, at date: Date) -> LearntFloor? {
        guard let owner = source.floorOwner else { return nil }
        return content.withLock { content in
            content.floors.lazy.compactMap { $0.floor(for: owner, at: date) }.first
        }
    }

    /// Saves what sources have learnt, and leaves what is known of those that have learnt nothing.
    ///
    /// - Parameters:
    ///   - floors: The sources and what they have learnt; nil: nothing yet, or nothing to believe.
    ///   - date: The present.
    func save(_ floors: [(source: SourceSettings, floor: LearntFloor?)], at date: Date) {
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
            // It is learnt again; that the disk can't be written is logged where it matters.
            log.debug("The learnt noise floors were not saved. \(error)")
        }
    }
}

/// The noise floor that a source learnt, as it is kept for the next start.
struct NoiseFloor: Codable, Equatable, Sendable {
    /// What a floor belongs to: with another device, gain or calibration it says nothing.
    struct Owner: Codable, Equatable, Sendable {
        let source: String
        let device: String
        let card: String?
        let channel: String
        let gainDB: Float
        let calibrationDB: Double?

        private enum CodingKeys: String, CodingKey {
            case source, device, card, channel
            case gainDB = "gain_db"
            case calibrationDB = "calibration_db"
        }
    }

    let owner: Owner
    /// The mean square of a second, in dBFS.
    let levelDBFS: Double
    /// For how many seconds it was learnt.
    let learntSeconds: Int
    /// Until when, in seconds since 1970-01-01 UTC.
    let learntAt: Double

    /// Places change; a floor that is older than this is learnt anew, in seconds.
    private static let longestAge = 30 * 86_400.0

    private enum CodingKeys: String, CodingKey {
        case owner
        case levelDBFS = "level_dbfs"
        case learntSeconds = "learnt_s"
        case learntAt = "learnt_at_s"
    }

    /// Keeps what a source has learnt.
    init(_ floor: LearntFloor, of owner: Owner, at date: Date) {
        self.owner = owner
        levelDBFS = 10 * log10(Double(max(floor.power, .leastNormalMagnitude)))
        learntSeconds = floor.seconds
        learntAt = date.timeIntervalSince1970
    }

    /// What a source may believe of it.
    ///
    /// - Parameters:
    ///   - owner: What the source is now.
    ///   - date: The present, which on a machine that does not know the time may be long past.
    /// - Returns: The floor; nil if it is too old, another's, or no level.
    func floor(for owner: Owner, at date: Date) -> LearntFloor? {
        guard owner == self.owner, date.timeIntervalSince1970 - learntAt <= Self.longestAge,
            (-200...10).contains(levelDBFS), learntSeconds > 0
        else { return nil }
        return LearntFloor(power: Float(pow(10, levelDBFS / 10)), seconds: learntSeconds)
    }
}

extension SourceSettings {
    /// What a noise floor of this source belongs to; nil for a recording and the demo.
    var floorOwner: NoiseFloor.Owner? {
        switch input {
        case .device, .program: break
        case .file, .demo: return nil
        }
        let device = input.description
        let channel =
            switch channel {
            case .mix: "mix"
            case .only(let number): "\(number)"
            }
        return NoiseFloor.Owner(
            source: name,
            device: device,
            card: input.isProgram ? nil : MicrophoneCapture.card(of: device),
            channel: channel,
            gainDB: gainDB,
            calibrationDB: calibration?.fullScaleDB
        )
    }
}
