// SPDX-License-Identifier: Apache-2.0
// Writes a trace of a busy service for the offline benchmark: SOCKETS connects, then EVENTS records of leases that follow
// one another, each with one send and one receive; and, with a second path, the latter as bare C structs.
//
//   BenchTrace EVENTS SOCKETS TRACE [RAW]
import CTraceRecords
import Glibc
import TraceFile
import TraceModel
import TraceScripts

guard CommandLine.arguments.count >= 4, let events = Int(CommandLine.arguments[1]),
    let sockets = Int(CommandLine.arguments[2])
else {
    print("usage: BenchTrace EVENTS SOCKETS TRACE [RAW]")
    exit(64)
}
let raw = CommandLine.arguments.count > 4 ? fopen(CommandLine.arguments[4], "w") : nil
let writer = try TraceWriter.create(path: CommandLine.arguments[3], replaceExisting: true)
let script = TraceScript()
for item in script.metadata { try writer.write(item) }
var service = BusyService(sockets: sockets)
for record in service.connects() { guard writer.append(record) else { fatalError("a record was refused") } }
for event in 0..<events {
    let record = service.next()
    guard writer.append(record) else { fatalError("a record was refused") }
    if let raw { _ = record.withBytes { fwrite($0.baseAddress, 1, $0.count, raw) } }
    if event % 65_536 == 0 { try writer.flush() }
}
if let raw { fclose(raw) }
let end = MonotonicInstant(nanoseconds: service.now)
try writer.finish(TraceEnd(reason: "benchmark", endedAt: end))
print("\(events) records, \(writer.counters.fileBytes) bytes")
