import Detection

extension SoundModel {
    /// The same model with the network's own scores: not calibrated, nothing rejected.
    ///
    /// What calibration and rejection are fitted to.
    package var withScoresOfTheNetwork: SoundModel {
        var about = about
        about.calibration = TemperatureDescription()
        about.openSet = OpenSetDescription()
        for index in about.classes.indices {
            about.classes[index].calibration = LogisticCalibration()
        }
        return SoundModel(
            folder: folder,
            about: about,
            prepared: prepared,
            digest: digest,
            inputShape: inputShape,
            timeAxis: timeAxis,
            trial: trial
        )
    }
}
