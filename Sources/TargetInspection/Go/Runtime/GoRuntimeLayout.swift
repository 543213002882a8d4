// SPDX-License-Identifier: Apache-2.0

/// Where fields lie in `runtime.g` and `runtime.m` (runtime/runtime2.go), in bytes; 64-bit.
///
/// Read from the program itself where it tells, else from a table by Go version, which was read from the DWARF of one
/// program for each version.
public struct GoRuntimeLayout: Sendable, Equatable {
    /// `g.goid`, 64 bits.
    public let goroutineID: UInt32
    /// `g.m`.
    public let machine: UInt32
    /// `g.atomicstatus`, 32 bits; `nil`: not known.
    public let status: UInt32?
    /// `g.waitreason`, 8 bits; `nil`: not known.
    public let waitReason: UInt32?
    /// `m.g0`: the scheduler's own g, which is no goroutine; `nil`: not known.
    public let schedulerGoroutine: UInt32?
    /// `m.gsignal`: the signal handler's own g; `nil`: not known.
    public let signalGoroutine: UInt32?
    /// `m.curg`: the goroutine that the thread runs.
    public let currentGoroutine: UInt32
    /// `g.stack`: its lower and its upper bound; `nil`: not known.
    public let stack: UInt32?
    /// `g.sched`: stack pointer and program counter of a goroutine that does not run; `nil`: not known.
    public let scheduled: UInt32?
    /// `g.syscallsp`, followed by `g.syscallpc`: the same of a goroutine in a system call or in C code, 0: it is in neither;
    /// `nil`: not known.
    public let systemCall: UInt32?
    /// Where `g` is from `%fs` in a thread; `nil`: not determined. Only needed in C code that Go called: in Go code `%r14`
    /// holds `g`.
    public let threadLocalOffset: Int64?

    /// The table.
    ///
    /// - Throws: `unsupportedGo` for a version whose layout is not known: goroutines cannot be told apart then.
    public init(
        version: GoVersion, threadLocalOffset: Int64? = nil, path: String = "The program"
    ) throws(InspectionError) {
        guard version.isTested else {
            throw .unsupportedGo(path, "the layout of goroutines in \(version) is not known")
        }
        // 1.23 and 1.24 have one more word before; 1.25 dropped gobuf.ret.
        let shift: UInt32 = version.minor == 23 || version.minor == 24 ? 8 : 0
        goroutineID = 152 + shift
        machine = 48
        status = 144 + shift
        waitReason = 176 + shift
        schedulerGoroutine = 0
        stack = 0
        scheduled = 56
        systemCall = version.minor >= 25 ? 104 : 112
        signalGoroutine = version.minor >= 25 ? 72 : 80
        currentGoroutine = version.minor >= 25 ? 184 : 192
        self.threadLocalOffset = threadLocalOffset
    }
}
