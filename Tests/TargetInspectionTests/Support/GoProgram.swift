// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization
import Testing
import TestSupport

/// The inspected program, built by one toolchain in one way.
struct GoProgram: Sendable, Hashable, CustomTestStringConvertible {
    enum Build: String, Sendable, CaseIterable {
        case plain, stripped, pie, pieStripped
        /// Linked by gcc: the function table has no section of its own up to Go 1.25.
        case cgoPIEStripped

        var isPositionIndependent: Bool { self != .plain && self != .stripped }
        var isStripped: Bool { self != .plain && self != .pie }
    }

    let toolchain: GoToolchain
    let build: Build

    var testDescription: String { "Go \(toolchain.version) \(build.rawValue)" }

    /// Plain and stripped for each version; the other ways for those between which the linker changed them: 1.26 gave the
    /// function table a section of its own in every case.
    static let all: [GoProgram] = GoToolchain.all.flatMap { toolchain in
        Build.allCases.compactMap { build in
            switch build {
            case .pie: toolchain.minor == 24 ? GoProgram(toolchain: toolchain, build: build) : nil
            case .pieStripped:
                [19, 24, 27].contains(toolchain.minor) ? GoProgram(toolchain: toolchain, build: build) : nil
            case .cgoPIEStripped:
                [24, 27].contains(toolchain.minor) ? GoProgram(toolchain: toolchain, build: build) : nil
            default: GoProgram(toolchain: toolchain, build: build)
            }
        }
    }

    private static let built = Mutex<[GoProgram: String]>([:])

    /// The path of the executable, built on first use. Go's own build cache is kept between runs.
    func path() throws -> String {
        try Self.built.withLock { built in
            if let path = built[self] { return path }
            let path = try compile()
            built[self] = path
            return path
        }
    }

    private func compile() throws -> String {
        let folder = GoToolchain.cacheFolder + "/inspected"
        let source = "\(folder)/source"
        try PipedProcess.run(["mkdir", "-p", source])
        for (name, text) in InspectedProgram.files { try write(text, to: "\(source)/\(name)") }
        let path = "\(folder)/\(toolchain.version)-\(build.rawValue)"
        var arguments = [toolchain.tool, "build", "-C", source, "-o", path]
        // `-C` came with Go 1.20.
        if toolchain.minor < 20 { arguments = ["env", "-C", source, toolchain.tool, "build", "-o", path] }
        if build.isPositionIndependent { arguments += ["-buildmode=pie"] }
        if toolchain.minor == 24 { arguments += ["-tags=withtls"] }
        var flags = build.isStripped ? ["-s", "-w"] : []
        if build == .cgoPIEStripped { flags += ["-linkmode=external"] }
        arguments += ["-ldflags=" + flags.joined(separator: " "), "."]
        try PipedProcess.run(
            arguments,
            environment: [
                "CGO_ENABLED": build == .cgoPIEStripped ? "1" : "0", "GOCACHE": GoToolchain.cacheFolder + "/go-build",
                "GOTOOLCHAIN": "local", "GOPROXY": "off", "GOFLAGS": "", "GO111MODULE": "on", "GOWORK": "off",
            ])
        return path
    }

    private func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else {
            throw ChildProcess.Failure(description: "\(path) cannot be written: errno \(errno)")
        }
        fputs(text, file)
        fclose(file)
    }
}
