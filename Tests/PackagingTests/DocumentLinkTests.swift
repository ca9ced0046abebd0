import Foundation
import Testing

/// What the pages point to is there.
@Suite struct DocumentLinkTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The pages of the checkout's folder and of `docs`, by their paths in the checkout.
    private static func pages() throws -> [String] {
        try ["", "docs/"].flatMap { folder in
            try FileManager.default
                .contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
                .filter { $0.hasSuffix(".md") }.map { folder + $0 }
        }
    }

    private func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: Self.root.appendingPathComponent(path).path)
    }

    @Test func everyLinkToAFileLeadsToOne() throws {
        var count = 0
        for page in try Self.pages() {
            let text = try String(
                contentsOf: Self.root.appendingPathComponent(page),
                encoding: .utf8
            )
            let folder = page.contains("/") ? "docs/" : ""
            for match in text.matches(of: /\]\((?<target>[^)\s#]+)(?:#[^)]*)?\)/) {
                guard !match.target.contains("://") else { continue }
                count += 1
                #expect(exists(folder + match.target), "\(page) links to '\(match.target)'")
            }
        }
        #expect(count > 20)
    }

    @Test(arguments: ["CONTRIBUTING.md", "SECURITY.md", "README.md"])
    func everyFileThatAPageNamesIsThere(page: String) throws {
        let text = try String(contentsOf: Self.root.appendingPathComponent(page), encoding: .utf8)
        for match in text.matches(
            of: /`(?<path>(?:Sources|Tests|docs|scripts|Benchmarks|config)\/[\w+.\/-]+)`/
        ) {
            #expect(exists(String(match.path)), "\(page) names '\(match.path)'")
        }
    }
}
