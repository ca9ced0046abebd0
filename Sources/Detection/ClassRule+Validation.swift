extension ClassRule {
    /// Checks every value of the rule.
    ///
    /// - Parameter section: The rule's section, for the message.
    /// - Throws: The first value that cannot be used, as one line.
    package func validate(as section: String) throws(InvalidDetectionSetting) {
        let windows = 1...ScoreSmoother.capacity
        try require(windows ~= smoothingWindows, section, "smoothing", smoothingWindows) {
            "over 1 to \(ScoreSmoother.capacity) windows"
        }
        try require(0...1 ~= on, section, "on", on) { "0 to 1" }
        try require(0...1 ~= off && off <= on, section, "off", off) { "0 to 'on', \(on)" }
        try require(
            0...3600 ~= minDurationSeconds,
            section,
            "min_duration_s",
            minDurationSeconds
        ) { "0 to 3600" }
        try require(0...3600 ~= mergeGapSeconds, section, "merge_gap_s", mergeGapSeconds) {
            "0 to 3600"
        }
        try require(
            windows ~= confirmationWindows && confirmationHits >= 1
                && confirmationHits <= confirmationWindows,
            section,
            "confirmation",
            "\(confirmationHits) of \(confirmationWindows)"
        ) { "k of n windows, k from 1 to n and n at most \(ScoreSmoother.capacity)" }
        if let longest = maxDurationSeconds {
            try require(
                max(1, minDurationSeconds)...86_400 ~= longest,
                section,
                "max_duration_s",
                longest
            ) { "1 to 86400 and not less than 'min_duration_s', \(minDurationSeconds)" }
        }
        try require(0...86_400 ~= coolDownSeconds, section, "cool_down_s", coolDownSeconds) {
            "0 to 86400"
        }
    }

    private func require(
        _ isValid: Bool,
        _ section: String,
        _ key: String,
        _ found: some CustomStringConvertible,
        allowed: () -> String
    ) throws(InvalidDetectionSetting) {
        guard isValid else {
            throw InvalidDetectionSetting(
                key: "\(section).\(key)",
                found: found.description,
                allowed: allowed()
            )
        }
    }
}
