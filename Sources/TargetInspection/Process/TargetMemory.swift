// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The memory of a running process, read through `/proc/PID/mem`. The process is not stopped.
///
/// The descriptor stays bound to the address space that it was opened on: after exit, exec or reuse of the PID reads
/// fail, they never show another program. Permission was checked when it was opened, so that reads go on after
/// privileges are dropped. (`process_vm_readv` has neither property.)
public final class TargetMemory: ReadableMemory {
    private let descriptor: Int32

    /// More than any object that is read here; keeps a forged length from costing memory.
    private static let maximumRead = 1 << 26

    init(processDirectory: Int32, processID: Int32) throws(InspectionError) {
        descriptor = openat(processDirectory, "mem", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .process(processID, cannot: "open the memory", errorNumber: errno)
        }
    }

    deinit { close(descriptor) }

    /// Exactly `count` bytes; `nil`: not all of them are mapped, the process has ended or become another program, or more than
    /// 64 MiB are asked for.
    public func read(_ address: UInt64, count: Int) -> [UInt8]? {
        // Kernel addresses do not fit a file offset.
        guard count >= 0, count <= Self.maximumRead, let start = Int(exactly: address), start <= Int.max - count else {
            return nil
        }
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                guard let base = buffer.baseAddress else { return }
                let got = pread(descriptor, base + filled, count - filled, start + filled)
                if got < 0 && errno == EINTR { continue }
                guard got > 0 else { return }
                filled += got
            }
        }
        return bytes.count == count ? bytes : nil
    }
}
