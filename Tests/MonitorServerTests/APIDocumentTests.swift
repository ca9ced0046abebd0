import Foundation
import Messages
import Monitor
import MonitorClient
import MonitorServer
import Testing

@Suite("docs/http-api.md")
struct APIDocumentTests {
    private let document: String

    init() throws {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        document = try String(
            contentsOf: root.appendingPathComponent("docs/http-api.md"),
            encoding: .utf8
        )
    }

    @Test(arguments: APIRoute.allCases)
    func everyRouteHasASection(route: APIRoute) {
        #expect(document.contains("\n### `\(route.rawValue)`\n"), "\(route.rawValue)")
    }

    @Test func noSectionIsAboutARouteThatDoesNotExist() {
        let routes = Set(APIRoute.allCases.map(\.rawValue))
        for match in document.matches(of: /\n### `([^`]+)`/) {
            #expect(routes.contains(String(match.1)), "\(match.1)")
        }
    }

    @Test(arguments: LiveMessage.Kind.allCases)
    func everyKindOfMessageIsDescribed(kind: LiveMessage.Kind) {
        #expect(document.contains("| `\(kind.rawValue)` |"))
    }

    @Test func everyKeyOfTheStatusIsDescribed() {
        for match in madeUpStatus.json.text.matches(of: /"([a-z_]+)":/) {
            #expect(document.contains("`\(match.1)`"), "\(match.1)")
        }
    }

    @Test func everyMetricIsDescribed() {
        for family in madeUpStatus.metrics {
            #expect(document.contains("`\(family.name)`"), "\(family.name)")
        }
    }

    @Test func everyStateOfASourceIsDescribed() {
        for state in SourceState.allCases {
            #expect(document.contains("`\(state.rawValue)`"), "\(state.rawValue)")
        }
    }
}
