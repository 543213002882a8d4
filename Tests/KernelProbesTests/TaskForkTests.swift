// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Glibc
import KernelProbes
import Testing
import TraceModel

extension KernelSuites {
    /// Processes that this one starts, and no threads.
    @Suite(.enabled(if: KernelCapability.isThere, KernelCapability.reason))
    struct TaskForkTests {
        @Test func tellsEachProcessThatIsStarted() throws {
            let session = try KernelSession(
                KernelSessionOptions(processID: getpid(), executablePath: "/proc/\(getpid())/exe"))
            var started: [UInt32] = []
            for _ in 0..<3 {
                var child = pid_t()
                var arguments = [strdup("true"), nil]
                try #require(posix_spawn(&child, "/bin/true", nil, nil, &arguments, nil) == 0)
                free(arguments[0])
                waitpid(child, nil, 0)
                started.append(UInt32(child))
            }
            var thread = pthread_t()
            try #require(pthread_create(&thread, nil, { _ in nil }, nil) == 0)
            pthread_join(thread, nil)
            var seen: [UInt32] = []
            _ = session.drain(limit: 1_000_000) { kind, bytes in
                guard case .taskFork(let fork) = TraceRecord(kind: kind, bytes: bytes) else { return }
                seen.append(fork.child_process_id)
            }
            // Other tests of this process may start some, too.
            #expect(seen.filter(started.contains) == started)
        }
    }
}
