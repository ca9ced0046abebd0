// swift-tools-version: 6.2
import PackageDescription

// Measurements against other libraries, apart from the product so that what they need stays out of
// it. Targets under test are links into ../Sources: our declarations have package access.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "benchmarks",
    targets: [
        .systemLibrary(
            name: "CFFTW",
            path: "Linked/CFFTW",
            pkgConfig: "fftw3f",
            providers: [.apt(["libfftw3-dev"])]
        ),
        .target(
            name: "LogMelFeatures",
            dependencies: ["CFFTW"],
            path: "Linked/LogMelFeatures",
            swiftSettings: strict + [.strictMemorySafety()]
        ),
        .executableTarget(
            name: "features-benchmark",
            dependencies: ["CFFTW", "LogMelFeatures"],
            path: "features",
            exclude: ["compare.py", "requirements.txt"],
            swiftSettings: strict
        ),
    ]
)
