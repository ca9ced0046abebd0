import Foundation
import Messages
import MonitorServer
import TestSupport
import Testing

@testable import Monitor

@Suite("Metrics")
struct MetricsTests {
    /// Meters that have counted something of everything.
    static var fullMeters: MonitorMeters {
        let inference = DurationHistogram()
        for milliseconds in [0.4, 3, 3, 40, 9_000] {
            inference.add(.microseconds(milliseconds * 1_000))
        }
        var source = MonitorMeters.Source(name: "porch")
        source.capturedSamples = 480_000
        source.gatedSamples = 48_000
        source.waitingReports = 3
        source.droppedReports = 1
        source.inference = [("test", inference)]
        var meters = MonitorMeters()
        meters.sources = [source]
        meters.events = [.init(source: "porch", className: "rain", model: "test"): 4]
        meters.freeBytes = 1 << 30
        return meters
    }

    private func withMeters(_ body: @Sendable (RunningMonitor) async throws -> Void) async throws {
        let families = Self.fullMeters.metrics
        try await withMonitor(changing: { $0.meters = { families } }, body)
    }

    @Test func aHistogramCountsUpToEachBound() async throws {
        try await withMeters { monitor in
            let lines = await monitor.raw(request("GET /metrics")).body.split(separator: "\n")
            let labels = "source=\"porch\",model=\"test\""
            for line in [
                "# TYPE earwitness_inference_seconds histogram",
                "earwitness_inference_seconds_bucket{\(labels),le=\"0.0005\"} 1",
                "earwitness_inference_seconds_bucket{\(labels),le=\"0.0025\"} 1",
                "earwitness_inference_seconds_bucket{\(labels),le=\"0.005\"} 3",
                "earwitness_inference_seconds_bucket{\(labels),le=\"0.05\"} 4",
                "earwitness_inference_seconds_bucket{\(labels),le=\"5.0\"} 4",
                "earwitness_inference_seconds_bucket{\(labels),le=\"+Inf\"} 5",
                "earwitness_inference_seconds_count{\(labels)} 5",
                "earwitness_captured_samples_total{source=\"porch\"} 480000",
                "earwitness_events_total{source=\"porch\",class=\"rain\",model=\"test\"} 4",
            ] {
                #expect(lines.contains { $0 == line }, "\(line)")
            }
        }
    }

    /// Prometheus' own tool reads them and finds nothing against their names.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool")))
    func promtoolFindsNothingWrong() async throws {
        try await withMeters { monitor in
            let file = monitor.folder.file("metrics")
            let output = monitor.folder.file("findings")
            let text = await monitor.raw(request("GET /metrics")).body
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            let tool = try ChildProcess(
                [
                    "/bin/sh", "-c",
                    "/usr/bin/promtool check metrics < '\(file)' > '\(output)' 2>&1",
                ],
                environment: [:]
            )
            let status = try await tool.end()
            let findings = try String(contentsOfFile: output, encoding: .utf8)
            #expect(status == 0 && findings.isEmpty, "\(findings)")
        }
    }
}

@Suite("Dashboard and alert rules")
struct MonitoringFileTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("config")

    private static let known = Set(
        (madeUpStatus.metrics + MetricsTests.fullMeters.metrics).map(\.name)
    )

    @Test(arguments: ["grafana-dashboard.json", "prometheus-alerts.yaml"])
    func everyMetricThatAFileNamesExists(file: String) throws {
        let text = try String(
            contentsOf: Self.folder.appendingPathComponent(file),
            encoding: .utf8
        )
        let names = Set(text.matches(of: /earwitness_[a-z_]+/).map { String($0.output) })
        #expect(names.count > 5)
        for name in names {
            let family = name.replacing(/_(bucket|sum|count)$/, with: "")
            #expect(Self.known.contains(name) || Self.known.contains(family), "\(name)")
        }
    }

    @Test func everyExpressionOfTheDashboardIsOfItsInstance() throws {
        let data = try Data(
            contentsOf: Self.folder.appendingPathComponent("grafana-dashboard.json")
        )
        let dashboard = try #require(
            try JSONSerialization.jsonObject(with: data) as? [String: Any]
        )
        let panels = try #require(dashboard["panels"] as? [[String: Any]])
        #expect(panels.count > 10)
        for panel in panels {
            for target in try #require(panel["targets"] as? [[String: Any]]) {
                let expression = try #require(target["expr"] as? String)
                let metrics = expression.matches(of: /earwitness_[a-z_]+/).count
                let filters = expression.matches(of: /earwitness_[a-z_]+\{instance=~"\$instance"/)
                #expect(metrics == filters.count, "\(expression)")
            }
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool")))
    func promtoolReadsTheRules() async throws {
        let rules = Self.folder.appendingPathComponent("prometheus-alerts.yaml").path
        let tool = try ChildProcess(
            ["/usr/bin/promtool", "check", "rules", "--lint-fatal", rules],
            environment: [:]
        )
        #expect(try await tool.end() == 0)
    }

    @Test func alertsAreOfDeafnessLossDiskAndHeartbeat() throws {
        let text = try String(
            contentsOf: Self.folder.appendingPathComponent("prometheus-alerts.yaml"),
            encoding: .utf8
        )
        for alert in ["NoHeartbeat", "Deaf", "LosesSamples", "DiskFull"] {
            #expect(text.contains("- alert: Earwitness\(alert)\n"), "\(alert)")
        }
    }
}
