// swift-tools-version: 6.2
import PackageDescription

/// Rules every Swift target of ours is compiled under.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
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
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
]

func systemLibrary(_ name: String, pkgConfig: String?, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let systemLibraries: [Target] = [
    systemLibrary("CALSA", pkgConfig: "alsa", apt: "libasound2-dev"),
    systemLibrary("CFFTW", pkgConfig: "fftw3f", apt: "libfftw3-dev"),
    systemLibrary("COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-dev"),
    systemLibrary("CMPG123", pkgConfig: "libmpg123", apt: "libmpg123-dev"),
    systemLibrary("CPNG", pkgConfig: "libpng", apt: "libpng-dev"),
    systemLibrary("CSndFile", pkgConfig: "sndfile", apt: "libsndfile1-dev"),
    systemLibrary("CSoxr", pkgConfig: "soxr", apt: "libsoxr-dev"),
    systemLibrary("CSystemd", pkgConfig: "libsystemd", apt: "libsystemd-dev"),
]

let sources: [Target] = [
    // Kernels in C with generic vectors; one source for x86-64 and aarch64.
    .target(name: "CTensorKernels", cSettings: [.unsafeFlags(["-O3"])]),
    // Gradients in C, each kernel for several instruction sets.
    .target(name: "CGradientKernels", cSettings: [.unsafeFlags(["-O3"])]),
    // What Glibc's module map does not give Swift: thread names, eventfd, a quiet ALSA log.
    .target(name: "CLinuxSupport", dependencies: ["CALSA"]),

    .target(
        name: "RealtimeSupport",
        dependencies: ["CLinuxSupport"],
        swiftSettings: strictPointers
    ),
    .target(
        name: "AudioCapture",
        dependencies: ["CALSA", "CLinuxSupport", "Detection", "RealtimeSupport"],
        swiftSettings: strictPointers
    ),
    // FFmpeg's decoders, loaded at run time; compiled empty where their headers are missing.
    .target(name: "CFFmpeg"),
    .target(
        name: "AudioFiles",
        dependencies: [
            "CFFmpeg", "CMPG123", "CSndFile", "CSoxr", "CivilTime", "Detection", "FilePaths",
        ],
        swiftSettings: strictPointers
    ),
    .target(
        name: "ClipArchive",
        dependencies: ["AudioFiles", "FileFailures"],
        swiftSettings: strict
    ),
    .target(
        name: "DemoScene",
        // A minute is computed sample by sample, also in tests and under sanitizers.
        swiftSettings: strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]
    ),
    .target(name: "LogMelFeatures", dependencies: ["CFFTW"], swiftSettings: strictPointers),
    // What the file system says: failures in words, free room, damaged files set aside.
    .target(name: "FileFailures", dependencies: ["FilePaths"], swiftSettings: strict),
    // Paths as bytes; what is in folders.
    .target(name: "FilePaths", swiftSettings: strict),
    // Clocks on walls and zones of time, as the C library knows them.
    .target(name: "CivilTime", swiftSettings: strict),
    .target(name: "NPYFormat", dependencies: ["FileFailures", "FilePaths"], swiftSettings: strict),
    .target(
        name: "TensorKernels",
        dependencies: ["COpenBLAS", "CTensorKernels"],
        swiftSettings: strictPointers
    ),
    .target(
        name: "GradientKernels",
        dependencies: ["CGradientKernels", "TensorKernels"],
        swiftSettings: strictPointers
    ),
    .target(
        name: "ONNXFormat",
        dependencies: ["FileFailures", protobuf],
        exclude: ["Generated/onnx.proto", "Generated/regenerate"],
        // Weights are decoded by loops over bytes.
        swiftSettings: strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]
    ),
    .target(
        name: "ONNXInference",
        dependencies: ["ONNXFormat", "TensorKernels"],
        swiftSettings: strictPointers
    ),
    .target(name: "Detection", swiftSettings: strict),
    // YAML read by tables of settings: every problem with its line and column.
    .target(name: "SettingsSchema", dependencies: ["Detection", yaml], swiftSettings: strict),
    .target(
        name: "ModelLibrary",
        dependencies: [
            "FileFailures",
            "LogMelFeatures", "ONNXFormat", "ONNXInference", "Detection", "SettingsSchema",
        ],
        swiftSettings: strict
    ),
    // Recordings with what is heard in them, and splits of them, for training and evaluation.
    .target(
        name: "SoundDatasets",
        dependencies: ["EventExports", "FileFailures", "FilePaths"],
        swiftSettings: strict
    ),
    .target(
        name: "Training",
        dependencies: [
            "AudioFiles", "Detection", "Evaluation", "EventExports", "FileFailures", "FilePaths",
            "GradientKernels", "LogMelFeatures", "ModelLibrary", "NPYFormat", "ONNXFormat",
            "ONNXInference", "SettingsSchema", "SoundDatasets", "TensorKernels", yaml,
        ],
        swiftSettings: strict
    ),
    .target(
        name: "Evaluation",
        dependencies: [
            "AudioFiles", "Detection", "EventExports", "FileFailures", "MonitorMessages",
            "MonitorPipeline", "SoundDatasets",
        ],
        swiftSettings: strict
    ),
    .target(name: "EventStore", dependencies: ["FileFailures", database], swiftSettings: strict),
    .target(name: "MonitorMessages", dependencies: ["CivilTime"], swiftSettings: strict),
    .target(
        name: "EventExports",
        dependencies: ["CPNG", "CivilTime", "FileFailures", "FilePaths", "MonitorMessages"],
        swiftSettings: strictPointers
    ),
    .target(
        name: "MonitorConfiguration",
        dependencies: ["Detection", "FileFailures", "SettingsSchema"],
        swiftSettings: strict
    ),
    .target(
        name: "MonitorPipeline",
        dependencies: [
            "RealtimeSupport", "AudioCapture", "AudioFiles", "CivilTime", "ClipArchive",
            "DemoScene",
            "LogMelFeatures", "ONNXInference", "Detection", "FileFailures", "ModelLibrary",
            "EventStore", "MonitorConfiguration", "MonitorMessages",
            "SettingsSchema", lifecycle, logging,
        ],
        swiftSettings: strict
    ),
    .target(
        name: "MonitorAPI",
        dependencies: [
            "ClipArchive", "EventStore", "FileFailures", "MonitorMessages", httpTypes, hummingbird,
            hummingbirdCore, lifecycle,
            logging,
        ] + nio,
        swiftSettings: strict
    ),
    .target(
        name: "MonitorDiagnosis",
        dependencies: [
            "AudioCapture", "CLinuxSupport", "EventStore", "FileFailures", "ModelLibrary",
            "MonitorMessages", "RealtimeSupport",
        ],
        swiftSettings: strict
    ),
    // Manual pages from what the commands say of themselves, and the program that writes them.
    .target(name: "CommandManual", swiftSettings: strict),
    .executableTarget(
        name: "make-manual",
        dependencies: ["CommandManual"],
        swiftSettings: strict
    ),
    // Measures decisions on composed soundscapes; scripts/measure-accuracy runs it.
    .executableTarget(
        name: "accuracy",
        dependencies: [
            "Detection", "Evaluation", "ModelLibrary", "MonitorConfiguration", "MonitorPipeline",
            "SoundDatasets", argumentParser,
        ],
        swiftSettings: strict
    ),
    .executableTarget(
        name: "earwitness",
        dependencies: [
            "AudioCapture", "AudioFiles", "CivilTime", "FilePaths", "NPYFormat", "CSystemd", "CPNG",
            "LogMelFeatures",
            "ONNXFormat", "ONNXInference", "Detection", "ModelLibrary", "EventStore",
            "Evaluation", "EventExports", "FileFailures", "MonitorConfiguration", "MonitorMessages",
            "MonitorPipeline", "MonitorAPI", "MonitorDiagnosis", "SettingsSchema",
            "SoundDatasets", "Training", argumentParser,
            lifecycle, logging,
        ],
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
        dependencies: dependencies,
        exclude: exclude,
        swiftSettings: strict
    )
}

