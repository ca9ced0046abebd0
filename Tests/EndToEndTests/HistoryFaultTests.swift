import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// The service while its database cannot be written, on the demo recording played fast.
    @Suite struct HistoryFaultTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            program = try home.program()
        }

        private func status() throws -> [String: Any] {
            try program.status()
        }

        private func database() throws -> [String: Any] {
            try status()["database"] as? [String: Any] ?? [:]
        }

        private func start() throws -> RunningProgram {
            let service = try program.start("run", "--source", "demo", "--pace", "10")
            let socket = home.socket
            try Wait.until("the service answers", seconds: 60) {
                try #require(service.isRunning, "\(service.errors)")
                return FileManager.default.fileExists(atPath: socket)
            }
            return service
        }

        private func watch() throws -> EventWatcher {
            let watcher = EventWatcher()
            try Wait.until("the stream is open") { watcher.connect(to: home.socket) }
            return watcher
        }

        private func waitForFault(_ words: String) throws {
            try Wait.until("the status says '\(words)'", seconds: 60) {
                (try database()["fault"] as? String)?.contains(words) == true
            }
        }

        private func waitUntilWritten() throws {
            try Wait.until("everything is in the database", seconds: 60) {
                let database = try database()
                return database["fault"] is NSNull && database["spooled_events"] as? Int == 0
                    && database["waiting_events"] as? Int == 0
            }
        }

        /// Sounds go on being shown while the fault lasts, and the metrics tell of it.
        private func expectSoundsAreShown(_ watcher: EventWatcher) throws {
            let before = watcher.shown().count
            try Wait.until("sounds are shown in spite of the fault", seconds: 60) {
                watcher.shown().count >= before + 3
            }
            #expect(try database()["spooled_events"] as? Int ?? 0 > 0)
            let text = try program.run("status").output
            #expect(text.contains("FAULT") && text.contains("in the spool"), "\(text)")
            #expect(try metrics().contains("earwitness_database_fault 1"))
        }

        private func metrics() throws -> String {
            let shell = try RunningProgram(
                path: "/usr/bin/curl",
                arguments: ["-s", "--unix-socket", home.socket, "http://earwitness/metrics"],
                environment: [:]
            )
            return shell.outcome().output
        }

        private func expectHistoryHas(_ shown: [Int: EventWatcher.Shown]) throws {
            let outcome = try program.run(
                arguments: [
                    "events", "--since", "1d", "--until", Timestamp.text(Date() + 86_400),
                    "--limit", "10000", "--format", "json",
                ]
            )
            let ids = JSONLines.objects(in: outcome.output).compactMap { $0["id"] as? Int }
            #expect(Set(ids).count == ids.count, "each is there once")
            let missing = shown.filter { $0.value.end != nil && !ids.contains($0.key) }
            #expect(missing.isEmpty, "\(missing.keys.sorted()) are not among \(ids.count)")
        }

        @Test func onAFullDiskSoundsAreShownAndWrittenWhenThereIsRoomAgain() throws {
            let state = try MountedState(home: home, megabytes: 4)
            let watcher = try watch()
            try Wait.until("a sound is shown", seconds: 60) { !watcher.shown().isEmpty }
            try state.fill()
            try waitForFault("No space left")
            try expectSoundsAreShown(watcher)
            state.empty()
            try waitUntilWritten()
            let shown = watcher.shown()
            try expectHistoryHas(shown)
            #expect(try metrics().contains("earwitness_database_fault 0"))
            let outcome = state.service.terminate()
            #expect(outcome.status == 0)
            #expect(outcome.errors.contains("No space left to write the event history"))
            #expect(outcome.errors.contains("The event history can be written again"))
        }

        @Test func onAReadOnlyFileSystemSoundsAreShownFromMemoryUntilItCanBeWritten() throws {
            let state = try MountedState(home: home, megabytes: 8, options: "ro")
            let watcher = try watch()
            try Wait.until("there is a fault", seconds: 60) {
                try database()["fault"] is String
            }
            try expectSoundsAreShown(watcher)
            let tail = try program.start("tail")
            try Wait.until("tail shows what is heard now") { tail.output.contains("begins") }
            #expect(tail.errors.contains("earwitness: Past events are not shown. "))
            tail.send(SIGINT)
            #expect(FileManager.default.fileExists(atPath: home.path("run/events.spool")))
            try state.run("mount", "-o", "remount,rw", home.path("state"))
            try waitUntilWritten()
            try expectHistoryHas(watcher.shown())
            #expect(state.service.terminate().status == 0)
        }

        @Test func aDiskThatTurnsReadOnlyWhileTheServiceRunsLosesNothingThatWasShown() throws {
            let disk = home.path("disk")
            try MountedState.makeDisk(at: disk, megabytes: 32)
            let state = try MountedState(home: home, image: disk)
            let watcher = try watch()
            try Wait.until("a sound is over", seconds: 60) {
                watcher.shown().values.contains { $0.end != nil }
            }
            // What the kernel does of its own accord when the disk fails.
            try state.run("mount", "-o", "remount,abort", home.path("state"))
            try Wait.until("there is a fault", seconds: 60) {
                try database()["fault"] is String
            }
            try expectSoundsAreShown(watcher)
            #expect(FileManager.default.fileExists(atPath: home.path("run/events.spool")))
            #expect(try source()["lost_samples"] as? Int == 0)
            #expect(state.service.terminate().status == 0)
            let shown = watcher.shown()
            unlink(home.socket)

            let next = try MountedState(home: home, image: disk)
            try waitUntilWritten()
            try expectHistoryHas(shown)
            #expect(next.service.terminate().status == 0)
        }

        private func source() throws -> [String: Any] {
            (try status()["sources"] as? [[String: Any]])?.first ?? [:]
        }

        @Test(arguments: ["BEGIN IMMEDIATE;", "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE;"])
        func whileAnotherProgramLocksItForLongSoundsAreShown(statement: String) throws {
            #expect(try start().terminate().status == 0)
            let lock = try HeldLock(home: home, statement: statement)
            let service = try start()
            let watcher = try watch()
            try waitForFault("locked by another program")
            try expectSoundsAreShown(watcher)
            lock.release()
            try waitUntilWritten()
            try expectHistoryHas(watcher.shown())
            #expect(service.terminate().status == 0)
        }

        @Test func whatWaitsWhenTheServiceIsStoppedIsWrittenByTheNext() throws {
            #expect(try start().terminate().status == 0)
            let lock = try HeldLock(home: home)
            let first = try start()
            let watcher = try watch()
            try expectSoundsAreShown(watcher)
            #expect(first.terminate().status == 0)
            let shown = watcher.shown()
            lock.release()
            let second = try start()
            try waitUntilWritten()
            try expectHistoryHas(shown)
            #expect(second.terminate().status == 0)
        }

        @Test func aDatabaseThatMayNotBeOpenedIsAFaultUntilItMay() throws {
            #expect(try start().terminate().status == 0)
            // Root may open everything, so that the service must be somebody else.
            let nobody = "65534"
            if getuid() == 0 {
                let files = FileManager.default.enumerator(atPath: home.folder.path)
                chown(home.folder.path, 65534, 65534)
                while let name = files?.nextObject() as? String {
                    chown(home.path(name), 65534, 65534)
                }
            }
            chmod(home.database, 0)
            let arguments =
                getuid() == 0
                ? ["--reuid", nobody, "--regid", nobody, "--clear-groups"] : ["--inh-caps=-all"]
            let service = try RunningProgram(
                path: "/usr/bin/setpriv",
                arguments: arguments + [
                    BuiltProgram.folder + "/earwitness", "run", "--source", "demo", "--pace", "10",
                ],
                environment: ProcessInfo.processInfo.environment.merging(program.environment) {
                    $1
                }
            )
            try Wait.until("the service answers", seconds: 60) {
                try #require(service.isRunning, "\(service.errors)")
                return FileManager.default.fileExists(atPath: home.socket)
            }
            let watcher = try watch()
            try waitForFault("No permission")
            try expectSoundsAreShown(watcher)
            chmod(home.database, 0o600)
            try waitUntilWritten()
            try expectHistoryHas(watcher.shown())
            #expect(service.terminate().status == 0)
        }
    }
}
