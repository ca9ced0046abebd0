import Foundation
import Testing

/// `scripts/make-deb` on a stand-in for the program; `make test-deb` tests the real one.
@Suite struct DebianPackageTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Builds a package and gives its path.
    private func makePackage(_ build: StandInBuild, output: String = "out") throws -> String {
        let folder = build.folder.appendingPathComponent(output).path
        let result = try Command(
            "STATIC=\(build.path)",
            "SOURCE_DATE_EPOCH=1795176000",
            Self.root.appendingPathComponent("scripts/make-deb").path,
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
        // Computed from the stand-in, which is linked with the C library alone.
        #expect(fields.contains("Depends: libc6 (>= "))
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

    @Test func theSameContentGivesTheSamePackage() throws {
        let build = try StandInBuild()
        let first = try makePackage(build)
        let second = try makePackage(build, output: "again")
        #expect(FileManager.default.contentsEqual(atPath: first, andPath: second))
    }

    @Test(arguments: ["postinst", "prerm", "postrm"])
    func theScriptsAreCorrectShell(name: String) throws {
        let path = Self.root.appendingPathComponent("packaging/debian/\(name)").path
        #expect(try Command("sh", "-n", path).exitCode == 0)
        #expect(FileManager.default.isExecutableFile(atPath: path))
    }

    @Test func withoutABuildItSaysWhatToDo() throws {
        let result = try Command(
            "STATIC=/nowhere",
            Self.root.appendingPathComponent("scripts/make-deb").path,
            "/nowhere"
        )
        #expect(result.exitCode != 0)
        #expect(result.output.contains("Run 'make static' first."))
    }
}
