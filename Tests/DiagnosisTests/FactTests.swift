import AudioCapture
import Diagnosis
import Foundation
import Glibc
import Platform
import Testing

@Suite struct FactTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("earwitness-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func write(_ text: String, to name: String) throws {
        let file = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
    }

    @Test func whoeverRunsOrHasOpenedACaptureDeviceIsFound() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try write(
            "state: RUNNING\nowner_pid   : 31\ntrigger_time: 1.5\n",
            to: "asound/card1/pcm0c/sub0/status"
        )
        try write("closed\n", to: "asound/card1/pcm1c/sub0/status")
        try write("state: RUNNING\nowner_pid   : 32\n", to: "asound/card1/pcm0p/sub0/status")
        try write("arecord\n", to: "31/comm")
        try write("sleepy\n", to: "77/comm")
        let files = [("77/fd", "4", "/dev/snd/pcmC0D2c"), ("31/fd", "5", "/dev/snd/pcmC1D0c")]
        for (path, number, target) in files {
            let place = folder.appendingPathComponent(path)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: place.appendingPathComponent(number).path,
                withDestinationPath: target
            )
        }
        #expect(
            DeviceHolder.all(proc: folder.path) == [
                DeviceHolder(processID: 31, program: "arecord", device: "/dev/snd/pcmC1D0c"),
                DeviceHolder(processID: 77, program: "sleepy", device: "/dev/snd/pcmC0D2c"),
            ]
        )
    }

    @Test func theRightsOnADeviceAreItsOwnersItsGroupsAndTheRest() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try write("", to: "pcmC0D0c")
        try write("", to: "pcmC0D0p")
        let path = folder.appendingPathComponent("pcmC0D0c").path
        try FileManager.default.setAttributes([.posixPermissions: 0o660], ofItemAtPath: path)
        var facts = stat()
        #expect(stat(path, &facts) == 0)
        let stranger = facts.st_uid &+ 1_000
        let group = facts.st_gid &+ 1_000
        #expect(
            DevicePermissions(userID: stranger, groupIDs: [group]).forbidden(in: folder.path)
                == [path]
        )
        let member = DevicePermissions(userID: stranger, groupIDs: [facts.st_gid])
        #expect(member.forbidden(in: folder.path).isEmpty)
        #expect(DevicePermissions(userID: 0, groupIDs: []).forbidden(in: folder.path).isEmpty)
        #expect(DevicePermissions(userID: stranger, groupIDs: []).forbidden(in: "/none").isEmpty)
    }

    @Test func theRoomOnAFileSystemIsThatOfTheNearestFolderThatIsThere() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let facts = try #require(FreeRoom.read("\(folder.path)/not/yet/there"))
        #expect(facts.path == folder.path)
        #expect(facts.totalBytes > facts.freeBytes && facts.freeBytes > 0)
    }

    @Test func theClockCanBeAsked() {
        #expect(ClockState.isSynchronized() != nil)
    }

    @Test func whatIsNoUnitIsNone() {
        #expect(UnitFacts(properties: "") == nil)
        #expect(UnitFacts(properties: "Failed to connect to bus") == nil)
    }

    @Test func levelsAreThoseOfTheSamples() throws {
        let facts = heard(tone(amplitude: 0.5))
        let level = try #require(facts.signal.levelDBFS)
        #expect(abs(level - -9.03) < 0.05)
        #expect(facts.signal.clippedCount == 0)
        #expect(abs(facts.signal.offset) < 0.001)
        #expect(heard([0, 0]).signal.levelDBFS == nil)
    }
}
