import AudioCapture
import EventStore
import Foundation
import Glibc
import Logging
import Settings
import Testing

@testable import Monitor

/// Every file that the program writes and reads back, in every state that it may be found in.
@Suite struct DamagedStateTests {
    /// What may have happened to a file, as a shell command in which `$F` is its path.
    private static let damages = [
        "head -c 4096 /dev/zero > $F", ": > $F", "head -c 300 /dev/urandom > $F", "mkdir $F",
        "mkfifo $F", "ln -s /nowhere/else $F", "echo '[1, 2]' > $F", "echo 'later: {a: 1}' > $F",
        "echo '{\"format\": 99}' > $F",
    ]

    private final class Place {
        let folder = "/tmp/ew-damage-\(UUID().uuidString.prefix(8))"
        let location: StateLocation

        init() throws {
            for name in ["state", "run"] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(name)",
                    withIntermediateDirectories: true
                )
            }
            location = StateLocation(
                environment: [
                    "STATE_DIRECTORY": "\(folder)/state", "RUNTIME_DIRECTORY": "\(folder)/run",
                ],
                userID: 1
            )
        }

        deinit {
            try? FileManager.default.removeItem(atPath: folder)
        }

        func damage(_ name: String, by command: String) throws -> String {
            let path = "\(folder)/\(name)"
            var child = pid_t()
            let arguments: [String] = ["/bin/sh", "-c", command]
            let environment: [String] = ["F=\(path)", "PATH=/usr/bin:/bin"]
            var words = arguments.map { strdup($0) } + [nil]
            var variables = environment.map { strdup($0) } + [nil]
            defer { (words + variables).forEach { free($0) } }
            let result = posix_spawn(&child, "/bin/sh", nil, nil, &words, &variables)
            try #require(result == 0)
            var status: Int32 = 0
            waitpid(child, &status, 0)
            #expect(status == 0)
            return path
        }
    }

    @Test(
        arguments: [
            "state/overrides.yaml", "state/noise-floors.json", "state/next-event-id",
            "state/events.spool", "run/events.spool", "state/events.sqlite",
            "state/events.sqlite-wal", "state/events.sqlite-shm",
        ],
        damages
    )
    func whatIsSetAsideIsSaidAndNothingThatIsLeftHoldsTheServiceUp(
        name: String,
        command: String
    ) throws {
        let place = try Place()
        let path = try place.damage(name, by: command)
        let lines = DamagedState.setAside(in: place.location)
        let isThere = StateCheck.isThere(path)
        #expect(lines.count == (isThere ? 0 : 1), "\(lines)")
        #expect(lines.allSatisfy { $0.contains(path) && $0.contains("set aside as") })
        // What is still there is a file, or a link that a disk may come for; reading it ends.
        _ = ThresholdOverrides.read(place.location.overridesPath)
        _ = EventSpool(folders: ["\(place.folder)/state", "\(place.folder)/run"], models: [])
        #expect(DamagedState.setAside(in: place.location).isEmpty, "once is enough")
    }

    @Test func aWholeStateFolderIsLeftAsItIs() throws {
        let place = try Place()
        try ThresholdOverrides.set(
            "rain",
            to: ClassChange(on: 0.5),
            in: place.location.overridesPath
        )
        var numbers = EventNumbers(folder: place.location.stateDirectory)
        _ = numbers.allocate(now: Date())
        let store = EventStore(unopenedAt: place.location.databasePath)
        _ = try store.open()
        try store.close()
        mkdir(place.location.clipsDirectory, 0o700)
        #expect(DamagedState.setAside(in: place.location).isEmpty)
    }

    @Test func aFileInThePlaceOfTheClipsIsSetAside() throws {
        let place = try Place()
        _ = try place.damage("state/clips", by: "echo x > $F")
        #expect(DamagedState.setAside(in: place.location).count == 1)
    }
}

/// Looks at paths without following links.
private enum StateCheck {
    static func isThere(_ path: String) -> Bool {
        var facts = stat()
        return lstat(path, &facts) == 0
    }
}

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
        memory().save([(source(), floor)], at: now)
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
        memory().save([(source(), floor)], at: now)
        #expect(isKnown(source(), after: 30 * 86_400))
        #expect(!isKnown(source(), after: 30 * 86_400 + 1))
        #expect(isKnown(source(), after: -now.timeIntervalSince1970))
    }

    @Test func aSourceThatHasNothingToTellKeepsWhatWasKnownAndOneThatIsGoneDoesNot() {
        defer { try? FileManager.default.removeItem(atPath: path) }
        memory().save([(source(), floor), (source("shed"), floor)], at: now)
        memory().save([(source(), nil)], at: now + 10)
        #expect(isKnown(source()))
        #expect(!isKnown(source("shed")))
    }

    @Test(arguments: ["", "{", "{\"format\":2,\"floors\":[]}", "[1]"])
    func aFileThatIsNoMemoryCountsAsNone(text: String) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(!isKnown(source()))
        memory().save([(source(), floor)], at: now)
        #expect(isKnown(source()))
    }
}
