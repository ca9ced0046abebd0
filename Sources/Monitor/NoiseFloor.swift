import AudioCapture
import Foundation
import Settings

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
    /// What a noise floor of this source belongs to; nil for a source that is no device.
    var floorOwner: NoiseFloor.Owner? {
        guard case .device(let device) = input else { return nil }
        let channel =
            switch channel {
            case .mix: "mix"
            case .only(let number): "\(number)"
            }
        return NoiseFloor.Owner(
            source: name,
            device: device,
            card: MicrophoneCapture.card(of: device),
            channel: channel,
            gainDB: gainDB,
            calibrationDB: calibration?.fullScaleDB
        )
    }
}
