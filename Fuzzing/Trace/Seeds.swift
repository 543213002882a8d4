// SPDX-License-Identifier: Apache-2.0
import Glibc
@testable import TraceFile
import TraceScripts

/// libFuzzer calls it once: writes small traces to start from into the folder POOLSCOPE_FUZZ_SEEDS, if it is given.
@_cdecl("LLVMFuzzerInitialize")
public func writeSeeds(_ count: UnsafeMutablePointer<CInt>?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    guard let folder = getenv("POOLSCOPE_FUZZ_SEEDS").map({ String(cString: $0) }) else { return 0 }
    let scripts: [(name: String, script: TraceScript)] = [
        ("leaking", .leakingService()), ("healthy", .healthyService()), ("empty", TraceScript()),
    ]
    for (name, script) in scripts {
        for codec in [BlockCodec.stored, .zstd] {
            do {
                try write(script, to: "\(folder)/\(name)-\(codec)", codec)
            } catch {
                preconditionFailure("\(error)")
            }
        }
    }
    return 0
}

private func write(_ script: TraceScript, to path: String, _ codec: BlockCodec) throws {
    let writer = try TraceWriter.create(path: path, replaceExisting: true, codec: codec)
    for item in script.metadata { try writer.write(item) }
    for (index, record) in script.records.enumerated() {
        precondition(writer.append(record), "a record of the script was refused")
        if index % 16 == 15 { try writer.flush() }
    }
    if let end = script.end { try writer.finish(end) }
}
