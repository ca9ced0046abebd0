import AudioCapture
import Diagnosis
import EventStore
import Foundation
import Glibc
import Messages
import ModelLibrary
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

/// Facts of a monitor with which all is well.
func healthyFacts() throws -> MonitorFacts {
    var facts = MonitorFacts()
    facts.configuration = ConfigurationFacts(path: "/etc/earwitness/earwitness.yaml")
    facts.service = .running(status())
    facts.unit = try unit(
        "LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\n"
    )
    facts.captureDeviceCount = 1
    facts.sources = [
        SourceFacts(name: "porch", device: "hw:1", hearing: .byService(source()))
    ]
    facts.models = [.usable(name: "m", version: "1", digest: "0123456789abcdef")]
    facts.databasePath = "/s/events.sqlite"
    facts.disk = FreeRoom(path: "/s", freeBytes: 50_000_000_000, totalBytes: 100_000_000_000)
    facts.isClockSynchronized = true
    return facts
}

func status(
    fault: String? = nil,
    warnings: [String] = []
) -> StatusMessage {
    StatusMessage(
        version: "0.1.0",
        started: Date(timeIntervalSince1970: 1_795_176_000),
        uptimeSeconds: 1_000,
        models: [ModelStatusMessage(name: "m", version: "1", classCount: 3)],
        database: DatabaseStatusMessage(
            path: "/s/events.sqlite",
            sizeBytes: 4_096,
            fault: fault,
            waitingEvents: fault == nil ? 0 : 3
        ),
        sources: [],
        warnings: warnings
    )
}

func source(
    _ state: SourceState = .listening,
    reason: String? = nil,
    rateHz: Int? = 16_000,
    lost: Int64 = 0,
    leftOut: Int64 = 0,
    clipped: Int64 = 0,
    driftPPM: Double? = nil
) -> SourceStatusMessage {
    SourceStatusMessage(
        name: "porch",
        device: "hw:1",
        state: state,
        reason: reason,
        sampleRateHz: rateHz,
        levelDBFS: -40,
        lostSamples: lost,
        overruns: lost > 0 ? 1 : 0,
        windowsLeftOut: leftOut,
        clippedSamples: clipped,
        clockDriftPPM: driftPPM
    )
}

struct NoUnit: Error {}

func unit(_ text: String) throws -> UnitFacts {
    guard let unit = UnitFacts(properties: text) else { throw NoUnit() }
    return unit
}

/// A second of samples, as `ShortListen` would have taken them in.
func heard(_ samples: [Float], rateHz: Int = 16_000, elapsed: Double? = nil) -> ListeningFacts {
    var facts = ListeningFacts(rateHz: rateHz)
    facts.add(samples.span)
    facts.elapsedSeconds = elapsed ?? Double(samples.count) / Double(rateHz)
    return facts
}

func tone(amplitude: Float, count: Int = 16_000) -> [Float] {
    (0..<count).map { max(-1, min(0.99997, amplitude * Float(sin(Double($0) * 0.37)))) }
}
