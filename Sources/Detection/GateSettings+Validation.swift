extension GateSettings {
    /// Checks every value.
    ///
    /// - Throws: The first value that cannot be used, as one line.
    package func validate() throws(InvalidDetectionSetting) {
        let levels: ClosedRange<Float> = -120...0
        guard levels.contains(openDBFS) else {
            throw InvalidDetectionSetting(
                key: "gate.open_dbfs",
                found: "\(openDBFS)",
                allowed: "-120 to 0"
            )
        }
        guard levels.contains(closeDBFS), closeDBFS <= openDBFS else {
            throw InvalidDetectionSetting(
                key: "gate.close_dbfs",
                found: "\(closeDBFS)",
                allowed: "-120 to 'open_dbfs', \(openDBFS)"
            )
        }
        guard 0...3600 ~= holdSeconds else {
            throw InvalidDetectionSetting(
                key: "gate.hold_s",
                found: "\(holdSeconds)",
                allowed: "0 to 3600"
            )
        }
        guard floorMarginDB.map({ 0...60 ~= $0 }) ?? true else {
            throw InvalidDetectionSetting(
                key: "gate.floor_margin_db",
                found: "\(floorMarginDB ?? 0)",
                allowed: "0 to 60"
            )
        }
    }
}
