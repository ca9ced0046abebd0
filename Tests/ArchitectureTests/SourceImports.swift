import Foundation

/// The modules that the Swift files of a target import.
enum SourceImports {
    /// Modules that come with the system and that every target may use.
    private static let platform: Set<String> = [
        "Dispatch", "Foundation", "FoundationEssentials", "FoundationNetworking", "Glibc",
        "Synchronization",
    ]

    /// The modules of the folder `Sources/TARGET`, without those of the platform, sorted.
    static func modules(ofTarget target: String) throws -> [String] {
        let folder = RepositoryRoot.url.appendingPathComponent("Sources/\(target)")
        let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap {
            $0 as? String
        }
        var modules: Set<String> = []
        for file in files ?? [] where file.hasSuffix(".swift") {
            let text = try RepositoryRoot.text("Sources/\(target)/\(file)")
            modules.formUnion(imports(of: text))
        }
        return modules.subtracting(platform).sorted()
    }

    /// The modules that a source text imports.
    static func imports(of text: String) -> Set<String> {
        let pattern =
            /^\s*(?:@\w+\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
            .anchorsMatchLineEndings()
        return Set(text.matches(of: pattern).map { String($0.output.1) })
    }
}
