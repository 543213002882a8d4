// SPDX-License-Identifier: Apache-2.0
public import KernelProbes
public import PoolAdapters
public import TraceFile

/// How a recording is made.
public struct RecorderOptions {
    /// The trace's path; `nil`: it is not kept, only observed.
    public var output: String?
    /// `false`: a file that has the path already is an error.
    public var replaceExisting = false
    /// Sees the trace as it is written.
    public var observer: (any TraceObserver)?
    /// `nil`: until a signal or the target's end.
    public var duration: Duration?
    /// From one list of all sockets to the next.
    public var censusInterval: Duration = .seconds(5)
    /// `nil`: the best that each kernel probe can have.
    public var mechanism: AttachMechanism?
    /// A file with the BTF of the running kernel; `nil`: the kernel's own.
    public var btfPath: String?
    /// Memory for records on their way from the kernel; rounded up to a power of two of whole pages.
    public var ringBytes = 8 << 20
    /// How receives and sends are recorded.
    public var detail = Detail.auto
    /// Of `auto`.
    public var detailLimits = DetailLimits()
    /// Calls of a function with a kretprobe that may be in flight; `nil`: as many as the kernel allows.
    public var maximumReturns: Int?
    /// Arms probes in the target's pool functions.
    public var recordsPools = true
    /// The pools to look for.
    public var adapters = AdapterRegistry.all
    /// Pools that are armed on request only, and are asked for.
    public var requestedPools: Set<String> = []
    /// Calls of Go's own library that are armed on request only, by their options, and are asked for.
    public var requestedCalls: Set<String> = []
    /// Called with the PID of a process that the target started and that has been there for a moment, and with the target's
    /// own when it has become another program; `nil`: such are not followed. Keeps the privileges to record it.
    public var onChild: ((Int32) -> Void)?
    /// Takes a sentence for the user when something could not be read or changed while the recording goes on. The trace has
    /// it among its blind spots.
    public var onNote: ((String) -> Void)?
    /// Of poolscope, for the trace.
    public var version = ""

    /// All else has the value that `record` takes when the user does not give one.
    public init(output: String?) { self.output = output }
}
