import Settings
import Testing

@Suite struct SoundCalibrationTests {
    @Test(arguments: [
        ("125.2", 125.2), ("+94", 94), ("94 dB at -31.2 dBFS", 125.2),
        ("114.03 dB at -8.5 dBFS", 122.53), ("94 dB at -0.1 dBFS", 94.1),
    ])
    func calibrationGivesTheSoundPressureOfFullScale(text: String, fullScaleDB: Double) throws {
        let calibration = try #require(SoundCalibration(text))
        #expect(abs(calibration.fullScaleDB - fullScaleDB) < 1e-9)
        #expect(SoundCalibration(calibration.description) == calibration)
    }

    @Test(arguments: [
        "", "loud", "39.9", "200.1", "1e2", "0x60", "nan", "94 dB", "94 dB at 31.2 dBFS",
        "94 dB at 0 dBFS", "94 at -31.2", "94 dB at -31.2 dB", "20 dB at -31.2 dBFS",
        "150 dB at -31.2 dBFS", "94 dB at -130 dBFS", "94 dB  at -31.2 dBFS",
    ])
    func whatCannotBeACalibrationIsRefused(text: String) {
        #expect(SoundCalibration(text) == nil)
    }

    @Test func configurationReadsBothForms() throws {
        let folder = try ConfigurationFolder()
        let path = try folder.write(
            """
            sources:
              - name: porch
                calibration: 94 dB at -31.2 dBFS
              - name: garden
                calibration: 118
                levels: false
              - name: attic
                calibration: none
            """
        )
        let configuration = try MonitorConfiguration.load(
            path: path,
            environment: [:],
            overridesPath: nil
        )
        #expect(configuration.sources.map { $0.calibration?.fullScaleDB } == [125.2, 118, nil])
        #expect(configuration.sources.map(\.measuresLevels) == [true, false, true])
        let shown = configuration.shownSettings().filter { $0.key.hasSuffix(".calibration") }
        #expect(shown.map(\.value) == ["94 dB at -31.2 dBFS", "118", "none"])
    }

    @Test func badCalibrationIsRefusedWithWhatIsAllowed() throws {
        let folder = try ConfigurationFolder()
        let path = try folder.write("sources:\n  - name: porch\n    calibration: 94 dB\n")
        #expect(
            try MonitorConfiguration.check(path: path).map(\.description) == [
                "\(path):3:18: sources[0].calibration: found '94 dB', allowed: the sound pressure "
                    + "level of 0 dBFS from 40 to 200 dB such as 125.2, or a calibrator's and the "
                    + "level it gave such as 94 dB at -31.2 dBFS, or none"
            ]
        )
    }
}
