package import Detection
package import SoundDatasets

/// Decides anew what the events in scored recordings are.
///
/// Scores do not depend on thresholds, so that every threshold can be tried with one run of the
/// network, and each gives exactly the events that a monitor with that threshold reports.
package struct EventReplay: Sendable {
    /// The classes of the scores, in their order.
    package let classNames: [String]
    /// The rules of the classes.
    package let settings: DetectionSettings

    /// Creates a replay.
    package init(classNames: [String], settings: DetectionSettings) {
        self.classNames = classNames
        self.settings = settings
    }

    /// The classes that are reported.
    package var reportedClassNames: [String] {
        classNames.filter(settings.reports)
    }

    /// The same with other thresholds for the classes named; `off` moves in proportion to `on`.
    package func withThresholds(_ thresholds: [String: Float]) -> EventReplay {
        var changed = settings
        for name in classNames {
            guard let on = thresholds[name] else { continue }
            var rule = settings.rule(for: name)
            rule.off = rule.on > 0 ? min(on, rule.off * on / rule.on) : 0
            rule.on = on
            changed.classes[name] = rule
        }
        return EventReplay(classNames: classNames, settings: changed)
    }

    /// The same with one threshold for every class.
    package func withThreshold(_ on: Float) -> EventReplay {
        withThresholds(Dictionary(uniqueKeysWithValues: classNames.map { ($0, on) }))
    }

    /// The events of a recording, in order of their beginning.
    package func events(in recording: ScoredRecording) -> [FoundSound] {
        var detector = EventDetector(
            classNames: classNames,
            settings: settings,
            sampleRateHz: recording.sampleRateHz
        )
        let rate = recording.sampleRateHz
        let eventClassNames = classNames + [DetectionSettings.unknownClassName]
        var announced: [Int: Double] = [:]
        var found: [FoundSound] = []
        func record(_ transitions: [EventTransition], at time: Double) {
            for transition in transitions {
                switch transition {
                case .began(let event):
                    announced[event.number] = time
                case .ended(let event):
                    found.append(
                        FoundSound(
                            sound: LabelledSound(
                                onsetSeconds: event.start.seconds(atRate: rate),
                                offsetSeconds: event.end.seconds(atRate: rate),
                                label: eventClassNames[event.classIndex]
                            ),
                            announcedSeconds: announced[event.number] ?? time,
                            peakScore: Double(event.peakScore)
                        )
                    )
                }
            }
        }
        for hop in recording.hops {
            let end = hop.hop.upperBound.seconds(atRate: rate)
            record(detector.update(hop.inStoredPrecision), at: end)
        }
        let end = SampleTime(Int64((recording.durationSeconds * Double(rate)).rounded()))
        let last = max(end, recording.hops.last?.hop.upperBound ?? end)
        record(detector.finish(at: last), at: last.seconds(atRate: rate))
        return found.sorted { $0.sound.onsetSeconds < $1.sound.onsetSeconds }
    }
}

/// A detected sound and when it was announced.
package struct FoundSound: Equatable, Sendable {
    /// The sound, as it was finally dated.
    package var sound: LabelledSound
    /// The end of the last sample that was heard when the event was announced, in seconds.
    package var announcedSeconds: Double
    /// The highest smoothed score.
    package var peakScore: Double
}
