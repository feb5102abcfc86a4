// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target is held to: Swift 6 mode, no warnings, imports that say what they show.
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// What the targets that touch no C are held to besides: every unsafe spot is an error.
let safeHouse = house + [.strictMemorySafety()]

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let http = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

/// The program carries Swift's runtime and Foundation: it runs where no Swift is installed, starts
/// faster and needs 6 MB less memory than with libraries of which it uses a part.
///
/// CDispatchMonitor comes between the parts of libdispatch that `--wrap` names.
let standalone: [LinkerSetting] = [
  .unsafeFlags(
    [
      "-static-stdlib", "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCShims",
      "-l_FoundationCollections",
      "-Xlinker", "--wrap=_dispatch_workq_worker_register",
      "-Xlinker", "--wrap=_dispatch_workq_worker_unregister",
    ], .when(platforms: [.linux]))
]

let package = Package(
  name: "SecondLook",
  products: [
    .executable(name: "secondlook", targets: ["secondlook"]),
    .executable(name: "secondlook-dicom", targets: ["secondlook-dicom"]),
    .executable(name: "secondlook-dimse", targets: ["secondlook-dimse"]),
    .executable(name: "secondlook-page", targets: ["secondlook-page"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"5.0.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    // Basement: C libraries, each seen by one module above.
    .systemLibrary(name: "CDnnl", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(name: "CPNG", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(
      name: "COpenJPEG", pkgConfig: "libopenjp2", providers: [.apt(["libopenjp2-7-dev"])]),
    .systemLibrary(name: "CPango", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
    .systemLibrary(name: "CRename"),
    .target(name: "CEngine"),
    .target(name: "CDispatchMonitor"),
    .target(
      name: "CTerminal",
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    .target(
      name: "CDicomImage", dependencies: ["COpenJPEG"],
      linkerSettings: [
        .linkedLibrary("dcmjpeg"), .linkedLibrary("ijg8"), .linkedLibrary("ijg12"),
        .linkedLibrary("ijg16"), .linkedLibrary("dcmjpls"), .linkedLibrary("dcmimage"),
        .linkedLibrary("dcmimgle"), .linkedLibrary("dcmdata"), .linkedLibrary("oflog"),
        .linkedLibrary("ofstd"),
      ]),

    // Floor 1: one craft each, ignorant of the product.
    .target(name: "Radiology", swiftSettings: safeHouse),
    .target(name: "DICOM", swiftSettings: safeHouse),
    .target(name: "Imaging", dependencies: ["DICOM", "CPNG"], swiftSettings: house),
    .target(name: "Phantom", swiftSettings: safeHouse),
    .target(name: "Engine", dependencies: ["CDnnl", "CEngine", crypto], swiftSettings: house),
    .target(
      name: "OnnxImport", dependencies: ["Engine", protobuf], exclude: ["Generated/onnx.proto"],
      swiftSettings: safeHouse),
    .target(name: "Terminal", dependencies: ["CTerminal", "CPNG"], swiftSettings: house),

    // Floor 2: knows radiology, no screens, and not each other.
    .target(name: "Store", dependencies: ["Radiology", grdb, crypto], swiftSettings: house),
    .target(
      name: "Triage", dependencies: ["Radiology", "Imaging", "Engine", crypto],
      swiftSettings: house),
    .target(
      name: "Reporting", dependencies: ["Radiology", "DICOM"],
      swiftSettings: safeHouse),
    .target(
      name: "Gateway",
      dependencies: [
        "Radiology", "DICOM", "CRename", http, nio, nioHTTP, nioPosix, nioTLS, nioSSL, subprocess,
        system, toml,
      ],
      swiftSettings: house),
    .target(
      name: "Federation",
      dependencies: [
        "Radiology", "Engine", "CPNG", crypto, protobuf, http, nio, nioHTTP, nioPosix, nioSSL,
      ],
      exclude: ["Flower/Generated/fleet.proto"], swiftSettings: safeHouse),

    // Floor 3: joins them.
    .target(
      name: "Agent",
      dependencies: [
        "Radiology", "DICOM", "Imaging", "Engine", "Phantom", "Store", "Triage", "Reporting",
        "Gateway", "Federation", crypto, lifecycle, logging,
      ], swiftSettings: house),
    .target(
      name: "Workstation", dependencies: ["Radiology", "Imaging", "Terminal", "Reporting"],
      swiftSettings: safeHouse),

    // Doors.
    .executableTarget(
      name: "secondlook",
      dependencies: [
        "Radiology", "DICOM", "Imaging", "Engine", "Phantom", "Terminal", "Store", "Triage",
        "Reporting", "Gateway", "Federation", "Agent", "Workstation", "OnnxImport",
        "CDispatchMonitor", arguments, crypto, lifecycle, logging,
      ], swiftSettings: house, linkerSettings: standalone),
    .executableTarget(
      name: "secondlook-dicom", dependencies: ["CDicomImage"],
      linkerSettings: [.linkedLibrary("seccomp")]),
    .executableTarget(
      name: "secondlook-dimse",
      linkerSettings: [
        .linkedLibrary("dcmtls"), .linkedLibrary("dcmnet"), .linkedLibrary("dcmdata"),
        .linkedLibrary("oflog"), .linkedLibrary("ofstd"), .linkedLibrary("seccomp"),
      ]),
    .executableTarget(
      name: "secondlook-page", dependencies: ["CPango"],
      linkerSettings: [.linkedLibrary("seccomp")]),

    // What several test targets need.
    .target(
      name: "TestSupport", path: "Tests/TestSupport", exclude: ["Flower/Application"],
      swiftSettings: house),

    .testTarget(name: "RadiologyTests", dependencies: ["Radiology"], swiftSettings: house),
    .testTarget(name: "DICOMTests", dependencies: ["DICOM", "TestSupport"], swiftSettings: house),
    .testTarget(
      name: "ImagingTests", dependencies: ["Imaging", "DICOM", "TestSupport"],
      swiftSettings: house),
    .testTarget(name: "PhantomTests", dependencies: ["Phantom"], swiftSettings: house),
    .testTarget(
      name: "EngineTests", dependencies: ["Engine"], exclude: ["Golden"], swiftSettings: house),
    .testTarget(
      name: "OnnxImportTests", dependencies: ["OnnxImport", "Engine", protobuf],
      exclude: ["Fixtures"], swiftSettings: house),
    .testTarget(
      name: "TerminalTests", dependencies: ["Terminal", "CTerminal", "CPNG", "TestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "StoreTests", dependencies: ["Store", "Radiology", "TestSupport"], swiftSettings: house),
    .testTarget(
      name: "TriageTests", dependencies: ["Triage", "Radiology", "Imaging", "Engine"],
      swiftSettings: house),
    .testTarget(
      name: "ReportingTests", dependencies: ["Reporting", "Radiology", "DICOM", "TestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "GatewayTests",
      dependencies: ["Gateway", "Radiology", "DICOM", "TestSupport", nio], swiftSettings: house),
    .testTarget(
      name: "FederationTests",
      dependencies: ["Federation", "Radiology", "Engine", "TestSupport", crypto, protobuf],
      exclude: ["Flower/ServerApp"], swiftSettings: house),
    .testTarget(
      name: "AgentTests",
      dependencies: [
        "Agent", "Radiology", "DICOM", "Imaging", "Engine", "Phantom", "Store", "Triage",
        "Reporting", "Gateway", "Federation", crypto, logging, "TestSupport",
      ], swiftSettings: house),
    .testTarget(
      name: "WorkstationTests",
      dependencies: ["Workstation", "Radiology", "Imaging", "Terminal", "Reporting"],
      exclude: ["Golden"],
      swiftSettings: house),
    .testTarget(
      name: "PacsTests", dependencies: ["Gateway", "Radiology", "DICOM", "Store", "TestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "StoryTests", dependencies: ["Radiology", "Store", "TestSupport"], swiftSettings: house),
  ],
  cxxLanguageStandard: .cxx17
)
