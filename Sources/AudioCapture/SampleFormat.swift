internal import CALSA

/// The linear sample formats that are understood, in the order in which they are preferred.
///
/// Wide ones first: where ALSA converts, a wide format keeps what the card has, and where the
/// hardware offers several, the wide one has the lower noise floor.
package enum SampleFormat: String, Sendable, CaseIterable {
    case int32 = "S32_LE"
    case float32 = "FLOAT_LE"
    /// 24 bits in the low bytes of 4.
    case int24 = "S24_LE"
    /// 24 bits in 3 bytes.
    case packedInt24 = "S24_3LE"
    case int16 = "S16_LE"
    case bigEndianInt32 = "S32_BE"
    case bigEndianFloat32 = "FLOAT_BE"
    case bigEndianInt24 = "S24_BE"
    case bigEndianPackedInt24 = "S24_3BE"
    case bigEndianInt16 = "S16_BE"

    /// Bytes that one sample takes.
    package var bytesPerSample: Int {
        switch self {
        case .int16, .bigEndianInt16: 2
        case .packedInt24, .bigEndianPackedInt24: 3
        default: 4
        }
    }

    var alsaFormat: snd_pcm_format_t {
        switch self {
        case .int32: SND_PCM_FORMAT_S32_LE
        case .float32: SND_PCM_FORMAT_FLOAT_LE
        case .int24: SND_PCM_FORMAT_S24_LE
        case .packedInt24: SND_PCM_FORMAT_S24_3LE
        case .int16: SND_PCM_FORMAT_S16_LE
        case .bigEndianInt32: SND_PCM_FORMAT_S32_BE
        case .bigEndianFloat32: SND_PCM_FORMAT_FLOAT_BE
        case .bigEndianInt24: SND_PCM_FORMAT_S24_BE
        case .bigEndianPackedInt24: SND_PCM_FORMAT_S24_3BE
        case .bigEndianInt16: SND_PCM_FORMAT_S16_BE
        }
    }
}
