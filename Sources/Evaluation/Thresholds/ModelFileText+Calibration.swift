extension ModelFileText {
    /// Sets the temperature of all classes.
    package mutating func setTemperature(_ temperature: Float) {
        setSection("calibration", to: "{temperature: \(Self.number(temperature))}")
    }

    /// Sets which windows are of no known class.
    package mutating func setOpenSet(score: String, threshold: Float) {
        setSection("open_set", to: "{score: \(score), threshold: \(Self.number(threshold))}")
    }

    /// Sets the scaling of a class.
    ///
    /// - Returns: False if the class is not written in a way that can be changed.
    package mutating func setScaling(
        _ className: String,
        slope: Float,
        offset: Float
    ) -> Bool {
        setEntry(
            "calibration",
            of: className,
            to: "{slope: \(Self.number(slope)), offset: \(Self.number(offset))}"
        )
    }
}
