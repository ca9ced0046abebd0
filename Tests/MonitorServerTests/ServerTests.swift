import EventStore
import Foundation
import Logging
import Messages
import Monitor
import MonitorClient
import MonitorServer
import TestSupport
import Testing

@Suite("The server")
struct ServerTests {
    private func error(_ body: () throws -> Void) -> ServerError? {
        do {
            try body()
            return nil
        } catch {
            return error as? ServerError
        }
    }

    private func makeServer(_ settings: ServerSettings) throws -> MonitorServer {
        let folder = try TemporaryFolder()
        let feed = LiveFeed()
        return try MonitorServer(
            settings: settings,
            claim: SocketClaim(path: settings.socketPath),
            store: EventStore(unopenedAt: folder.file("events.sqlite")),
            controls: MonitorControls(
                status: { madeUpStatus },
                thresholds: { [] },
                setThreshold: { name, _, _ in throw ControlError.unknownClass(name: name, known: [])
                },
                resetThreshold: { _, _ in [] },
                reload: { ReloadMessage(applied: [], needsRestart: []) },
                follow: { feed.follow(after: $0) }
            ),
            logger: Logger(label: "test")
        )
    }

    @Test func aSecondServiceIsRefusedAndTheFirstGoesOn() async throws {
        try await withMonitor { monitor in
            let path = monitor.addresses.socketPath
            let found = self.error {
                _ = try self.makeServer(ServerSettings(socketPath: path))
            }
            #expect(found == .alreadyRunning(path: path))
            #expect(
                found?.description
                    == "Another earwitness is already running (it answers at '\(path)'). "
                    + "Stop it first, or ask it with 'earwitness status'."
            )
            #expect(await monitor.raw(request("GET /healthz")).status == 200)
        }
    }

    @Test func theSocketOfADeadServiceIsReplaced() async throws {
        let other = try TemporaryFolder()
        let path = other.file("api.sock")
        try leaveStaleSocket(at: path)
        try await withMonitor { settings in
            settings.socketPath = path
        } _: { monitor in
            #expect(await monitor.raw(request("GET /healthz")).status == 200)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func whatIsNoSocketIsSetAsideAndKept() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("api.sock")
        try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.createDirectory(
            atPath: path + ".lock",
            withIntermediateDirectories: false
        )
        let claim = try SocketClaim(path: path)
        let remark = try #require(claim.remark)
        let aside = try #require(remark.firstMatch(of: /moved to '(.+)'\./)).1
        #expect(FileManager.default.contents(atPath: String(aside)) == Data("precious".utf8))
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func theSocketHasItsModeAndGoesAtTheEnd() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("run/deep/api.sock")
        try await withMonitor { settings in
            settings.socketPath = path
            settings.socketMode = 0o600
        } _: { _ in
            let facts = try FileManager.default.attributesOfItem(atPath: path)
            #expect((facts[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aPathIsAsLongAsASocketsCanBe() async throws {
        let folder = try TemporaryFolder()
        let start = folder.file("s")
        let longest = start + String(repeating: "s", count: 103 - start.utf8.count)
        try await withMonitor { settings in
            settings.socketPath = longest
        } _: { monitor in
            let status = try await monitor.client.status()
            #expect(status == madeUpStatus)
        }
        let tooLong = longest + "s"
        let found = error { _ = try makeServer(ServerSettings(socketPath: tooLong)) }
        #expect(found == .socketPathTooLong(path: tooLong, length: 104))
        #expect(
            found?.description
                == "The path of the API socket '\(tooLong)' has 104 bytes, at most 103 are possible. "
                + "Choose a shorter runtime folder (RUNTIME_DIRECTORY)."
        )
    }

    @Test func anUnknownGroupIsNamed() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("api.sock")
        await #expect(throws: ServerError.unusableGroup(name: "no-such-group", path: path)) {
            try await withMonitor { settings in
                settings.socketPath = path
                settings.socketGroup = "no-such-group"
            } _: { _ in
                Issue.record("it listens")
            }
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    /// Whoever runs the tests may give a file to one of his own groups.
    @Test func theSocketIsGivenToTheConfiguredGroup() async throws {
        let own = try #require(getgrgid(getegid()))
        let name = String(cString: own.pointee.gr_name)
        try await withMonitor { settings in
            settings.socketGroup = name
            settings.socketMode = 0o620
        } _: { monitor in
            let facts = try FileManager.default.attributesOfItem(
                atPath: monitor.addresses.socketPath
            )
            #expect(facts[.groupOwnerAccountName] as? String == name)
            #expect(facts[.posixPermissions] as? Int == 0o620)
        }
    }

    @Test func aFolderThatCannotBeMadeIsNamed() {
        let found = error {
            _ = try makeServer(ServerSettings(socketPath: "/proc/earwitness/api.sock"))
        }
        #expect(
            found
                == .cannotCreateSocket(
                    path: "/proc/earwitness/api.sock",
                    reason: "the folder '/proc/earwitness' cannot be created"
                )
        )
    }

    @Test func aPortThatIsTakenIsNamed() async throws {
        try await withMonitor { settings in
            settings.listen = ServerSettings.TCPAddress(host: "127.0.0.1", port: 0)
        } _: { monitor in
            let port = monitor.addresses.tcp?.port ?? 0
            let taken = ServerError.cannotListen(
                address: "127.0.0.1:\(port)",
                reason: "Address already in use"
            )
            await #expect(throws: taken) {
                try await withMonitor { settings in
                    settings.listen = ServerSettings.TCPAddress(host: "127.0.0.1", port: port)
                } _: { _ in
                    Issue.record("it listens")
                }
            }
            #expect(
                taken.description
                    == "Cannot listen at 127.0.0.1:\(port) (Address already in use). "
                    + "Change web.listen, or stop the program that uses it."
            )
        }
    }

    @Test func afterTheEndTheSameSocketCanBeServedAgain() async throws {
        let folder = try TemporaryFolder()
        for _ in 0..<3 {
            try await withMonitor { settings in
                settings.socketPath = folder.file("api.sock")
            } _: { monitor in
                #expect(await monitor.raw(request("GET /healthz")).status == 200)
            }
        }
    }
}
