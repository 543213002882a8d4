// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import TestSupport

extension CommandTests {
    /// Go programs whose path means nothing, or something else, where poolscope runs: their leases are recorded all the same.
    @Suite(.enabled(if: Host.canRecord && CustomPoolService.canBuild, Host.cannotRecord)) struct ContainedPoolTests {
        private let folder: ScratchFolder
        private let program: String

        init() throws {
            folder = ScratchFolder()
            program = try CustomPoolService.build(in: folder)
        }

        @Test func aDeletedProgram() throws {
            let service = try CustomPoolService([program], in: folder)
            unlink(program)
            try service.record().expectWholeAccount()
        }

        /// As by an upgrade while the service runs: its path holds another program, whose instructions are others.
        @Test func aReplacedProgram() throws {
            let service = try CustomPoolService([program], in: folder)
            let other = try ChildProcess(
                ["cp", "/bin/sleep", folder.file("other")], output: "/dev/null", error: "/dev/null")
            #expect(try other.exitCode() == 0)
            rename(folder.file("other"), program)
            try service.record().expectWholeAccount()
        }

        /// A file system that is nowhere else, which is the program's root.
        @Test func aProgramWithARootOfItsOwn() throws {
            let root = folder.folder("root")
            let script = "mount -t tmpfs none \(root) && cp \(program) \(root)/app && exec chroot \(root) /app"
            let service = try CustomPoolService(["unshare", "-m", "sh", "-c", script], in: folder)
            #expect(access("\(root)/app", F_OK) != 0)
            // Its path is that of another program here.
            #expect(access("/app", F_OK) != 0)
            try service.record().expectWholeAccount()
        }

        /// The layers of a container: what is mapped is the file of the lower one.
        @Test func aProgramOnAnOverlay() throws {
            let disk = folder.folder("disk")
            let script = """
                mount -t tmpfs none \(disk) && mkdir \(disk)/lower \(disk)/upper \(disk)/work \(disk)/root && \
                cp \(program) \(disk)/lower/app && \
                mount -t overlay none -o lowerdir=\(disk)/lower,upperdir=\(disk)/upper,workdir=\(disk)/work \(disk)/root \
                || { echo none >\(folder.file("none")); exec sleep 1; }
                exec chroot \(disk)/root /app
                """
            // Kernels without overlayfs have no such containers.
            let service = try? CustomPoolService(["unshare", "-m", "sh", "-c", script], in: folder)
            if !folder.read("none").isEmpty { try Test.cancel("this kernel has no overlayfs") }
            try #require(service, "\(folder.text("service-error"))").record().expectWholeAccount()
        }

        /// Where another process runs the same file, the probes are perf events, and one is recorded and not the other.
        @Test func oneOfTwoInstances() throws {
            let second = ScratchFolder()
            let other = try CustomPoolService([program], in: second)
            let service = try CustomPoolService([program], in: folder)
            kill(other.processID, SIGUSR1)
            try service.record().expectWholeAccount()
        }
    }
}
