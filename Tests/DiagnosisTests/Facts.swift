import AudioCapture
import Diagnosis
import EventStore
import Foundation
import Messages
import ModelLibrary
import Platform

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
