import SoundDatasets

/// The criteria of the polyphonic detection score, applied to one recording.
struct PSDTrial {
    /// A detection of which too little lies in sound of its class.
    struct FalseDetection {
        /// The class that was detected.
        let label: String
        /// Whether any of it lies within the recording's length.
        let isInsideRecording: Bool
        /// The classes in whose sound much of it lies.
        let crossTriggeredLabels: [String]
    }

    /// The class of each annotated sound that was found.
    private(set) var foundLabels: [String] = []
    /// The detections that are wrong.
    private(set) var falseDetections: [FalseDetection] = []

    init(_ recording: ComparedRecording, settings: PSDSettings) {
        let reference = recording.reference.filter { $0.durationSeconds > 0 }
        let detected = recording.detected.filter { $0.durationSeconds > 0 }
        var accepted: [LabelledSound] = []
        for detection in detected {
            let share = Self.shareByLabel(of: detection, in: reference)
            if let own = share[detection.label], own >= settings.detectionTolerance {
                accepted.append(detection)
                continue
            }
            let others = share.filter {
                $0.key != detection.label && $0.value >= settings.crossTriggerTolerance
            }
            falseDetections.append(
                FalseDetection(
                    label: detection.label,
                    isInsideRecording: detection.onsetSeconds < recording.durationSeconds
                        && detection.offsetSeconds > 0,
                    crossTriggeredLabels: others.keys.sorted()
                )
            )
        }
        for sound in reference {
            let covers = accepted.filter { $0.label == sound.label }
                .map { sound.overlapSeconds(with: $0) / sound.durationSeconds }
                .filter { $0 > 0 }
            if !covers.isEmpty, covers.reduce(0, +) >= settings.referenceIntersection {
                foundLabels.append(sound.label)
            }
        }
    }

    /// The share of a detection that lies in sound of each class it meets.
    private static func shareByLabel(
        of detection: LabelledSound,
        in reference: [LabelledSound]
    ) -> [String: Double] {
        var share: [String: Double] = [:]
        for sound in reference {
            let overlap = detection.overlapSeconds(with: sound)
            guard overlap > 0 else { continue }
            share[sound.label, default: 0] += overlap / detection.durationSeconds
        }
        return share
    }
}
