/// Why a network is not the one that its `model.yaml` describes.
struct Misfit: Error, Equatable {
    /// The reason, without a full stop.
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
