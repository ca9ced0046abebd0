import Detection
import Foundation

extension ClassRule {
    /// What a search may have changed, as it stands in `model.yaml`.
    var fileEntries: [(key: String, value: String)] {
        let windows =
            smoothing == .mean ? "\(smoothingWindows)" : "\(smoothing.rawValue) \(smoothingWindows)"
        var entries = [
            ("smoothing", windows), ("on", String(format: "%g", on)),
            ("off", String(format: "%.3g", off)),
            ("min_duration_s", String(format: "%g", minDurationSeconds)),
        ]
        if (confirmationHits, confirmationWindows) != (1, 1) {
            entries.append(("confirmation", "\(confirmationHits) of \(confirmationWindows)"))
        }
        return entries
    }
}
