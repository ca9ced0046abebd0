// swift-tools-version: 6.3
import PackageDescription

/// Warnings are errors for those who develop, and in CI; never for a compiler newer than ours.
let warningsAreErrors = Context.environment["EARWITNESS_STRICT"] == "1"

/// Rules every Swift target of ours is compiled under.
let strict: [SwiftSetting] =
    [.swiftLanguageMode(.v6)]
    + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])
    + [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]

/// Rules for the targets that touch raw memory: every unsafe expression is marked.
///
/// They are where the time goes, and are optimised in debug builds too, because tests play sound at
/// its own pace.
let strictPointers: [SwiftSetting] =
    strict + [.strictMemorySafety(), .unsafeFlags(["-O"], .when(configuration: .debug))]

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)
let database = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle",
    package: "swift-service-lifecycle"
)
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
]

func systemLibrary(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(
        name: name,
        path: "Sources/System/\(name)",
        pkgConfig: pkgConfig,
        providers: [.apt([apt])]
    )
}

let systemLibraries: [Target] = [
    systemLibrary("CALSA", pkgConfig: "alsa", apt: "libasound2-dev"),
    systemLibrary("CCrypt", pkgConfig: "libcrypt", apt: "libcrypt-dev"),
    systemLibrary("CFFTW", pkgConfig: "fftw3f", apt: "libfftw3-dev"),
    systemLibrary("COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-dev"),
    systemLibrary("CMPG123", pkgConfig: "libmpg123", apt: "libmpg123-dev"),
    systemLibrary("CPNG", pkgConfig: "libpng", apt: "libpng-dev"),
    systemLibrary("CSndFile", pkgConfig: "sndfile", apt: "libsndfile1-dev"),
    systemLibrary("CSoxr", pkgConfig: "soxr", apt: "libsoxr-dev"),
    systemLibrary("CSystemd", pkgConfig: "libsystemd", apt: "libsystemd-dev"),
    systemLibrary("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
    // FFmpeg's decoders, loaded at run time; compiled empty where their headers are missing.
    .target(name: "CFFmpeg", path: "Sources/System/CFFmpeg"),
    // The demo recording, as bytes in the program.
    .target(
        name: "CDemoRecording",
        path: "Sources/System/CDemoRecording",
        exclude: ["ATTRIBUTION.md", "demo.flac"]
    ),
    // libqrencode, loaded at run time; compiled empty where its header is missing.
    .target(name: "CQRCode", path: "Sources/System/CQRCode"),
    // libcurl, loaded at the first request.
    .target(name: "CCurl", path: "Sources/System/CCurl"),
    // libmosquitto, loaded at run time; needs no header.
    .target(name: "CMosquitto", path: "Sources/System/CMosquitto"),
    // libpq, loaded at run time; needs no header.
    .target(name: "CPostgres", path: "Sources/System/CPostgres"),
    // What Glibc's module map does not give Swift: thread names, eventfd.
    .target(name: "CLinuxSupport", path: "Sources/System/CLinuxSupport"),
]

// In the order in which sound meets them; docs/architecture.md says what each is for.
let sources: [Target] = [
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])]),
    .target(name: "Platform", swiftSettings: strict),
    .target(name: "Realtime", dependencies: ["CLinuxSupport"], swiftSettings: strictPointers),
    .target(
        name: "AudioCapture",
        dependencies: ["CALSA", "CLinuxSupport", "Detection", "Platform", "Realtime"],
        swiftSettings: strictPointers
    ),
    .target(
        name: "AudioFiles",
        dependencies: [
            "CDemoRecording", "CFFmpeg", "CMPG123", "CSndFile", "CSoxr", "Detection", "Platform",
        ],
        swiftSettings: strictPointers
    ),
    .target(name: "LogMelFeatures", dependencies: ["CFFTW"], swiftSettings: strictPointers),
    .target(
        name: "NeuralNetwork",
        dependencies: ["CFFTW", "CKernels", "COpenBLAS", "Platform", protobuf],
        exclude: ["Format/Generated/onnx.proto", "Format/Generated/regenerate"],
        swiftSettings: strictPointers
    ),
    .target(name: "Detection", swiftSettings: strict),
    .target(
        name: "Settings",
        dependencies: ["Detection", "Platform", yaml],
        swiftSettings: strict
    ),
    .target(
        name: "ModelLibrary",
        dependencies: ["Detection", "LogMelFeatures", "NeuralNetwork", "Platform", "Settings"],
        swiftSettings: strict
    ),
    .target(
        name: "EventStore",
        dependencies: ["CZlib", "Detection", "Platform", database],
        swiftSettings: strict
    ),
    .target(name: "Messages", dependencies: ["Platform"], swiftSettings: strict),
    .target(
        name: "Delivery",
        dependencies: [
            "CCurl", "CLinuxSupport", "CMosquitto", "CPostgres", "Messages", "Platform",
            "Realtime", "Settings", database, lifecycle, logging, mustache,
        ],
        swiftSettings: strict
    ),
    .target(
        name: "Monitor",
        dependencies: [
            "AudioCapture", "AudioFiles", "Detection", "EventStore", "LogMelFeatures", "Messages",
            "ModelLibrary", "NeuralNetwork", "Platform", "Realtime", "Settings", lifecycle, logging,
        ],
        swiftSettings: strict
    ),
    .target(
        name: "MonitorServer",
        dependencies: [
            "AudioFiles", "CCrypt", "EventStore", "Messages", "Monitor", "Platform",
            "SoundDatasets",
            httpTypes, hummingbird, hummingbirdCore, lifecycle, logging,
        ] + nio,
        // The web page, as bytes in the program: it stays one file.
        resources: [.embedInCode("Resources")],
        swiftSettings: strict
    ),
    .target(
        name: "MonitorClient",
        dependencies: ["Messages", "Platform", httpTypes] + nio,
        swiftSettings: strict
    ),
    .target(
        name: "SoundDatasets",
        dependencies: ["Messages", "Platform"],
        swiftSettings: strict
    ),
    .target(
        name: "Evaluation",
        dependencies: ["AudioFiles", "CPNG", "Detection", "Messages", "Platform", "SoundDatasets"],
        swiftSettings: strict
    ),
    .target(
        name: "Training",
        dependencies: [
            "AudioFiles", "CKernels", "Detection", "Evaluation", "LogMelFeatures", "ModelLibrary",
            "NeuralNetwork", "Platform", "Settings", "SoundDatasets", yaml,
        ],
        // A step of training is computed sample by sample, in tests too.
        swiftSettings: strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]
    ),
    .target(
        name: "Learning",
        dependencies: [
            "AudioFiles", "Detection", "LogMelFeatures", "ModelLibrary", "NeuralNetwork",
            "Platform", "SoundDatasets",
        ],
        // Heads are fitted while a person waits, in tests too.
        swiftSettings: strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]
    ),
    .target(
        name: "Diagnosis",
        dependencies: [
            "AudioCapture", "CLinuxSupport", "EventStore", "Messages", "ModelLibrary", "Platform",
            "Realtime",
        ],
        swiftSettings: strict
    ),
    .target(
        name: "Commands",
        dependencies: [
            "AudioCapture", "AudioFiles", "CPNG", "CQRCode", "CSystemd", "Delivery", "Detection",
            "Diagnosis", "Evaluation", "EventStore", "Learning", "LogMelFeatures", "Messages",
            "ModelLibrary", "Monitor", "MonitorClient", "MonitorServer", "NeuralNetwork",
            "Platform", "Realtime", "Settings",
            "SoundDatasets", "Training", argumentParser, lifecycle, logging,
        ],
        swiftSettings: strict
    ),
    .executableTarget(name: "earwitness", dependencies: ["Commands"], swiftSettings: strict),
    // Measures decisions on composed soundscapes; scripts/measure-accuracy runs it.
    .executableTarget(
        name: "accuracy",
        dependencies: [
            "Commands", "Detection", "Evaluation", "ModelLibrary", "Monitor", "Settings",
            "SoundDatasets", argumentParser,
        ],
        path: "Benchmarks/accuracy",
        swiftSettings: strict
    ),
]

