import AudioCapture
import Foundation
import Logging
import Settings
import Testing

@testable import Monitor

@Suite struct NoiseFloorMemoryTests {
    private let path = FileManager.default.temporaryDirectory
        .appendingPathComponent("ew-floors-\(UUID().uuidString).json").path
    private let now = Date(timeIntervalSince1970: 1_790_000_000)
    private let floor = LearntFloor(power: 1e-6, seconds: 7_200)

    private func source(
        _ name: String = "porch",
        device: String = "testmic",
        gainDB: Float = 0,
        calibration: String? = nil
    ) -> SourceSettings {
        SourceSettings(
            name: name,
            input: .device(device),
            gainDB: gainDB,
            calibration: calibration.flatMap { SoundCalibration($0) }
        )
    }

    private func memory() -> NoiseFloorMemory {
        NoiseFloorMemory(path: path, log: Logger(label: "test"))
    }

    private func isKnown(_ source: SourceSettings, after seconds: Double = 60) -> Bool {
        memory().floor(of: source, at: now + seconds) != nil
    }

    @Test func aFloorIsKnownToTheNextRunAndBelongsToItsDeviceGainAndCalibration() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(!isKnown(source()))
        memory().keep([(source(), floor)], at: now)
        let known = try #require(memory().floor(of: source(), at: now + 60))
        #expect(abs(known.power / floor.power - 1) < 1e-4)
        #expect(known.seconds == floor.seconds)
        #expect(!isKnown(source("shed")))
        #expect(!isKnown(source(device: "other")))
        #expect(!isKnown(source(gainDB: 6)))
        #expect(!isKnown(source(calibration: "120")))
        #expect(memory().floor(of: SourceSettings(name: "porch", input: .demo), at: now) == nil)
    }

    @Test func aFloorIsForgottenAfterAMonthAndNotByAClockThatNobodyHasSet() {
        defer { try? FileManager.default.removeItem(atPath: path) }
        memory().keep([(source(), floor)], at: now)
        #expect(isKnown(source(), after: 30 * 86_400))
        #expect(!isKnown(source(), after: 30 * 86_400 + 1))
        #expect(isKnown(source(), after: -now.timeIntervalSince1970))
    }

    @Test func aSourceThatHasNothingToTellKeepsWhatWasKnownAndOneThatIsGoneDoesNot() {
        defer { try? FileManager.default.removeItem(atPath: path) }
        memory().keep([(source(), floor), (source("shed"), floor)], at: now)
        memory().keep([(source(), nil)], at: now + 10)
        #expect(isKnown(source()))
        #expect(!isKnown(source("shed")))
    }

    @Test(arguments: ["", "{", "{\"format\":2,\"floors\":[]}", "[1]"])
    func aFileThatIsNoMemoryCountsAsNone(text: String) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(!isKnown(source()))
        memory().keep([(source(), floor)], at: now)
        #expect(isKnown(source()))
    }
}
