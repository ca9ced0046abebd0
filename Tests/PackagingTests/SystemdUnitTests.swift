import Foundation
import TestSupport
import Testing

@Suite struct SystemdUnitTests {
    private static let unit = projectRoot.appendingPathComponent("systemd/earwitness.service")

    private func text() throws -> String {
        try String(contentsOf: Self.unit, encoding: .utf8)
    }

    /// The value of a setting that the unit has once.
    private func value(of key: String) throws -> String {
        let lines = try text().split(separator: "\n").filter { $0.hasPrefix("\(key)=") }
        #expect(lines.count == 1, "\(key)")
        return String(try #require(lines.first).dropFirst(key.count + 1))
    }

    /// What systemd has to say of a unit.
    private func verify(_ text: String) throws -> String {
        // The program need not be installed where the tests run; one that is there stands in.
        let folder = try TemporaryFolder()
        let copy = try folder.write(
            text.replacing("/usr/bin/earwitness", with: "/usr/bin/env"),
            to: "earwitness.service"
        )
        return try Command("systemd-analyze", "verify", "--man=no", copy).output
    }

    @Test func systemdFindsNothingWrongWithTheUnitButAMistakeInIt() throws {
        #expect(try verify(text()) == "")
        let mistake = try text().replacing("WatchdogSec=", with: "WatchdogSeconds=")
        #expect(try verify(mistake).contains("WatchdogSeconds"))
    }

    @Test func exposureIsAtMostOneAndAHalf() throws {
        let result = try Command(
            "systemd-analyze",
            "security",
            "--offline=true",
            "--no-pager",
            "--threshold=15",
            Self.unit.path
        )
        #expect(result.exitCode == 0, "\(result.output.suffix(200))")
        #expect(result.output.contains("Overall exposure level"))
    }

    @Test func theUserOfTheUnitIsTheOneThatIsCreatedWithItsFolder() throws {
        let users = try String(
            contentsOf: projectRoot.appendingPathComponent("systemd/earwitness.sysusers"),
            encoding: .utf8
        )
        let user = try value(of: "User")
        #expect(try value(of: "Group") == user)
        let folder = try value(of: "StateDirectory")
        #expect(
            users.split(separator: "\n").contains {
                $0.hasPrefix("u \(user) ") && $0.hasSuffix(" /var/lib/\(folder)")
            }
        )
    }

    /// A code that the program does not have would never keep systemd from trying again.
    @Test func theCodesAfterWhichItIsNotRestartedAreOnesOfTheProgram() throws {
        let commands = try String(
            contentsOf: projectRoot.appendingPathComponent("docs/commands.md"),
            encoding: .utf8
        )
        let codes = try value(of: "RestartPreventExitStatus").split(separator: " ")
        #expect(!codes.isEmpty)
        for code in codes { #expect(commands.contains("\n| \(code) | "), "\(code)") }
    }

    /// What the program needs of the machine, and systemd would otherwise refuse without a word in
    /// the unit: each must be granted by a line of its own.
    @Test(arguments: [
        ("the watchdog", "NotifyAccess=main"), ("sound cards", "DeviceAllow=char-alsa rw"),
        ("the files of sound cards", "SupplementaryGroups=audio"),
        ("its socket", "RuntimeDirectory=earwitness"),
        ("the spool over a restart", "RuntimeDirectoryPreserve=yes"),
    ])
    func theUnitGrants(need: String, line: String) throws {
        #expect(try text().split(separator: "\n").contains { $0 == line }, "\(need)")
    }
}
