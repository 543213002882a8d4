// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import TestSupport
@testable import TraceFile
import TraceModel

/// What is said of a file that is not a readable trace.
@Suite(.timeLimit(.minutes(15))) struct InputPathTests {
    let folder = ScratchFolder()

    private func refusal(_ name: String) -> TraceFileError? {
        #expect(throws: TraceFileError.self) { try TraceReader(path: folder.file(name)) }
    }

    @Test func everyObstacleHasItsOwnAnswer() throws {
        #expect(refusal("missing")?.code == .notFound)
        #expect(refusal(".")?.code == .isDirectory)
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        #expect(refusal("pipe")?.code == .notRegular)
        folder.write("empty", [])
        #expect(refusal("empty")?.code == .empty)
        folder.write("text", Array("not a trace".utf8))
        #expect(refusal("text")?.code == .notATrace)
        folder.write("elf", [0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 0, count: 100))
        #expect(refusal("elf")?.code == .notATrace)
        folder.write("cut", TraceFormat.fileMagic)
        #expect(refusal("cut")?.code == .truncated)
    }

    @Test func aNewerVersionIsNamedAndSoIsTheRemedy() throws {
        let sample = try SampleTrace(folder)
        for (offset, text) in [(10, "format version 7"), (16, "records version 7")] {
            var bytes = sample.bytes
            bytes[offset] = 7
            bytes.sealFileHeader()
            folder.write("newer", bytes)
            let error = refusal("newer")
            #expect(error?.code == .newerVersion)
            #expect(error?.description.contains(text) == true)
            #expect(error?.description.contains("reads up to version 1. Use a poolscope at least as new") == true)
        }
    }

    @Test func aNewerFileThatOldReadersMayReadIsRead() throws {
        let sample = try SampleTrace(folder)
        var bytes = sample.bytes
        bytes[8] = 2
        bytes.sealFileHeader()
        #expect(try SampleTrace.read(bytes, folder).records == sample.records)
    }

    @Test func theByteOrderIsChecked() throws {
        var bytes = try SampleTrace(folder).bytes
        bytes.replaceSubrange(12..<16, with: [1, 2, 3, 4])
        bytes.sealFileHeader()
        folder.write("big", bytes)
        #expect(refusal("big")?.code == .foreignByteOrder)
    }

    @Test func aFileOfAnotherUserSaysWhoMayReadIt() throws {
        if geteuid() != 0 {
            folder.write("a.pscope", try SampleTrace(folder).bytes)
            #expect(chmod(folder.file("a.pscope"), 0) == 0)
            #expect(refusal("a.pscope")?.code == .permission)
        }
        // Root may read everything: the text is checked without the file.
        let error = TraceFileError.cannotOpen("a.pscope", EACCES)
        #expect(error.code == .permission)
        #expect(
            error.description == "Cannot open trace file a.pscope: Permission denied. "
                + "Traces are readable by their owner only: run as that user, or copy the file.")
    }

    @Test func linksAreFollowedWhenReading() throws {
        let sample = try SampleTrace(folder)
        folder.write("a.pscope", sample.bytes)
        #expect(symlink("a.pscope", folder.file("link")) == 0)
        #expect(throws: Never.self) { try TraceReader(path: folder.file("link")) }
    }

    @Test func metadataComesBackAsItWas() throws {
        let path = folder.file("m.pscope")
        let writer = try TraceWriter.create(path: path)
        var expected = TraceDescription()
        let point = PlanPoint(
            id: 1, adapterID: 0, role: "release", function: "database/sql.(*DB).putConn", address: .max, fileOffset: 9,
            instruction: "55", placement: "push", expectedCostNanoseconds: 900)
        expected.plan = ProbePlan(points: [point], blindSpots: ["TLS"], armedAt: MonotonicInstant(nanoseconds: 3))
        expected.process = ProcessFacts(
            processID: 4, name: "svc", executable: "/srv/\u{20AC}", goVersion: "go1.19.8", modules: ["a/b": "v1"])
        expected.symbols = (0..<25_000).map { StackSymbol(address: $0, frames: [StackFrame(function: "f\($0)")]) }
        expected.end = TraceEnd(
            reason: "target exited", endedAt: MonotonicInstant(nanoseconds: 5), lost: ["socket_io": .max])
        try writer.write(.plan(ProbePlan(blindSpots: ["replaced by the next"])))
        if let plan = expected.plan { try writer.write(.plan(plan)) }
        if let process = expected.process { try writer.write(.process(process)) }
        try writer.write(.symbols(expected.symbols))
        if let end = expected.end { try writer.finish(end) }
        #expect(try TraceReader(path: path).description() == expected)
    }
}
