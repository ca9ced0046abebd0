import Foundation
import Testing

/// What the Makefile and the scripts do without being let loose on the machine.
@Suite struct InstallationTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test func makeWithoutATargetListsTheTargets() throws {
        let result = try Command("make", "--no-print-directory", "-C", Self.root.path)
        #expect(result.exitCode == 0)
        for target in ["run", "test", "lint", "install", "clean"] {
            #expect(result.output.contains("make \(target) "))
        }
    }

    @Test func installingPutsEveryFileInItsPlaceAndKeepsAConfiguration() throws {
        let build = try StandInBuild()
        let folder = build.folder
        let target = folder.appendingPathComponent("target")
        func install() throws -> Command {
            try Command(
                "make",
                "--no-print-directory",
                "-C",
                Self.root.path,
                "install",
                "STATIC=\(build.path)",
                "DESTDIR=\(target.path)",
                "PREFIX=/usr"
            )
        }
        #expect(try install().exitCode == 0)
        let configuration = target.appendingPathComponent("etc/earwitness/earwitness.yaml")
        try Data("log: debug\n".utf8).write(to: configuration)
        let second = try install()
        #expect(second.exitCode == 0, "\(second.output)")

        #expect(try String(contentsOf: configuration, encoding: .utf8) == "log: debug\n")
        for path in [
            "usr/bin/earwitness", "usr/share/earwitness/models/household-1/model.onnx",
            "usr/share/earwitness/models/household-1/model.yaml",
            "usr/share/earwitness/models/household-1/card.md",
            "usr/share/earwitness/models/bootstrap/model.onnx",
            "usr/share/earwitness/models/bootstrap/model.yaml",
            "usr/share/earwitness/models/bootstrap/card.md",
            "usr/share/earwitness/demo.md",
            "usr/share/man/man1/earwitness.1", "usr/share/man/man1/earwitness-run.1",
            "usr/share/bash-completion/completions/earwitness",
            "usr/share/zsh/site-functions/_earwitness",
            "usr/share/fish/vendor_completions.d/earwitness.fish",
            "usr/lib/sysusers.d/earwitness.conf",
        ] {
            #expect(
                FileManager.default.fileExists(atPath: target.appendingPathComponent(path).path),
                "\(path)"
            )
        }
        let unit = target.appendingPathComponent("usr/lib/systemd/system/earwitness.service")
        #expect(
            try String(contentsOf: unit, encoding: .utf8).contains(
                "ExecStart=/usr/bin/earwitness run\n"
            )
        )
    }

    @Test func installingWithoutABuildSaysWhatToDo() throws {
        let result = try Command(
            "make",
            "--no-print-directory",
            "-C",
            Self.root.path,
            "install",
            "STATIC=/nowhere",
            "DESTDIR=/nowhere"
        )
        #expect(result.exitCode != 0)
        #expect(result.output.contains("Run 'make static' first."))
    }

    @Test func everyRecordingOfTheManifestHasALicenceAndAnAddress() throws {
        let manifest = try String(
            contentsOf: Self.root.appendingPathComponent("Tests/Recordings/manifest.csv"),
            encoding: .utf8
        )
        let lines = manifest.split(separator: "\n")
        #expect(lines.first == "path,licence,repository,commit,source_path,sha256")
        #expect(lines.count > 2_000)
        let script = Self.root.appendingPathComponent("scripts/fetch-recordings").path
        let result = try Command(script, "--list")
        #expect(result.exitCode == 0)
        let addresses = result.output.split(separator: "\n")
        #expect(addresses.count == lines.count - 1)
        #expect(addresses.allSatisfy { $0.hasPrefix("https://github.com/") })
    }
}
