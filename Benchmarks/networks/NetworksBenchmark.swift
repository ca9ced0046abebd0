import Foundation
import NeuralNetwork

/// Times one network for `compare.py` and `compare_litert.py`, which ask for runs on standard input.
///
/// Usage: networks-benchmark MODEL INPUT.npy [OUTPUT], where OUTPUT is one of the network's outputs
/// that takes the place of its input. Each line `window N` or `hop N` is answered by the
/// nanoseconds of N runs of a whole window, or of N hops of a quarter of a window; `profile N` by
/// one line a node. `streaming` is answered by the share of work of a hop, or why there is none.
@main
enum NetworksBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard (3...4).contains(arguments.count) else {
            print("usage: networks-benchmark MODEL INPUT.npy [OUTPUT]")
            exit(64)
        }
        let bench = try NetworkBench(
            model: Model(path: arguments[1]),
            input: NPYArray(path: arguments[2]),
            startingAt: arguments.count > 3 ? arguments[3] : nil
        )
        while let line = readLine() {
            let words = line.split(separator: " ")
            let count = words.count > 1 ? Int(words[1]) ?? 1 : 1
            switch words.first {
            case "window": answer(try bench.windowTimes(count).map(String.init))
            case "hop": answer(try bench.hopTimes(count).map(String.init))
            case "streaming": answer([bench.streamingDescription])
            case "profile": answer([bench.profile(count).joined(separator: "\n")])
            default: answer(["unknown request '\(line)'"])
            }
        }
    }

    /// Writes one line and sees to it that the reader gets it.
    private static func answer(_ words: [String]) {
        FileHandle.standardOutput.write(Data((words.joined(separator: " ") + "\n").utf8))
    }
}
