import Foundation

/// A mosquitto of a test's own on the loopback, which can be stopped and started again.
///
/// It keeps sessions over restarts, so that a subscriber misses nothing.
package final class MosquittoBroker {
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    private static let programs = (
        broker: "/usr/sbin/mosquitto", subscriber: "/usr/bin/mosquitto_sub",
        publisher: "/usr/bin/mosquitto_pub"
    )

    /// Whether what these tests use is installed.
    package static let isInstalled =
        [programs.broker, programs.subscriber, programs.publisher].allSatisfy {
            FileManager.default.isExecutableFile(atPath: $0)
        }

    /// What tests that are left out say.
    package static let whyLeftOut: String =
        "mosquitto, mosquitto-clients or libmosquitto1 is not installed"

    package let port: UInt16
    private let folder = try? TemporaryFolder()
    private let configuration: String
    private var process: ChildProcess?
    private var subscribers: [ChildProcess] = []

    /// Starts a broker.
    ///
    /// - Parameter settings: Lines of its configuration; without any everybody may connect.
    /// - Throws: When it does not listen.
    package init(_ settings: String = "allow_anonymous true") throws {
        port = try LoopbackPort.free()
        guard let folder else { throw Failed(description: "no temporary folder") }
        configuration = try folder.write(
            """
            listener \(port) 127.0.0.1
            persistence true
            persistence_location \(folder.path)/
            max_queued_messages 0
            \(settings)
            user root

            """,
            to: "mosquitto.conf"
        )
        try start()
    }

    deinit {
        for subscriber in subscribers { subscriber.signal(SIGKILL) }
        process?.signal(SIGKILL)
    }

    /// Starts it again, and waits until it listens.
    package func start() throws {
        process = try ChildProcess([Self.programs.broker, "-c", configuration], environment: [:])
        for _ in 0..<500 {
            if LoopbackPort.accepts(port) { return }
            usleep(10_000)
        }
        throw Failed(description: "mosquitto does not listen at \(port)")
    }

    /// Stops it as systemd does.
    package func stop() async throws {
        process?.signal(SIGTERM)
        _ = try await process?.end()
        process = nil
    }

    /// Begins to write what comes into a file, once the broker has answered.
    ///
    /// A message is a line: whether it was retained, the topic and what came.
    package func subscribe(
        _ pattern: String,
        name: String = "watcher",
        options: [String] = []
    ) throws -> Subscription {
        guard let folder else { throw Failed(description: "no temporary folder") }
        let path = folder.file("\(name).txt")
        let words =
            [
                Self.programs.subscriber, "-h", "127.0.0.1", "-p", "\(port)", "-t", pattern, "-q",
                "1", "-c", "-i", name, "-F", "%r %t %p", "-d",
            ] + options
        let quoted = words.map { "'\($0)'" }.joined(separator: " ")
        // Its output is a pipe's, and so would come in blocks.
        subscribers.append(
            try ChildProcess(
                ["/bin/sh", "-c", "exec /usr/bin/stdbuf -oL \(quoted) > '\(path)' 2>&1"],
                environment: ["PATH": "/usr/bin:/bin"]
            )
        )
        for _ in 0..<500 {
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            if text.contains("Subscribed (mid") { return Subscription(path: path) }
            usleep(10_000)
        }
        throw Failed(description: "mosquitto_sub does not subscribe to '\(pattern)'")
    }

    /// Publishes a message, and waits until the broker has it.
    package func publish(_ topic: String, _ payload: String, isRetained: Bool = false) async throws
    {
        let words =
            [
                Self.programs.publisher, "-h", "127.0.0.1", "-p", "\(port)", "-t", topic, "-m",
                payload, "-q", "1",
            ] + (isRetained ? ["-r"] : [])
        let status = try await ChildProcess(words, environment: [:]).end()
        guard status == 0 else { throw Failed(description: "mosquitto_pub ended with \(status)") }
    }
}

/// What a subscriber has got so far.
package struct Subscription: Sendable {
    let path: String

    /// A message as it came.
    package struct Message: Equatable, Sendable {
        package var isRetained: Bool
        package var topic: String
        package var payload: String
    }

    /// All that has come, in order.
    package var messages: [Message] {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "0" || parts[0] == "1" else { return nil }
            return Message(
                isRetained: parts[0] == "1",
                topic: String(parts[1]),
                payload: String(parts[2])
            )
        }
    }

    /// What has come at a topic.
    package func payloads(_ topic: String) -> [String] {
        messages.filter { $0.topic == topic }.map(\.payload)
    }
}
