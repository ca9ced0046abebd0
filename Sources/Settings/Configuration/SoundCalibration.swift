/// What turns levels in dBFS into sound pressure levels.
package enum SoundCalibration: Equatable, Sendable {
    /// The sound pressure level of 0 dBFS, in dB re 20 µPa.
    case fullScale(soundPressureDB: Double)
    /// A calibrator's sound pressure level in dB re 20 µPa, and the level that it gave in dBFS.
    case calibrator(soundPressureDB: Double, levelDBFS: Double)

    /// The sound pressure levels that 0 dBFS may have: from a whisper at an amplified microphone to
    /// beside a gun.
    static let fullScaleRangeDB = 40.0...200

    /// The sound pressure levels of calibrators, from those for hearing aids to pistonphones.
    static let calibratorRangeDB = 60.0...130

    /// The sound pressure level of 0 dBFS, in dB re 20 µPa.
    package var fullScaleDB: Double {
        switch self {
        case .fullScale(let soundPressureDB): soundPressureDB
        case .calibrator(let soundPressureDB, let levelDBFS): soundPressureDB - levelDBFS
        }
    }

    /// Reads `125.2` or `94 dB at -31.2 dBFS`; nil if it is neither, or can't be right.
    package init?(_ text: String) {
        let number = /[+-]?\d{1,3}(?:\.\d{1,6})?/
        if text.wholeMatch(of: number) != nil, let full = Double(text) {
            self = .fullScale(soundPressureDB: full)
        } else if let match = text.wholeMatch(of: /(\S+) dB at (\S+) dBFS/),
            match.1.wholeMatch(of: number) != nil, match.2.wholeMatch(of: number) != nil,
            let reference = Double(match.1), let level = Double(match.2)
        {
            guard Self.calibratorRangeDB.contains(reference), level < 0 else { return nil }
            self = .calibrator(soundPressureDB: reference, levelDBFS: level)
        } else {
            return nil
        }
        guard Self.fullScaleRangeDB.contains(fullScaleDB) else { return nil }
    }
}

extension SoundCalibration: CustomStringConvertible {
    /// As it stands in a configuration.
    package var description: String {
        switch self {
        case .fullScale(let soundPressureDB): soundPressureDB.settingText
        case .calibrator(let soundPressureDB, let levelDBFS):
            "\(soundPressureDB.settingText) dB at \(levelDBFS.settingText) dBFS"
        }
    }
}

extension ValueForm where Value == SoundCalibration {
    /// The sound pressure level of 0 dBFS, or a calibrator's and what it gave.
    static var calibration: ValueForm {
        let fullScale = SoundCalibration.fullScaleRangeDB
        return ValueForm(
            allowed: "the sound pressure level of 0 dBFS from "
                + "\(fullScale.lowerBound.settingText) to \(fullScale.upperBound.settingText) dB "
                + "such as 125.2, or a calibrator's and the level it gave such as "
                + "94 dB at -31.2 dBFS",
            read: { node in node.text.flatMap(SoundCalibration.init) },
            write: { $0.description }
        )
    }
}
