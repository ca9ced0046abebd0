import Foundation
import ModelLibrary

/// The model of this checkout.
enum BootstrapModel {
    static func load() throws -> SoundModel {
        let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try SoundModel.load(folder: checkout.appendingPathComponent("Models/bootstrap").path)
    }
}
