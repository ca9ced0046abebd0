import Foundation
import Testing

/// What the Makefile and the scripts do without being let loose on the machine.
@Suite struct InstallationTests {
    @Test func makeWithoutATargetListsTheTargets() throws {
        let result = try Command("make", "--no-print-directory", "-C", projectRoot.path)
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
                projectRoot.path,
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
            "usr/share/earwitness/models/household-2/model.onnx",
            "usr/share/earwitness/models/household-2/model.yaml",
            "usr/share/earwitness/models/household-2/card.md",
            "usr/share/earwitness/demo.md", "usr/share/earwitness/fleet.sql",
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
            projectRoot.path,
            "install",
            "STATIC=/nowhere",
            "DESTDIR=/nowhere"
        )
        #expect(result.exitCode != 0)
        #expect(result.output.contains("Run 'make static' first."))
    }

    @Test func everyRecordingOfTheManifestHasALicenceAndAnAddress() throws {
        let manifest = try String(
            contentsOf: projectRoot.appendingPathComponent("Tests/Recordings/manifest.csv"),
            encoding: .utf8
        )
        let lines = manifest.split(separator: "\n")
        #expect(lines.first == "path,licence,repository,commit,source_path,sha256")
        #expect(lines.count > 2_000)
        let script = projectRoot.appendingPathComponent("scripts/fetch-recordings").path
        let result = try Command(script, "--list")
        #expect(result.exitCode == 0)
        let addresses = result.output.split(separator: "\n")
        #expect(addresses.count == lines.count - 1)
        #expect(addresses.allSatisfy { $0.hasPrefix("https://github.com/") })
    }
}

/// `scripts/make-deb` on a stand-in for the program; `make test-deb` tests the real one.
@Suite struct DebianPackageTests {
    /// Builds a package and gives its path.
    private func makePackage(
        _ build: StandInBuild,
        output: String = "out",
        umask: String = "022"
    ) throws -> String {
        let folder = build.folder.appendingPathComponent(output).path
        let result = try Command(
            "STATIC=\(build.path)",
            "SOURCE_DATE_EPOCH=1795176000",
            "sh",
            "-c",
            "umask \(umask) && exec \"$0\" \"$1\"",
            projectRoot.appendingPathComponent("scripts/make-deb").path,
            folder
        )
        #expect(result.exitCode == 0, "\(result.output)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return folder + "/" + (try #require(names.first { $0.hasSuffix(".deb") }))
    }

    @Test func itNamesWhatItNeedsAndHoldsWhatIsInstalled() throws {
        let build = try StandInBuild()
        let package = try makePackage(build)
        let fields = try Command("dpkg-deb", "--field", package).output
        #expect(fields.contains("Package: earwitness\n"))
        #expect(fields.firstMatch(of: /@[A-Z_]+@/) == nil, "not filled in: \(fields)")
        #expect(fields.contains("Depends: libasound2"), "\(fields)")
        #expect(fields.contains(", libc6 (>= "))
        #expect(fields.contains(", systemd | systemd-standalone-sysusers | systemd-sysusers\n"))
        let files = try Command("dpkg-deb", "--contents", package).output
        for path in [
            "/usr/bin/earwitness", "/etc/earwitness/earwitness.yaml",
            "/usr/lib/systemd/system/earwitness.service", "/usr/lib/sysusers.d/earwitness.conf",
            "/usr/share/man/man1/earwitness-run.1.gz",
            "/usr/share/zsh/vendor-completions/_earwitness",
            "/usr/share/doc/earwitness/copyright", "/usr/share/doc/earwitness/changelog.gz",
        ] {
            #expect(files.contains(" .\(path)\n"), "\(path)")
        }
        #expect(!files.split(separator: "\n").contains { !$0.contains(" root/root ") })
        #expect(
            try Command("dpkg-deb", "--info", package, "conffiles").output
                == "/etc/earwitness/earwitness.yaml\n"
        )
    }

    /// Whoever builds it, and whenever.
    @Test func theSameContentGivesTheSamePackage() throws {
        let build = try StandInBuild()
        let first = try makePackage(build)
        Thread.sleep(forTimeInterval: 1.1)  // another second in the times of the files
        let second = try makePackage(build, output: "again", umask: "077")
        #expect(FileManager.default.contentsEqual(atPath: first, andPath: second))
        let files = try Command("dpkg-deb", "--contents", second).output
        #expect(files.split(separator: "\n").allSatisfy { $0.dropFirst(7).hasPrefix("r") })
    }

    @Test(arguments: ["postinst", "prerm", "postrm"])
    func theScriptsAreCorrectShell(name: String) throws {
        let path = projectRoot.appendingPathComponent("packaging/debian/\(name)").path
        #expect(try Command("sh", "-n", path).exitCode == 0)
        #expect(FileManager.default.isExecutableFile(atPath: path))
    }

    @Test func withoutABuildItSaysWhatToDo() throws {
        let result = try Command(
            "STATIC=/nowhere",
            projectRoot.appendingPathComponent("scripts/make-deb").path,
            "/nowhere"
        )
        #expect(result.exitCode != 0)
        #expect(result.output.contains("Run 'make static' first."))
    }
}
