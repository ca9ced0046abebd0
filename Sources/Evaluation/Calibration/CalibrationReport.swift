package import Detection

/// A calibration fitted to recordings, with what it is worth.
package struct CalibrationReport: Sendable {
    /// One class.
    package struct ClassRow: Sendable {
        /// The class.
        package let name: String
        /// The windows in which it is heard, and those in which it is not.
        package let heardCount: Int
        package let otherCount: Int
        /// Its scaling; nil where it has only the temperature.
        package let scaling: LogisticCalibration?
        /// The expected calibration error of the network's own scores.
        package let errorBefore: Double?
        /// The expected calibration error after calibration by the other half of the recordings.
        package let errorAfter: Double?
    }

    /// The model's name.
    package let modelName: String
    /// The data set's path.
    package let dataSetPath: String
    /// What was fitted.
    package let method: CalibrationMethod
    /// The calibration fitted to all recordings.
    package let calibration: ScoreCalibration
    /// The classes in the model's order.
    package let classes: [ClassRow]
    /// When a window is of no known class, if that was asked for: the better of both scores first.
    package var openSet: [OpenSetFit] = []

    /// Fits a calibration.
    ///
    /// - Parameters:
    ///   - modelName: The model's name.
    ///   - dataSetPath: The data set's path.
    ///   - classNames: The classes, in the order of the scores.
    ///   - samples: For each class its samples.
    ///   - method: What is fitted.
    package init(
        modelName: String,
        dataSetPath: String,
        classNames: [String],
        samples: [[CalibrationSample]],
        method: CalibrationMethod
    ) {
        self.modelName = modelName
        self.dataSetPath = dataSetPath
        self.method = method
        calibration = CalibrationFit.calibration(of: samples, method: method)
        // What is fitted to one half is judged on the other: the error is of unseen recordings.
        let crossed = [1, 0].map { half in
            CalibrationFit.calibration(
                of: samples.map { $0.filter { $0.half == half } },
                method: method
            )
        }
        let fitted = calibration
        classes = classNames.indices.map { index in
            let own = samples[index]
            return ClassRow(
                name: classNames[index],
                heardCount: own.count(where: \.isHeard),
                otherCount: own.count { !$0.isHeard },
                scaling: fitted.classes[index],
                errorBefore: CalibrationError.expected(
                    own.map { (Double(Logit.probability(of: Float($0.logit))), $0.isHeard) }
                ),
                errorAfter: CalibrationError.expected(
                    own.map { sample in
                        let calibration = crossed[sample.half]
                        let scaling = calibration.classes[index] ?? LogisticCalibration()
                        let logit = Float(sample.logit) / calibration.temperature
                        return (Double(scaling.score(ofLogit: logit)), sample.isHeard)
                    }
                )
            )
        }
    }

    /// The mean of the classes' errors before calibration.
    package var errorBefore: Double? { Self.mean(classes.compactMap(\.errorBefore)) }

    /// The mean of the classes' errors after calibration by the other half.
    package var errorAfter: Double? { Self.mean(classes.compactMap(\.errorAfter)) }

    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}
