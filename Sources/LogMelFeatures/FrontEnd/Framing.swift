/// How frames lie on the recording.
package enum Framing: String, CaseIterable, Sendable, Codable {
    /// Frame t begins at sample t × hop and lies wholly inside the recording.
    case inside
    /// Frame t is centred on sample t × hop; the ends are padded (librosa's `center=True`).
    case centred
    /// Frame t is centred on the middle of hop t; the ends are padded (Kaldi without `snip_edges`).
    case hopCentred = "hop_centred"
}
