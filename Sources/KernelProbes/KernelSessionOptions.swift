// SPDX-License-Identifier: Apache-2.0
public import CTraceRecords

/// How a session is set up.
public struct KernelSessionOptions {
    /// The pid as this process sees it.
    public var processID: Int32
    /// Where the target's goroutines are found; zero fields: not a Go program. The other fields are set by the session.
    public var go = ps_config()
    /// The points in the target to arm, by address in the running process.
    public var points: [PoolProbePoint] = []
    /// The points in Go's own library to arm.
    public var callPoints: [CallProbePoint] = []
    /// The target's executable, in a form that the kernel can open: `/proc/PID/exe`.
    public var executablePath: String
    /// `nil`: the best option of each probe.
    public var forcedMechanism: AttachMechanism?
    /// A file with the BTF of the running kernel; `nil`: the kernel's own, `/sys/kernel/btf/vmlinux`.
    public var btfPath: String?
    /// Points in the target are armed by perf events, although the kernel may have uprobe_multi.
    public var usesPerfEvents = false
    /// A link by uprobe_multi counts as refused when it is tried: for tests of what follows.
    var refusesUprobeMulti = false
    /// Bytes, rounded up to a power of two of whole pages.
    public var ringBytes = 8 << 20

    /// Of a socket with sums, a call or an answer that takes so long is recorded all the same.
    public var slowNanoseconds: UInt32 = 100_000_000

    /// Calls of a function with a kretprobe that may be in flight, of all processes: of more, the returns are missed.
    public var maximumReturns = KretprobeEvent.maximumCalls

    /// Every probe by its best option, no point in the target, and a ring of 8 MiB.
    public init(processID: Int32, executablePath: String) {
        self.processID = processID
        self.executablePath = executablePath
    }
}

/// One instruction of the target that gets a uprobe.
public struct PoolProbePoint {
    /// In the running process.
    public var address: UInt64
    /// In the executable file.
    public var fileOffset: UInt64
    /// What a hit means and where its arguments are.
    public var point: ps_pool_point

    /// `address` and `fileOffset` are of the same instruction: the probe is set by `fileOffset`, a hit is known by `address`.
    public init(address: UInt64, fileOffset: UInt64, point: ps_pool_point) {
        self.address = address
        self.fileOffset = fileOffset
        self.point = point
    }
}
