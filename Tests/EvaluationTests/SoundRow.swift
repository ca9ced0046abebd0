import Evaluation
import SoundDatasets

/// `[onset, offset, label]` in the references.
struct SoundRow: Decodable {
    let sound: LabelledSound

    init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        sound = LabelledSound(
            onsetSeconds: try row.decode(Double.self),
            offsetSeconds: try row.decode(Double.self),
            label: try row.decode(String.self)
        )
    }
}
