import Foundation
import Glibc

/// Runs `Fixtures/check_model.py` on a model folder, in the Python that `make test` sets up.
///
/// Not by Foundation's `Process`, which on Linux leaves the end of a child unnoticed when no run
/// loop turns.
enum NetworkChecker {
    /// What the script said, and whether it found nothing wrong.
    struct Outcome {
        let isPassed: Bool
        let output: String
    }

    /// The Python is missing.
    struct Missing: Error, CustomStringConvertible {
        let path: String
        var description: String {
            "No '\(path)'. Run Tests/NeuralNetworkTests/fetch-node-tests, which puts Python with "
                + "the ONNX checker and ONNX Runtime there."
        }
    }

    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    /// Checks the network of a folder that also holds `input.npy` and `probs.npy`.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - python: The interpreter; `make test`'s if nil.
    /// - Returns: What it found.
    /// - Throws: That there is no such Python, or that it cannot be started.
    static func check(_ folder: String, python: String? = nil) throws -> Outcome {
        let python =
            python
            ?? tests.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent(".build/onnx-python/bin/python").path
        guard access(python, X_OK) == 0 else { throw Missing(path: python) }
        let script = tests.appendingPathComponent("Fixtures/check_model.py").path
        let log = "\(folder)/check.log"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let arguments: [String] = [python, script, folder]
        var words = arguments.map { strdup($0) } + [nil]
        // One thread: other tests run beside it.
        let environment: [String] = ["PATH=/usr/bin:/bin", "OPENBLAS_NUM_THREADS=1"]
        var variables = environment.map { strdup($0) } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var child = pid_t()
        let code = posix_spawn(&child, python, &actions, nil, &words, &variables)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EINVAL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) == -1, errno == EINTR {}
        return Outcome(
            isPassed: status == 0,
            output: (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        )
    }
}
