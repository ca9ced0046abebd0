// swift-tools-version: 6.3
import PackageDescription

// Measurements against other libraries, apart from the product so that what they need stays out of
// it. Targets under test are links into ../Sources: our declarations have package access.

/// Warnings are errors for those who develop, and in CI; never for a compiler newer than ours.
let warningsAreErrors = Context.environment["EARWITNESS_STRICT"] == "1"

let strict: [SwiftSetting] =
    [.swiftLanguageMode(.v6)]
    + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])
    + [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]

let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0")
    ],
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
        .systemLibrary(
            name: "COpenBLAS",
            path: "Linked/COpenBLAS",
            pkgConfig: "openblas",
            providers: [.apt(["libopenblas-dev"])]
        ),
        .target(
            name: "CKernels",
            path: "Linked/CKernels",
            cSettings: [.unsafeFlags(["-O3"])]
        ),
        .target(name: "Platform", path: "Linked/Platform", swiftSettings: strict),
        .target(
            name: "NeuralNetwork",
            dependencies: [
                "CFFTW", "CKernels", "COpenBLAS", "Platform",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            path: "Linked/NeuralNetwork",
            exclude: ["Format/Generated/onnx.proto", "Format/Generated/regenerate"],
            swiftSettings: strict + [.strictMemorySafety()]
        ),
        .executableTarget(
            name: "features-benchmark",
            dependencies: ["CFFTW", "LogMelFeatures"],
            path: "features",
            exclude: ["compare.py", "requirements.txt"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "networks-benchmark",
            dependencies: ["NeuralNetwork"],
            path: "networks",
            exclude: ["compare.py", "compare_litert.py"],
            swiftSettings: strict
        ),
    ]
)
