// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import TestSupport

extension CommandTests {
    @Suite("Where a trace may be written", .enabled(if: Host.isRoot, Host.isNotRoot))
    struct OutputPathTests {
        private let folder: ScratchFolder
        private let target: ChildProcess

        init() throws {
            folder = ScratchFolder()
            target = try ChildProcess(["sleep", "1000"], output: "/dev/null", error: "/dev/null")
            // Between fork and exec it is still this program.
            usleep(100_000)
        }

        private func expectRefusal(_ trace: String, _ options: [String] = [], says cause: String, remedy: String) throws
        {
            try Poolscope.expectRefusal(
                ["record", "--pid", "\(target.processID)", "-o", trace] + options, says: "poolscope: " + cause,
                remedy: remedy)
        }

        @Test("A file that exists is kept")
        func exists() throws {
            let path = folder.write("old.pscope", Array("old".utf8))
            try expectRefusal(path, says: "Cannot create trace file \(path): File exists.", remedy: "with --force")
            #expect(folder.text("old.pscope") == "old")
        }

        @Test("--force keeps the old file until the probes are armed")
        func force() throws {
            let path = folder.write("old.pscope", Array("old".utf8))
            try expectRefusal(
                path, ["--force", "--btf", "/etc/hostname"], says: "Cannot load the BPF programs",
                remedy: "type information")
            #expect(folder.text("old.pscope") == "old")
        }

        @Test("--force replaces a trace of one's own", .enabled(if: Host.canRecord, Host.cannotRecord))
        func replaces() throws {
            let path = folder.write("old.pscope", Array("old".utf8))
            let outcome = try Poolscope.run(
                ["record", "--pid", "\(target.processID)", "-o", path, "--force", "--duration", "100ms"])
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(try Poolscope.run(["analyze", path]).exitCode == 0)
            var status = stat()
            stat(path, &status)
            #expect(status.st_mode & 0o777 == 0o600)
        }

        @Test("--force does not touch another user's file")
        func foreign() throws {
            let path = folder.write("theirs.pscope", Array("theirs".utf8))
            chown(path, 65534, 65534)
            try expectRefusal(path, ["--force"], says: "Cannot replace \(path)", remedy: "Choose another name.")
            #expect(folder.text("theirs.pscope") == "theirs")
        }

        @Test("Links are never followed", arguments: [true, false], [[], ["--force"]])
        func link(isDangling: Bool, options: [String]) throws {
            if !isDangling { folder.write("victim", Array("victim".utf8)) }
            let link = folder.file("link.pscope")
            symlink(folder.file("victim"), link)
            try expectRefusal(
                link, options, says: "Cannot create trace file \(link), which is a symbolic link",
                remedy: "name the file itself, or remove the link.")
            #expect(folder.text("victim") == (isDangling ? "" : "victim"))
            #expect((access(folder.file("victim"), F_OK) == 0) != isDangling)
        }

        @Test("Directories, pipes and missing folders are refused")
        func unsuitable() throws {
            try expectRefusal(
                folder.path, ["--force"], says: "Cannot create trace file \(folder.path): it is a directory",
                remedy: "Name a file")
            let pipe = folder.file("pipe")
            mkfifo(pipe, 0o600)
            try expectRefusal(
                pipe, ["--force"], says: "Cannot create trace file \(pipe): it is a pipe", remedy: "Name a file")
            let missing = folder.file("none/x.pscope")
            try expectRefusal(missing, says: "Cannot create trace file \(missing)", remedy: "Create its folder first.")
            let below = folder.write("file", []) + "/x.pscope"
            try expectRefusal(below, says: "Cannot create trace file \(below)", remedy: "Create its folder first.")
        }

        @Test("A folder in which nothing can be created")
        func notPermitted() throws {
            // Root may write to any folder, but not to the kernel's.
            try expectRefusal("/sys/x.pscope", says: "Cannot create trace file /sys/x.pscope", remedy: "Choose a")
        }
    }
}
