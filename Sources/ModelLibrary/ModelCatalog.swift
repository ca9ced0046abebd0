package import Detection
import Foundation
package import Settings

/// The models that are installed, and where a model is looked for.
package struct ModelCatalog: Equatable, Sendable {
    /// The folders that hold model folders, in the order in which they are searched.
    package var searchPaths: [String]

    /// Creates the catalog of the given folders.
    package init(searchPaths: [String]) {
        self.searchPaths = searchPaths
    }

    /// The catalog of learned, installed and shipped models.
    ///
    /// - Parameters:
    ///   - stateModels: The folder `models` of the state directory.
    ///   - executable: The path of the running program: models beside its installation and, for
    ///     one that was built in a checkout, the checkout's `Models` are found by it.
    package init(stateModels: String, executable: String) {
        let program = URL(fileURLWithPath: executable).resolvingSymlinksInPath()
        let installation = program.deletingLastPathComponent().deletingLastPathComponent()
        var paths = [
            stateModels, "\(installation.path)/share/earwitness/models",
            "/usr/share/earwitness/models",
        ]
        if let checkout = Self.checkout(of: program) {
            paths.append("\(checkout)/Models")
        }
        var seen: Set<String> = []
        searchPaths = paths.filter { seen.insert($0).inserted }
    }

    /// The folder of a model.
    ///
    /// - Parameter nameOrPath: The name of a folder in a search path, or, if it contains `/`, the
    ///   path of a folder.
    /// - Returns: The folder's path.
    /// - Throws: ``ModelFolderError/unknownModel(name:searched:installed:)`` if there is none.
    package func folder(of nameOrPath: String) throws(ModelFolderError) -> String {
        if nameOrPath.contains("/") {
            guard Self.isModelFolder(nameOrPath) else {
                throw .unreadable(path: nameOrPath, reason: "no model.yaml there")
            }
            return nameOrPath
        }
        for path in searchPaths where Self.isModelFolder("\(path)/\(nameOrPath)") {
            return "\(path)/\(nameOrPath)"
        }
        throw .unknownModel(
            name: nameOrPath,
            searched: searchPaths,
            installed: list().map { URL(fileURLWithPath: $0).lastPathComponent }
        )
    }

    /// The folders of all models, by name; of several with one name, the one that is found first.
    package func list() -> [String] {
        var folders: [String: String] = [:]
        for path in searchPaths {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            // A hidden folder is one that is being made.
            for name in names
            where !name.hasPrefix(".") && Self.isModelFolder("\(path)/\(name)") {
                folders[name] = folders[name] ?? "\(path)/\(name)"
            }
        }
        return folders.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func isModelFolder(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/model.yaml")
    }

    /// The folder above the program that holds a package with models.
    private static func checkout(of program: URL) -> String? {
        var folder = program.deletingLastPathComponent()
        while folder.path != "/" {
            let isCheckout = ["Package.swift", "Models"].allSatisfy {
                FileManager.default.fileExists(atPath: "\(folder.path)/\($0)")
            }
            if isCheckout { return folder.path }
            folder.deleteLastPathComponent()
        }
        return nil
    }
}

/// Why a model cannot be used.
package enum ModelFolderError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No model has this name, nor is there such a folder.
    case unknownModel(name: String, searched: [String], installed: [String])
    /// A file of the model is missing or cannot be read.
    case unreadable(path: String, reason: String)
    /// `model.yaml` has these faults, at least one.
    case invalidDescription([DocumentProblem])
    /// The network's file is no network that can be run.
    case unusableNetwork(path: String, reason: String)
    /// The network's file is a network, but not the one that `model.yaml` describes.
    case mismatch(path: String, reason: String)
    /// A class's score for a test sound is no probability, and the line of `model.yaml` that may
    /// make one of it.
    case invalidScore(path: String, className: String, score: InvalidScore, advice: String)

    /// One line; one for each fault of `model.yaml`.
    package var description: String {
        switch self {
        case .unknownModel(let name, let searched, let installed):
            "No model '\(name)' in \(searched.joined(separator: ", ")). "
                + (installed.isEmpty
                    ? "No model is installed; give the path of a model folder."
                    : "Installed: \(installed.joined(separator: ", ")).")
        case .unreadable(let path, let reason):
            "Cannot read '\(path)': \(reason). "
                + "A model is a folder with model.yaml and model.onnx or model.tflite; copy it again."
        case .invalidDescription(let problems):
            problems.map(\.description).joined(separator: "\n")
        case .unusableNetwork(let path, let reason):
            "Cannot use the network '\(path)': \(reason)"
        case .mismatch(let path, let reason):
            "'\(path)' does not match its model.yaml: \(reason)."
        case .invalidScore(let path, let className, let score, let advice):
            "'\(path)' gives '\(className)' an invalid score of \(score.scoreText) for a test "
                + "sound (allowed: 0 to 1). \(advice)"
        }
    }
}
