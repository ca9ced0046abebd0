import Foundation
import Testing

/// `scripts/install-packages` on a machine made of stand-ins for dpkg-query, apt-get, sudo and id.
@Suite struct PackageScriptTests {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("scripts/install-packages").path

    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("earwitness-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func install(_ name: String, _ body: String) throws {
        let path = folder.appendingPathComponent(name).path
        try Data("#!/bin/sh\n\(body)\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    /// Runs the script where exactly the package `missing` is missing and `/etc/os-release` says
    /// which system this is.
    private func run(
        _ purpose: String,
        missing: String,
        system: String = "ID=debian\nVERSION_ID=12\nPRETTY_NAME='Debian GNU/Linux 12 (bookworm)'",
        user: Int = 0,
        apt: String = "exit 0"
    ) throws -> (command: Command, log: String) {
        defer { try? FileManager.default.removeItem(at: folder) }
        try install("id", "echo \(user)")
        try install(
            "dpkg-query",
            "case \"$*\" in *\" \(missing)\") exit 1;; *) echo installed;; esac"
        )
        try install("apt-get", "echo apt-get $* >> \(folder.path)/log\n\(apt)")
        try install("sudo", "echo sudo $1 >> \(folder.path)/log\nshift\nexec \"$@\"")
        let release = folder.appendingPathComponent("os-release")
        try Data("\(system)\n".utf8).write(to: release)
        let command = try Command(
            "PATH=\(folder.path):/usr/bin:/bin",
            "OS_RELEASE_FILE=\(release.path)",
            "bash",
            Self.script,
            purpose
        )
        let log = try? String(
            contentsOf: folder.appendingPathComponent("log"),
            encoding: .utf8
        )
        return (command, log ?? "")
    }

    @Test(arguments: ["build", "run", "package", "test", "lint"])
    func withEverythingInPlaceNothingIsDoneOrSaid(purpose: String) throws {
        let (command, log) = try run(purpose, missing: "none-of-them")
        #expect(command.exitCode == 0)
        #expect(command.output == "")
        #expect(log == "")
    }

    @Test func onlyWhatIsMissingIsInstalledAndSaid() throws {
        let (command, log) = try run("build", missing: "libsoxr-dev")
        #expect(command.exitCode == 0)
        #expect(
            command.output == "Installing packages that are missing: libsoxr-dev\n"
        )
        #expect(
            log == """
                apt-get --yes --quiet update
                apt-get --yes --quiet install --no-install-recommends libsoxr-dev

                """
        )
    }

    @Test func anotherUserThanRootUsesSudoWithoutWaitingForAPassword() throws {
        let (command, log) = try run("build", missing: "libsoxr-dev", user: 1_000)
        #expect(command.exitCode == 0)
        #expect(log.hasPrefix("sudo --non-interactive\n"))
    }

    @Test func whatOnlyTheTestsNeedIsNotInstalledForBuilding() throws {
        #expect(try run("build", missing: "pulseaudio").log == "")
    }

    @Test(arguments: ["package", "test"])
    func whatMakesThePackageIsInstalledForItAndForTheTests(purpose: String) throws {
        let log = try run(purpose, missing: "dpkg-dev").log
        #expect(log.contains("install --no-install-recommends dpkg-dev\n"))
    }

    @Test(arguments: [
        ("debian", "12", "Debian GNU/Linux 12 (bookworm)"), ("debian", "13", "Debian GNU/Linux 13"),
        ("ubuntu", "24.04", "Ubuntu 24.04.3 LTS"), ("raspbian", "12", "Raspbian GNU/Linux 12"),
    ])
    func knownSystemsGetTheirPackages(id: String, version: String, name: String) throws {
        let system = "ID=\(id)\nVERSION_ID=\"\(version)\"\nPRETTY_NAME=\"\(name)\""
        let log = try run("test", missing: "pulseaudio", system: system).log
        #expect(log.contains("install --no-install-recommends pulseaudio\n"))
    }

    @Test func chromiumIsNotAskedOfUbuntuWhichHasItAsASnapOnly() throws {
        let ubuntu = "ID=ubuntu\nVERSION_ID=24.04\nPRETTY_NAME='Ubuntu 24.04.3 LTS'"
        #expect(try run("test", missing: "chromium", system: ubuntu).log == "")
    }

    @Test(arguments: [
        "ID=fedora\nVERSION_ID=43\nPRETTY_NAME='Fedora Linux 43'",
        "ID=debian\nVERSION_ID=11\nPRETTY_NAME='Debian 11'",
    ])
    func onOtherSystemsNothingIsInstalledAndWhatIsMissingIsNamed(system: String) throws {
        try install("pkg-config", "case \"$*\" in *soxr*|*libavcodec*) exit 1;; esac")
        let (command, log) = try run("build", missing: "libasound2-dev", system: system)
        #expect(command.exitCode == 69)
        #expect(log == "")
        #expect(
            command.output.hasPrefix(
                """
                  module libavcodec, optional (in Debian: libavcodec-dev)
                  module soxr (in Debian: libsoxr-dev)
                This is \(system.contains("fedora") ? "Fedora Linux 43" : "Debian 11"), whose packages
                """
            ),
            "\(command.output)"
        )
    }

    @Test func anotherSystemWithAllThatIsNeededIsUsedAsItIs() throws {
        try install("pkg-config", "exit 0")
        let (command, _) = try run("build", missing: "libasound2-dev", system: "ID=arch")
        #expect(command.exitCode == 0)
        #expect(command.output == "")
    }

    @Test func aRefusedInstallationNamesThePackages() throws {
        let (command, _) = try run("build", missing: "libsoxr-dev", apt: "exit 100")
        #expect(command.exitCode == 69)
        #expect(command.output.hasSuffix("They are: libsoxr-dev\n"))
    }

    @Test func anUnknownPurposeIsWrongUsage() throws {
        #expect(try run("everything", missing: "").command.exitCode == 64)
    }
}
