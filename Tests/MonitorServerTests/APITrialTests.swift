import Foundation
import MonitorServer
import TestSupport
import Testing

/// Tries an API by its own description; `Tests/MonitorServerTests/fetch-schemathesis` installs it.
private let schemathesis = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent(".build/schemathesis/bin/schemathesis").path

@Suite("The API tried by its description")
struct APITrialTests {
    /// How many requests an operation gets beside those at the limits of each value.
    private static let requestsPerOperation = 10

    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: schemathesis),
            "Tests/MonitorServerTests/fetch-schemathesis could not install schemathesis"
        )
    )
    func theServerAnswersAsItDescribesItself() async throws {
        try await withMonitor { settings in
            settings.listen = ServerSettings.TCPAddress(host: "127.0.0.1", port: 0)
            settings.maxRequestsPerSecond = 100_000
        } _: { monitor in
            for index in 0..<3 { try monitor.addEvent(class: index, secondsAgo: 100) }
            let origin = "http://127.0.0.1:\(monitor.addresses.tcp?.port ?? 0)"
            let output = monitor.folder.file("trial")
            let command = [
                schemathesis, "run", "\(origin)/v1/openapi.json", "--url", origin,
                "--phases", "examples,coverage,fuzzing",
                "--max-examples", "\(Self.requestsPerOperation)", "--seed", "20261129",
                "--generation-database", "none", "--no-shrink", "--no-color",
                "--request-timeout", "20", "--continue-on-failure",
                // No schema says which text is a time, or which classes there are.
                "--exclude-checks", "positive_data_acceptance",
                // They do not end.
                "--exclude-path-regex", "'^/v1/(stream|spectrogram|listen)$'",
            ].joined(separator: " ")
            let trial = try ChildProcess(
                // It leaves a folder where it runs.
                ["/bin/sh", "-c", "cd '\(monitor.folder.path)' && \(command) > '\(output)' 2>&1"],
                environment: ["PATH": "/usr/bin:/bin", "HOME": monitor.folder.path]
            )
            let status = try await trial.end()
            let text = try String(contentsOfFile: output, encoding: .utf8)
            #expect(status == 0, "\(text.suffix(8_000))")
        }
    }
}