func tests(
    _ name: String,
    _ dependencies: [Target.Dependency],
    exclude: [String] = []
) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies + ["TestSupport"],
        exclude: exclude,
        swiftSettings: strict
    )
}

let testTargets: [Target] = [
    // What tests of several targets use: recordings, reference networks, temporary folders,
    // seeded random numbers. Every test target has it.
    .target(
        name: "TestSupport",
        path: "Tests/TestSupport",
        swiftSettings: strict
    ),
    // Counts allocations by taking malloc's place, for the whole test program.
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    // A sound card for tests, which ALSA loads by the path of the library built from it.
    .target(name: "TestMicrophone", dependencies: ["CALSA"], path: "Tests/TestMicrophone"),
    tests("ArchitectureTests", []),
    tests(
        "AudioCaptureTests",
        ["AudioCapture", "CAllocationCounter", "CLinuxSupport", "Realtime", "TestMicrophone"]
    ),
    tests("AudioFilesTests", ["AudioFiles", "CSndFile", "Platform"]),
    tests(
        "CommandsTests",
        [
            "AudioFiles", "Commands", "Diagnosis", "EventStore", "Messages", "MonitorClient",
            "Platform", argumentParser, logging,
        ]
    ),
    tests(
        "DeliveryTests",
        ["Delivery", "Messages", "Platform", "Settings", lifecycle, logging],
        exclude: ["Fixtures", "check-discovery"]
    ),
    tests("DetectionTests", ["Detection"], exclude: ["Fixtures"]),
    tests(
        "DiagnosisTests",
        ["AudioCapture", "Diagnosis", "EventStore", "Messages", "ModelLibrary", "Platform"]
    ),
    // The built program as its users run it: real alsa-lib, PulseAudio, recordings, SQLite.
    tests(
        "EndToEndTests",
        ["AudioFiles", "NeuralNetwork", "earwitness"],
        exclude: ["fetch-axe"]
    ),
    tests(
        "EvaluationTests",
        [
            "AudioFiles", "CPNG", "Detection", "Evaluation", "Messages", "Platform",
            "SoundDatasets", "accuracy",
        ],
        exclude: ["Fixtures"]
    ),
    tests("EventStoreTests", ["Detection", "EventStore", database]),
    tests(
        "LearningTests",
        ["AudioFiles", "Detection", "Learning", "ModelLibrary", "NeuralNetwork"]
    ),
    tests(
        "LogMelFeaturesTests",
        ["LogMelFeatures", "NeuralNetwork"],
        exclude: ["Fixtures"]
    ),
    tests("MessagesTests", ["Messages", "Platform"]),
    tests(
        "ModelLibraryTests",
        [
            "Detection", "LogMelFeatures", "ModelLibrary", "NeuralNetwork", "Platform", "Settings",
        ]
    ),
    tests(
        "MonitorServerTests",
        [
            "Detection", "EventStore", "LogMelFeatures", "Messages", "Monitor", "MonitorClient",
            "MonitorServer", "Platform", lifecycle, logging,
        ],
        exclude: ["fetch-schemathesis", "schemathesis-requirements.txt"]
    ),
    tests(
        "MonitorTests",
        [
            "AudioCapture", "AudioFiles", "CAllocationCounter", "Detection", "EventStore",
            "LogMelFeatures", "Messages", "ModelLibrary", "Monitor", "NeuralNetwork", "Platform",
            "Settings", "SoundDatasets", "Training", database, logging,
        ]
    ),
    tests(
        "NeuralNetworkTests",
        ["CAllocationCounter", "CLinuxSupport", "NeuralNetwork"],
        exclude: [
            "Fixtures", "fetch-birdnet", "fetch-node-tests", "make-birdnet-answers.py",
            "make-networks", "make-networks.py",
            "make-tflite-networks", "make-tflite-networks.py", "node-tests-not-run.txt",
            "requirements.txt", "tflite-requirements.txt",
        ]
    ),
    tests("PackagingTests", []),
    tests("PlatformTests", ["Platform"]),
    tests("RealtimeTests", ["Realtime"]),
    tests("SettingsTests", ["Detection", "Settings"]),
    tests("SoundDatasetsTests", ["Messages", "Platform", "SoundDatasets"]),
    tests(
        "TrainingTests",
        [
            "AudioFiles", "Detection", "LogMelFeatures", "ModelLibrary", "NeuralNetwork",
            "Settings", "SoundDatasets", "Training",
        ],
        exclude: ["Fixtures"]
    ),
]

let package = Package(
    name: "earwitness",
    products: [
        .executable(name: "earwitness", targets: ["earwitness"]),
        .library(name: "TestMicrophone", type: .dynamic, targets: ["TestMicrophone"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird",
            from: "2.28.1"
        ),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle",
            from: "2.13.0"
        ),
    ],
    targets: systemLibraries + sources + testTargets
)
