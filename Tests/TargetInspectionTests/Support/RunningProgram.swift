// SPDX-License-Identifier: Apache-2.0
import Testing
import TestSupport

@testable import TargetInspection

/// The inspected program, running and waiting, with what it said about itself.
struct RunningProgram {
    struct Frame { let address: UInt64, function: String, file: String, line: Int }
    struct Connection { let name: String, interface: UInt64, descriptor: Int32 }
    /// A goroutine's state and calls as the runtime itself says, without the runtime's own.
    struct Traceback { let state: String, functions: [String] }
    struct Goroutine { let name: String, address: UInt64, id: UInt64 }

    let child: PipedProcess
    let process: TargetProcess
    let info: GoBuildInfo
    let symbols: GoSymbolTable
    private(set) var frames: [Frame] = []
    private(set) var connections: [Connection] = []
    private(set) var goroutines: [Goroutine] = []
    /// By the goroutine's name.
    private(set) var tracebacks: [String: Traceback] = [:]
    /// Address, open, idle, maximum open, maximum idle.
    private(set) var pool: [Int64] = []

    init(_ program: GoProgram) throws {
        child = try PipedProcess([program.path()])
        var output: [String] = []
        while let line = child.readLine(), line != "ready" { output.append(line) }
        process = try TargetProcess(processID: child.processID)
        info = try GoBuildInfo(image: process.image)
        symbols = try GoSymbolTable(image: process.image, version: info.goVersion)
        for line in output { try read(line.split(separator: " ").map(String.init)) }
    }

    private mutating func read(_ words: [String]) throws {
        switch words.first {
        case "frame":
            frames.append(
                Frame(
                    address: try #require(UInt64(words[1])), function: words[2], file: words[3],
                    line: try #require(Int(words[4]))))
        case "conn":
            connections.append(
                Connection(
                    name: words[1], interface: try #require(UInt64(words[2])),
                    descriptor: try #require(Int32(words[3]))))
        case "goroutine":
            goroutines.append(
                Goroutine(
                    name: words[1], address: try #require(UInt64(words[2])), id: try #require(UInt64(words[3]))))
        case "stack":
            tracebacks[words[1]] = Traceback(
                state: words[2].split(separator: "_").joined(separator: " "), functions: Array(words.dropFirst(3)))
        case "pool": pool = words.dropFirst().compactMap { Int64($0) }
        default: Issue.record("unexpected output: \(words.joined(separator: " "))")
        }
    }

    func types() throws -> GoTypes {
        let moduleData = try #require(symbols.moduleData)
        return GoTypes(memory: process.memory, moduleData: moduleData, bias: process.loadBias)
    }
}
