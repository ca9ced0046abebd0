/// Rules as they are stored beside the scores that they judged, under the names of the configuration.
extension ClassRule: Codable {
    private enum CodingKeys: String, CodingKey {
        case isEnabled = "enabled"
        case smoothing = "smoothing_kind"
        case smoothingWindows = "smoothing"
        case on, off
        case minDurationSeconds = "min_duration_s"
        case mergeGapSeconds = "merge_gap_s"
        case confirmationHits = "confirmation_hits"
        case confirmationWindows = "confirmation_windows"
        case maxDurationSeconds = "max_duration_s"
        case coolDownSeconds = "cool_down_s"
        case suppressedBy = "suppressed_by"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        isEnabled = try values.decode(Bool.self, forKey: .isEnabled)
        smoothing = try values.decode(ScoreSmoothing.self, forKey: .smoothing)
        smoothingWindows = try values.decode(Int.self, forKey: .smoothingWindows)
        on = try values.decode(Float.self, forKey: .on)
        off = try values.decode(Float.self, forKey: .off)
        minDurationSeconds = try values.decode(Double.self, forKey: .minDurationSeconds)
        mergeGapSeconds = try values.decode(Double.self, forKey: .mergeGapSeconds)
        confirmationHits = try values.decode(Int.self, forKey: .confirmationHits)
        confirmationWindows = try values.decode(Int.self, forKey: .confirmationWindows)
        maxDurationSeconds = try values.decodeIfPresent(Double.self, forKey: .maxDurationSeconds)
        coolDownSeconds = try values.decode(Double.self, forKey: .coolDownSeconds)
        suppressedBy = try values.decode(Set<String>.self, forKey: .suppressedBy)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(isEnabled, forKey: .isEnabled)
        try values.encode(smoothing, forKey: .smoothing)
        try values.encode(smoothingWindows, forKey: .smoothingWindows)
        try values.encode(on, forKey: .on)
        try values.encode(off, forKey: .off)
        try values.encode(minDurationSeconds, forKey: .minDurationSeconds)
        try values.encode(mergeGapSeconds, forKey: .mergeGapSeconds)
        try values.encode(confirmationHits, forKey: .confirmationHits)
        try values.encode(confirmationWindows, forKey: .confirmationWindows)
        try values.encodeIfPresent(maxDurationSeconds, forKey: .maxDurationSeconds)
        try values.encode(coolDownSeconds, forKey: .coolDownSeconds)
        try values.encode(suppressedBy.sorted(), forKey: .suppressedBy)
    }
}

extension DetectionSettings: Codable {
    private enum CodingKeys: String, CodingKey {
        case hopSeconds = "hop_s"
        case defaults, classes, collectors
        case leastFamiliarity = "least_familiarity"
        case reportsUnknown = "report_unknown"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        hopSeconds = try values.decode(Double.self, forKey: .hopSeconds)
        defaults = try values.decode(ClassRule.self, forKey: .defaults)
        classes = try values.decode([String: ClassRule].self, forKey: .classes)
        collectors = try values.decode(Set<String>.self, forKey: .collectors)
        leastFamiliarity = try values.decodeIfPresent(Float.self, forKey: .leastFamiliarity)
        reportsUnknown = try values.decode(Bool.self, forKey: .reportsUnknown)
    }

    /// Writes the same text for the same settings; classes of the default rule are left out.
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(hopSeconds, forKey: .hopSeconds)
        try values.encode(defaults, forKey: .defaults)
        try values.encode(classes.filter { $0.value != defaults }, forKey: .classes)
        try values.encode(collectors.sorted(), forKey: .collectors)
        try values.encodeIfPresent(leastFamiliarity, forKey: .leastFamiliarity)
        try values.encode(reportsUnknown, forKey: .reportsUnknown)
    }
}
