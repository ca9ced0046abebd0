import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// Clips on a disk that is full or can't be written, on the demo recording played fast.
    @Suite struct ClipFaultTests {
        private let home: TestHome
        private let program: BuiltProgram

        init() throws {
            home = try TestHome()
            try home.write(
                """
                model: household-1
                web: {listen: off}
                clips: {keep: events, pre_roll_s: 0.5, post_roll_s: 0.5, min_free: 0 MB}

                """,
                to: "earwitness.yaml"
            )
            program = try home.program()
        }

        private func status() throws -> [String: Any] {
            try program.status()
        }

        private func clips() throws -> [String: Any] {
            try status()["clips"] as? [String: Any] ?? [:]
        }

        private func count(_ key: String) throws -> Int { try clips()[key] as? Int ?? 0 }

        /// Why clips are not written, as the status says it; nil if they are.
        private func reason() throws -> String? {
            (try status()["warnings"] as? [String] ?? []).first {
                $0.hasPrefix("Clips cannot be written") || $0.contains("clip(s) wait in memory")
            }
        }

        private func events() throws -> [[String: Any]] {
            let outcome = try program.run(
                arguments: [
                    "events", "--since", "1d", "--until", Timestamp.text(Date() + 86_400),
                    "--limit", "10000", "--format", "json",
                ]
            )
            return JSONLines.objects(in: outcome.output)
        }

        /// Everything below the folder of clips that is no folder.
        private func files(_ state: MountedState) -> Set<String> {
            let folder = state.path("clips")
            let all = FileManager.default.enumerator(atPath: folder)
            return Set(
                (all?.compactMap { $0 as? String } ?? []).filter { file in
                    var isFolder: ObjCBool = false
                    return FileManager.default.fileExists(
                        atPath: "\(folder)/\(file)",
                        isDirectory: &isFolder
                    ) && !isFolder.boolValue
                }
            )
        }

        private func watch() throws -> EventWatcher {
            let watcher = EventWatcher()
            try Wait.until("the stream is open") { watcher.connect(to: home.socket) }
            return watcher
        }

        private func metrics() throws -> String {
            try RunningProgram(
                path: "/usr/bin/curl",
                arguments: ["-s", "--unix-socket", home.socket, "http://earwitness/metrics"],
                environment: [:]
            ).outcome().output
        }

        /// In the end the history and the folder agree, and nothing is half written.
        private func expectHistoryAndFolderAgree(_ state: MountedState) throws {
            try Wait.until("history and folder agree", seconds: 60) {
                // Clips come and go while one looks: the service stands still meanwhile.
                state.service.send(SIGSTOP)
                defer { state.service.send(SIGCONT) }
                let named = try state.run(
                    "sqlite3",
                    home.database,
                    "SELECT clip_path FROM heard WHERE clip_path > ''"
                )
                return Set(named.split(separator: "\n").map(String.init)) == files(state)
            }
        }

        @Test func onAFullDiskOldClipsGiveWayEventsAreKeptAndClipsComeBackByThemselves() throws {
            let state = try MountedState(home: home, megabytes: 5)
            let watcher = try watch()
            try Wait.until("some clips are kept", seconds: 60) { try count("count") >= 4 }
            let first = try events().filter { $0["clip"] is String }
            try state.fill()
            try Wait.until("old clips give way", seconds: 60) { try count("expired") >= 1 }
            let kept = files(state)
            let scores = { (isKept: Bool) in
                first.filter { kept.contains($0["clip"] as? String ?? "") == isKept }
                    .compactMap { $0["peak_score"] as? Double }
            }
            // Of one day the least certain go first.
            #expect((scores(false).max() ?? 0) <= (scores(true).min() ?? 1) + 0.001)

            // Whatever they free is taken by somebody else, until there is nothing left to give.
            try Wait.until("the status says why there are no clips", seconds: 90) {
                try state.fill()
                return try count("count") == 0 && reason() != nil
            }
            #expect(files(state).isEmpty, "no half files stay")
            let before = watcher.shown().count
            try Wait.until("sounds are shown in spite of it", seconds: 60) {
                watcher.shown().count >= before + 2
            }

            state.empty()
            let written = try count("written")
            try Wait.until("clips are written again", seconds: 60) {
                try reason() == nil && count("written") >= written + 2
            }
            #expect(try metrics().contains("earwitness_clips_fault 0"))
            let shown = watcher.shown().filter { $0.value.end != nil }
            try Wait.until("every event is in the history", seconds: 60) {
                Set(shown.keys).isSubset(of: try events().compactMap { $0["id"] as? Int })
            }
            try expectHistoryAndFolderAgree(state)
            let outcome = state.service.terminate()
            #expect(outcome.status == 0)
            #expect(outcome.errors.contains("removing the oldest clips"))
        }

        @Test func onAReadOnlyFileSystemClipsWaitAndAreWrittenAsSoonAsTheyCanBe() throws {
            let state = try MountedState(home: home, megabytes: 32, options: "ro")
            let watcher = try watch()
            try Wait.until(
                "sounds are shown and the status says what their clips wait for",
                seconds: 60
            ) {
                let warnings = try status()["warnings"] as? [String] ?? []
                return watcher.shown().values.count { $0.end != nil } >= 3
                    && warnings.contains { $0.contains("clip(s) wait in memory") }
            }
            #expect(try count("written") == 0)
            let shown = watcher.shown().filter { $0.value.end != nil }
            try state.run("mount", "-o", "remount,rw", home.path("state"))
            try Wait.until("the clips of those events are there", seconds: 60) {
                let clips = try events().filter { shown.keys.contains($0["id"] as? Int ?? 0) }
                // Speech is private: no clip of it is kept.
                return clips.count == shown.count
                    && clips.allSatisfy {
                        $0["clip"] is String || $0["class"] as? String == "speech"
                    }
            }
            #expect(try count("dropped") == 0)
            try expectHistoryAndFolderAgree(state)
            #expect(state.service.terminate().status == 0)
        }
    }
}
