// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// POOLSCOPE_STATIC=1 links libbpf, libelf, libdw, zlib, zstd and capstone from their archives, so that one file can be
// copied to a host that has none of them. The Makefile sets it for release binaries.
let isStatic = Context.environment["POOLSCOPE_STATIC"] == "1"

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// In the order in which they need each other.
let archives: [LinkerSetting] =
    isStatic ? ["dw", "bpf", "elf", "z", "zstd", "capstone"].map { .linkedLibrary(":lib\($0).a") } : []

func systemLibrary(_ name: String, pkgConfig: String, package: String) -> Target {
    .systemLibrary(name: name, pkgConfig: isStatic ? nil : pkgConfig, providers: [.apt([package])])
}

// POOLSCOPE_FUZZ=1 adds the fuzzers, which have no `main` of their own: see scripts/fuzz.sh.
let fuzzers: [Target] =
    Context.environment["POOLSCOPE_FUZZ"] == "1"
    ? [
        .executableTarget(
            name: "FuzzTrace",
            dependencies: [
                "TraceFile", "TraceModel", "CTraceRecords", "Diagnosis", "Reports", "TraceScripts",
            ],
            path: "Fuzzing/Trace", swiftSettings: strict),
        .executableTarget(
            name: "FuzzExecutable", dependencies: ["TargetInspection"], path: "Fuzzing/Executable",
            swiftSettings: strict),
        .executableTarget(
            name: "FuzzSettings", dependencies: ["PoolAdapters", "Diagnosis", "CTraceRecords"],
            path: "Fuzzing/Settings",
            swiftSettings: strict),
    ] : []

// POOLSCOPE_BENCH=1 adds what makes the input of the offline benchmark: see Benchmarks/offline.
let benchmarks: [Target] =
    Context.environment["POOLSCOPE_BENCH"] == "1"
    ? [
        .executableTarget(
            name: "BenchTrace", dependencies: ["TraceFile", "TraceModel", "CTraceRecords", "TraceScripts"],
            path: "Benchmarks/offline/Generate", swiftSettings: strict)
    ] : []

