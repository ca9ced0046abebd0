package import Foundation

/// The checkout that the tests are part of.
package enum Checkout {
    package static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}

/// The clips of ESC-10 that the tests play.
package enum Recordings {
    /// A clip, by its path below `Tests/Recordings/esc10`.
    package static func clip(_ path: String) -> URL {
        Checkout.folder.appendingPathComponent("Tests/Recordings/esc10/\(path)")
    }

    /// A clip in which the sound of a class is heard clearly, by the class's name.
    package static func clear(_ className: String) -> URL {
        guard let name = clearNames[className] else {
            preconditionFailure("no clip of '\(className)' was chosen")
        }
        return clip("\(className)/\(name).ogg")
    }

    /// A clip of every class.
    package static let oneOfEachClass = clearNames.keys.sorted().map(clear)

    private static let clearNames = [
        "baby_cry": "1-187207-A", "chainsaw": "1-116765-A", "clock_tick": "1-21934-A",
        "crackling_fire": "1-17150-A", "dog_bark": "1-100032-A", "helicopter": "1-172649-A",
        "rain": "1-17367-A", "rooster": "1-26806-A", "sea_waves": "1-28135-A",
        "sneeze": "5-187979-A",
    ]
}

/// Two networks with what the program that trained them computed; see `Tests/ReferenceModels`.
package enum ReferenceNetworks {
    /// The folder of `bootstrap`, which is a whole model.
    package static let modelFolder = Checkout.folder
        .appendingPathComponent("Tests/ReferenceModels/bootstrap").path

    /// The path of a file beside a network, `bootstrap` or `esc10`.
    package static func path(_ file: String, of network: String = "bootstrap") -> String {
        Checkout.folder.appendingPathComponent("Tests/ReferenceModels/\(network)/\(file)").path
    }
}
