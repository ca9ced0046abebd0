import Foundation
import Testing

@Suite struct SystemdUnitTests {
    private static let unit = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("systemd/earwitness.service")

    private func text() throws -> String {
        try String(contentsOf: Self.unit, encoding: .utf8)
    }

    @Test func systemdFindsNothingWrongWithTheUnit() throws {
        // The program need not be installed where the tests run; one that is there stands in.
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("earwitness-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let copy = folder.appendingPathComponent("earwitness.service")
        try text().replacing("/usr/bin/earwitness", with: "/usr/bin/env")
            .write(to: copy, atomically: true, encoding: .utf8)
        let result = try Command("systemd-analyze", "verify", "--man=no", copy.path)
        #expect(result.exitCode == 0)
        #expect(result.output == "")
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

    @Test(arguments: [
        "Type=notify", "WatchdogSec=30", "Restart=always", "User=earwitness", "Group=earwitness",
        "SupplementaryGroups=audio", "StateDirectory=earwitness", "RuntimeDirectory=earwitness",
        "RuntimeDirectoryPreserve=yes", "DeviceAllow=char-alsa rw", "LimitRTPRIO=20",
        "LimitMEMLOCK=256M", #"ExecReload=/bin/sh -c "kill -HUP ${MAINPID}""#,
        "ExecStart=/usr/bin/earwitness run",
    ])
    func theUnitStates(line: String) throws {
        #expect(try text().split(separator: "\n").contains { $0 == line })
    }
}