// In the order of the data path.
let package = Package(
    name: "poolscope",
    products: [.executable(name: "poolscope", targets: ["poolscope"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // Kernel side: the record schema, and the BPF programs as bytes.
        .target(name: "CTraceRecords", path: "bpf/include", publicHeadersPath: "."),
        .plugin(name: "BuildProbes", capability: .buildTool()),
        .target(
            name: "BPFPrograms", path: "bpf", exclude: ["include", "LICENSE", "README.md"],
            sources: ["BPFPrograms.swift"],
            swiftSettings: strict, plugins: ["BuildProbes"]),

        // The commit, for --version.
        .plugin(name: "NameCommit", capability: .buildTool()),
        .target(name: "BuildCommit", swiftSettings: strict, plugins: ["NameCommit"]),

        // System libraries and system calls.
        .target(name: "CSystemCalls"),
        systemLibrary("CLibbpf", pkgConfig: "libbpf", package: "libbpf-dev"),
        systemLibrary("CLibelf", pkgConfig: "libdw", package: "libdw-dev"),
        systemLibrary("CCapstone", pkgConfig: "capstone", package: "libcapstone-dev"),
        .systemLibrary(name: "CLinuxDiag", providers: [.apt(["linux-libc-dev"])]),
        systemLibrary("CZstd", pkgConfig: "libzstd", package: "libzstd-dev"),

        // Root side: from the kernel and the target to a trace file.
        .target(name: "TraceModel", dependencies: ["CTraceRecords"], swiftSettings: strict),
        .target(
            name: "KernelProbes",
            dependencies: ["TraceModel", "CTraceRecords", "CSystemCalls", "BPFPrograms", "CLibbpf"],
            swiftSettings: strict),
        .target(
            name: "TargetInspection",
            dependencies: ["TraceModel", "CTraceRecords", "CLibelf", "CCapstone", "CLinuxDiag"], swiftSettings: strict),
        .target(
            name: "PoolAdapters", dependencies: ["TraceModel", "CTraceRecords", "TargetInspection"],
            swiftSettings: strict),
        .target(
            name: "TraceFile", dependencies: ["TraceModel", "CTraceRecords", "CSystemCalls", "CZstd"],
            swiftSettings: strict),
        .target(
            name: "Recording",
            dependencies: [
                "TraceModel", "CTraceRecords", "CSystemCalls", "KernelProbes", "TargetInspection", "PoolAdapters",
                "TraceFile",
            ],
            swiftSettings: strict),

        // No kernel and no root from here on: from records to a report.
        .target(name: "Diagnosis", dependencies: ["TraceModel", "CTraceRecords"], swiftSettings: strict),
        .target(name: "Reports", dependencies: ["TraceModel", "CTraceRecords", "Diagnosis"], swiftSettings: strict),

        .executableTarget(
            name: "poolscope",
            dependencies: [
                "TraceModel", "CTraceRecords", "KernelProbes", "TargetInspection", "PoolAdapters", "TraceFile",
                "Recording", "Diagnosis", "Reports", "BuildCommit",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict, linkerSettings: archives),

        // What the tests of several modules need: children, scratch folders, the package's folder, numbers that are the same
        // in every run.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(
            name: "TraceModelTests", dependencies: ["TraceModel", "CTraceRecords", "TestSupport"], swiftSettings: strict
        ),
        .testTarget(name: "KernelProbesTests", dependencies: ["KernelProbes", "TraceModel"], swiftSettings: strict),
        .testTarget(
            name: "TargetInspectionTests",
            dependencies: [
                "TargetInspection", "PoolAdapters", "TraceModel", "CTraceRecords", "CLinuxDiag", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PoolAdaptersTests",
            dependencies: ["PoolAdapters", "TargetInspection", "TraceModel", "CTraceRecords", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "TraceFileTests", dependencies: ["TraceFile", "TraceModel", "CTraceRecords", "TestSupport"],
            exclude: ["reference_reader.py"], swiftSettings: strict),
        // Traces written by hand, for the tests of what reads them.
        .target(
            name: "TraceScripts", dependencies: ["TraceModel", "CTraceRecords"], path: "Tests/TraceScripts",
            swiftSettings: strict),
        .testTarget(
            name: "DiagnosisTests",
            dependencies: ["Diagnosis", "TraceModel", "CTraceRecords", "TraceScripts", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ReportsTests",
            dependencies: ["Reports", "Diagnosis", "TraceFile", "TraceModel", "TraceScripts", "TestSupport"],
            exclude: ["Snapshots"], swiftSettings: strict),
        .testTarget(
            name: "RecordingTests", dependencies: ["Recording", "KernelProbes", "TraceModel", "CTraceRecords"],
            swiftSettings: strict),
        // Runs the built binary as a user would.
        .testTarget(
            name: "CommandTests",
            dependencies: ["poolscope", "TraceFile", "TraceModel", "TraceScripts", "TestSupport"],
            exclude: ["Support/loopback.c"], swiftSettings: strict),
        // Holds the documents to the tree.
        .testTarget(name: "DocumentationTests", dependencies: ["Diagnosis", "TestSupport"], swiftSettings: strict),
    ] + fuzzers + benchmarks
)

// POOLSCOPE_SANITIZED=1 leaves what needs neither kernel nor target: see scripts/sanitize.sh, which builds it twice.
if Context.environment["POOLSCOPE_SANITIZED"] == "1" {
    let kept: Set<String> = [
        "CTraceRecords", "CSystemCalls", "CZstd", "TraceModel", "TraceFile", "Diagnosis", "Reports", "TestSupport",
        "TraceScripts", "TraceModelTests", "TraceFileTests", "DiagnosisTests", "ReportsTests",
    ]
    package.targets.removeAll { !kept.contains($0.name) }
    package.products = []
    package.dependencies = []
}
