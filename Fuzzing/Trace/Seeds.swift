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
        ("names", names()), ("sums", sums()),
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

/// Names by wire, a peer, a process that is started, and another program.
private func names() -> TraceScript {
    var script = TraceScript()
    script.open(at: 1, inode: 900, descriptor: 7, type: 2, protocolNumber: 17)
    for id in UInt16(1)...5 {
        let at = Double(id) * 10
        script.peer(.send, at: at, inode: 900, host: UInt8(id))
        script.name(.send, at: at, inode: 900, TraceScript.message(id, "db.internal"))
        script.send(at: at + 1, inode: 900, goroutine: 20)
        script.name(
            .receive, at: at + 4, inode: 900, TraceScript.message(id, "db.internal", answers: [[10, 0, 0, 5]]))
        script.receive(at: at + 5, inode: 900, goroutine: 20, waited: 30, queued: 2304)
    }
    script.fork(at: 70, child: 4242)
    script.exec(at: 80, "/usr/bin/other")
    return script
}

/// A socket whose calls are summed up, under a lease.
private func sums() -> TraceScript {
    var script = TraceScript()
    script.dial(at: 1, inode: 900, descriptor: 7, goroutine: 20, took: 1)
    script.detail(at: 20, inode: 900, rate: 150_000, limit: 100_000)
    script.acquire(at: 1000, goroutine: 20, connection: 0xc0, inode: 900, descriptor: 7, site: 1)
    for index in UInt64(1)...5 {
        let at = Double(index) * 1000
        script.sum(
            at: at, inode: 900, since: 20, calls: index * 101, sent: at - 20, received: at - 19,
            answered: UInt32(index) * 101)
    }
    script.socketClose(at: 6000, inode: 900)
    return script
}
