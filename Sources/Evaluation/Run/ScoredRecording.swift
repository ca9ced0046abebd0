package import Detection
package import SoundDatasets

/// A recording with the network's scores of every hop, from which events can be decided anew.
package struct ScoredRecording: Sendable {
    /// The path of the recording.
    package var path: String
    /// The rate of the sample times, in Hz.
    package var sampleRateHz: Int
    /// The length in seconds.
    package var durationSeconds: Double
    /// The annotated sounds, their labels as the model names its classes where it has them.
    package var reference: [LabelledSound]
    /// The hops, in order.
    package var hops: [ScoredHop]

    /// Creates the value from its parts.
    package init(
        path: String,
        sampleRateHz: Int,
        durationSeconds: Double,
        reference: [LabelledSound],
        hops: [ScoredHop]
    ) {
        self.path = path
        self.sampleRateHz = sampleRateHz
        self.durationSeconds = durationSeconds
        self.reference = reference
        self.hops = hops
    }

    /// The mean of each class's scores while the gate was open; nil where it never was.
    package var meanScores: [Double]? {
        let scored = hops.filter { $0.gate == .open && !$0.scores.isEmpty }
        guard let first = scored.first else { return nil }
        return first.scores.indices.map { index in
            scored.reduce(0) { $0 + Double($1.scores[index]) } / Double(scored.count)
        }
    }
}

extension ScoredRecording {
    /// The same recording as a monitor with a silence gate hears it.
    ///
    /// - Parameter settings: The gate's; it decides from the levels, which the hops have.
    /// - Returns: The hops at which the gate is closed have no scores.
    package func gated(by settings: GateSettings) -> ScoredRecording {
        var gate = SilenceGate(settings: settings, sampleRateHz: sampleRateHz)
        var gated = self
        gated.hops = hops.map { hop in
            var changed = hop
            changed.gate = gate.update(hop.envelope, over: hop.hop)
            if changed.gate == .closed {
                changed.scores = []
                changed.familiarity = nil
            }
            return changed
        }
        return gated
    }

    /// The same recording as a model with a calibration and a measure of familiarity scores it.
    ///
    /// - Parameters:
    ///   - calibration: What becomes of the scores, which are the network's own here.
    ///   - familiarity: How the windows' familiarity is measured; nil: not at all.
    ///   - known: For each class whether it is one of the sounds that the model knows.
    /// - Returns: The hops with the scores and familiarity that such a model gives, to the bit.
    package func judged(
        by calibration: ScoreCalibration,
        familiarity: FamiliarityScore?,
        known: [Bool]
    ) -> ScoredRecording {
        var judged = self
        judged.hops = hops.map { hop in
            guard !hop.scores.isEmpty else { return hop }
            let logits = hop.scores.map(Logit.of(probability:))
            var changed = hop
            changed.familiarity = familiarity?.value(ofLogits: logits, known: known)
            if !calibration.isIdentity {
                changed.scores = calibration.scores(ofLogits: logits)
            }
            return changed
        }
        return judged
    }
}

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

extension Collection where Element: Sendable {
    /// Transforms all elements, several at a time.
    ///
    /// - Parameters:
    ///   - jobs: How many are worked on at a time, above 0.
    ///   - transform: What is done with one of them, on any thread.
    /// - Returns: The results in the order of the elements.
    /// - Throws: The first failure; what was not begun by then is not.
    package func concurrentMap<Result: Sendable, Failure: Error>(
        jobs: Int,
        _ transform: @escaping @Sendable (Element) throws(Failure) -> Result
    ) async throws(Failure) -> [Result] {
        precondition(jobs > 0, "Something does the work")
        let outcome = await withTaskGroup(
            of: (Int, Swift.Result<Result, Failure>).self
        ) { group -> Swift.Result<[Result], Failure> in
            var results = [Result?](repeating: nil, count: count)
            var waiting = enumerated().makeIterator()
            func startNext() {
                guard let (place, element) = waiting.next() else { return }
                group.addTask {
                    do throws(Failure) {
                        return (place, .success(try transform(element)))
                    } catch {
                        return (place, .failure(error))
                    }
                }
            }
            for _ in 0..<Swift.min(jobs, count) { startNext() }
            while let (place, result) = await group.next() {
                switch result {
                case .success(let result): results[place] = result
                case .failure(let failure): return .failure(failure)
                }
                startNext()
            }
            return .success(results.compactMap { $0 })
        }
        return try outcome.get()
    }
}
