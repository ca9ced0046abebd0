import EventStore
import Foundation
import Glibc
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
        try ThresholdOverrides.set("rain", to: 0.5, in: place.location.overridesPath)
        var numbers = EventNumbers(folder: place.location.stateDirectory)
        _ = numbers.take(now: Date())
        try EventStore(path: place.location.databasePath).close()
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
