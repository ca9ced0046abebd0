import Foundation

/// What `make static` leaves behind, with a small program of the system in place of ours.
final class StandInBuild {
    /// A folder for the test, which goes with the value.
    let folder: URL
    /// The value for the Makefile's `STATIC`.
    var path: String { folder.appendingPathComponent("build").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("earwitness-\(UUID().uuidString)")
        let build = folder.appendingPathComponent("build")
        for name in [
            "release", "documents/man1", "documents/bash", "documents/zsh", "documents/fish",
        ] {
            try FileManager.default.createDirectory(
                at: build.appendingPathComponent(name),
                withIntermediateDirectories: true
            )
        }
        try FileManager.default.copyItem(
            atPath: "/usr/bin/true",
            toPath: build.appendingPathComponent("release/earwitness").path
        )
        for name in [
            "man1/earwitness.1", "man1/earwitness-run.1", "bash/earwitness", "zsh/_earwitness",
            "fish/earwitness.fish",
        ] {
            try Data("\(name)\n".utf8).write(to: build.appendingPathComponent("documents/\(name)"))
        }
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }
}
