import Foundation

/// Formula from hertz to mel.
package enum MelScale: String, CaseIterable, Sendable, Codable {
    /// 2595 · log₁₀(1 + f / 700): HTK, Kaldi, TensorFlow.
    case htk
    /// Linear to 1 kHz (15 mel), then 27 mel for a factor of 6.4: Slaney's Auditory Toolbox, librosa.
    case slaney
}

extension MelScale {
    private static let slaneyHertzPerMel = 200.0 / 3
    private static let slaneyCornerHz = 1_000.0
    private static let slaneyCornerMel = 15.0
    private static let slaneyLogStep = Foundation.log(6.4) / 27

    /// Mel value of a frequency.
    package func mel(fromHertz hertz: Double) -> Double {
        switch self {
        case .htk:
            2_595 * log10(1 + hertz / 700)
        case .slaney where hertz < Self.slaneyCornerHz:
            hertz / Self.slaneyHertzPerMel
        case .slaney:
            Self.slaneyCornerMel
                + Foundation.log(hertz / Self.slaneyCornerHz) / Self.slaneyLogStep
        }
    }

    /// Frequency of a mel value.
    func hertz(fromMel mel: Double) -> Double {
        switch self {
        case .htk:
            700 * (pow(10, mel / 2_595) - 1)
        case .slaney where mel < Self.slaneyCornerMel:
            mel * Self.slaneyHertzPerMel
        case .slaney:
            Self.slaneyCornerHz * exp(Self.slaneyLogStep * (mel - Self.slaneyCornerMel))
        }
    }
}