let testTargets: [Target] = [
    // The recordings and reference networks that tests read.
    .target(
        name: "TestSupport",
        path: "Tests/TestSupport",
        swiftSettings: strict
    ),
    tests("ArchitectureTests", []),
    // Counts allocations by taking malloc's place, for the whole test program.
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    // A sound card for tests, which ALSA loads by the path of the library built from it.
    .target(name: "TestMicrophone", dependencies: ["CALSA"], path: "Tests/TestMicrophone"),
    tests(
        "AudioCaptureTests",
        [
            "AudioCapture", "CAllocationCounter", "CLinuxSupport", "RealtimeSupport",
            "TestMicrophone",
        ]
    ),
    tests("AudioFilesTests", ["AudioFiles", "CSndFile", "CivilTime", "FilePaths", "TestSupport"]),
    tests("CivilTimeTests", ["CivilTime"]),
    tests("ClipArchiveTests", ["AudioFiles", "ClipArchive", "FileFailures"]),
    tests("CommandManualTests", ["CommandManual"]),
    tests("DemoSceneTests", ["DemoScene", "LogMelFeatures", "ModelLibrary", "ONNXInference"]),
    tests("DetectionTests", ["Detection"], exclude: ["Fixtures"]),
    // The built program as its users run it: real alsa-lib, PulseAudio, recordings, SQLite.
    tests("EndToEndTests", ["AudioFiles", "NPYFormat", "ONNXFormat", "TestSupport", "earwitness"]),
    tests("EventExportsTests", ["CPNG", "CivilTime", "EventExports", "MonitorMessages"]),
    tests(
        "EvaluationTests",
        [
            "AudioFiles", "Detection", "Evaluation", "EventExports", "MonitorMessages",
            "SoundDatasets",
        ],
        exclude: ["Fixtures"]
    ),
    tests("EventStoreTests", ["EventStore", database]),
    tests("FileFailuresTests", ["FileFailures"]),
    tests("FilePathsTests", ["FileFailures", "FilePaths"]),
    tests(
        "LogMelFeaturesTests",
        ["LogMelFeatures", "NPYFormat", "TestSupport", yaml],
        exclude: ["Fixtures"]
    ),
    tests(
        "ModelLibraryTests",
        [
            "Detection", "LogMelFeatures", "ModelLibrary", "NPYFormat", "ONNXFormat",
            "ONNXInference", "SettingsSchema", "TestSupport",
        ]
    ),
    tests(
        "MonitorAPITests",
        ["EventStore", "MonitorAPI", "MonitorMessages", lifecycle, logging]
    ),
    tests("MonitorConfigurationTests", ["Detection", "MonitorConfiguration", "SettingsSchema"]),
    tests(
        "MonitorDiagnosisTests",
        [
            "AudioCapture", "EventStore", "FileFailures", "ModelLibrary", "MonitorDiagnosis",
            "MonitorMessages",
        ]
    ),
    tests(
        "MonitorPipelineTests",
        [
            "AudioCapture", "AudioFiles", "ClipArchive", "DemoScene", "Detection", "EventStore",
            "FileFailures", "LogMelFeatures", "ModelLibrary", "MonitorConfiguration",
            "MonitorMessages", "MonitorPipeline",
            "ONNXInference", "SoundDatasets", "Training", database, logging,
        ]
    ),
    tests("NPYFormatTests", ["NPYFormat"]),
    tests("ONNXFormatTests", ["ONNXFormat"]),
    tests(
        "ONNXInferenceTests",
        [
            "CAllocationCounter", "CLinuxSupport", "NPYFormat", "ONNXFormat", "ONNXInference",
            "TestSupport",
        ],
        exclude: [
            "fetch-node-tests", "make-networks", "make-networks.py", "node-tests-not-run.txt",
            "requirements.txt",
        ]
    ),
    tests("PackagingTests", []),
    tests("RealtimeSupportTests", ["RealtimeSupport"]),
    tests("MonitorMessagesTests", ["CivilTime", "MonitorMessages"]),
    tests("SettingsSchemaTests", ["Detection", "SettingsSchema"]),
    tests("SoundDatasetsTests", ["EventExports", "SoundDatasets"]),
    tests("TensorKernelsTests", ["TensorKernels"], exclude: ["Fixtures"]),
    tests(
        "TrainingTests",
        [
            "AudioFiles", "Detection", "LogMelFeatures", "ModelLibrary", "NPYFormat",
            "ONNXFormat", "ONNXInference", "SettingsSchema", "SoundDatasets", "TensorKernels",
            "Training",
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
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle",
            from: "2.13.0"
        ),
    ],
    targets: systemLibraries + sources + testTargets
)
