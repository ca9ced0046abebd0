import Foundation
import ModelLibrary

/// A model of this checkout.
///
/// Most tests here listen with `bootstrap`, whose network is the smaller one.
enum ShippedModel {
    static func load(_ name: String) throws -> SoundModel {
        let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try SoundModel.load(folder: checkout.appendingPathComponent("Models/\(name)").path)
    }
}
