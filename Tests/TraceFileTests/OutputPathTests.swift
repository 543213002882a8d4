// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import TestSupport
import TraceFile
import TraceModel

/// Where a trace may be created, and what is said where it may not.
@Suite(.timeLimit(.minutes(15))) struct OutputPathTests {
    let folder = ScratchFolder()

    private func refusal(_ path: String, replaceExisting: Bool = false) -> TraceFileError? {
        #expect(throws: TraceFileError.self) {
            try TraceWriter.create(path: path, replaceExisting: replaceExisting)
        }
    }

    private func status(_ path: String) -> stat {
        var status = stat()
        #expect(lstat(path, &status) == 0)
        return status
    }

    @Test func onlyTheOwnerMayReadTheTrace() throws {
        let before = umask(0)
        defer { umask(before) }
        let path = folder.file("a.pscope")
        _ = try TraceWriter.create(path: path)
        #expect(status(path).st_mode & 0o7777 == 0o600)
    }

    @Test func anExistingFileIsKeptUnlessItIsToBeReplaced() throws {
        let path = folder.file("a.pscope")
        folder.write("a.pscope", Array("precious".utf8))
        #expect(chmod(path, 0o644) == 0)
        let error = refusal(path)
        #expect(error?.code == .exists && error?.errno == EEXIST)
        #expect(
            error?.description
                == "Cannot create trace file \(path): File exists. Choose another name, or replace the file with --force."
        )
        #expect(folder.read("a.pscope") == Array("precious".utf8))

        let old = status(path).st_ino
        let keeper = open(path, O_RDONLY)
        defer { close(keeper) }
        _ = try TraceWriter.create(path: path, replaceExisting: true)
        #expect(status(path).st_ino != old && status(path).st_mode & 0o7777 == 0o600)
        #expect(throws: Never.self) { try TraceReader(path: path) }
    }

    @Test func linksAreNeverFollowed() throws {
        folder.write("target", Array("precious".utf8))
        let link = folder.file("link.pscope")
        for target in [folder.file("target"), folder.file("nowhere")] {
            #expect(symlink(target, link) == 0)
            for replace in [false, true] {
                #expect(refusal(link, replaceExisting: replace)?.code == .isLink)
            }
            #expect(status(link).st_mode & S_IFMT == S_IFLNK)
            unlink(link)
        }
        #expect(folder.read("target") == Array("precious".utf8) && access(folder.file("nowhere"), F_OK) != 0)
    }

    @Test func whatIsNotAFileIsRefused() throws {
        #expect(refusal(folder.path)?.code == .isDirectory)
        #expect(refusal(folder.path, replaceExisting: true)?.code == .isDirectory)
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(refusal(pipe, replaceExisting: true)?.code == .notRegular)
        #expect(refusal(folder.file("none/a.pscope"))?.code == .notFound)
        #expect(refusal("/proc/self/a.pscope") != nil)
    }

    @Test(.enabled(if: geteuid() == 0, "needs root, to own a file of another user"))
    func anotherUsersFileIsNotReplaced() throws {
        folder.write("a.pscope", Array("precious".utf8))
        #expect(chown(folder.file("a.pscope"), 65534, 65534) == 0)
        #expect(refusal(folder.file("a.pscope"), replaceExisting: true)?.code == .notOwned)
        #expect(folder.read("a.pscope") == Array("precious".utf8))
    }

    @Test func aFinishedTraceTakesNothing() throws {
        let writer = try TraceWriter.create(path: folder.file("a.pscope"))
        let end = TraceEnd(reason: "duration", endedAt: MonotonicInstant(nanoseconds: 1))
        try writer.finish(end)
        let bytes = folder.read("a.pscope")
        #expect(throws: TraceFileError.self) { try writer.finish(end) }
        #expect(throws: TraceFileError.self) { try writer.flush() }
        #expect(throws: TraceFileError.self) { try writer.write(.symbols([])) }
        #expect([UInt8](repeating: 0, count: 64).withUnsafeBytes { writer.append(kind: 5, bytes: $0) } == false)
        #expect(folder.read("a.pscope") == bytes)
    }

    @Test func recordsOfUnknownKindOrWrongSizeAreRefusedAndCounted() throws {
        let writer = try TraceWriter.create(path: folder.file("a.pscope"))
        let zeros = [UInt8](repeating: 0, count: 512)
        zeros.withUnsafeBytes { zeros in
            for (kind, size) in [(5, 63), (5, 65), (5, 0), (0, 64), (15, 64), (40, 64), (65535, 64)] {
                #expect(!writer.append(kind: UInt16(kind), bytes: UnsafeRawBufferPointer(rebasing: zeros[..<size])))
            }
            #expect(writer.append(kind: 5, bytes: UnsafeRawBufferPointer(rebasing: zeros[..<64])))
        }
        try writer.flush()
        #expect(writer.counters.recordsRefused == 7 && writer.counters.recordsWritten == 1)
    }
}
