// SPDX-License-Identifier: Apache-2.0

/// What a goroutine waits for, in the words of Go's own tracebacks (`waitReasonStrings` in runtime/runtime2.go).
public enum GoWaitReason {
    /// `chan receive`, `IO wait`, ...
    ///
    /// `nil`: no such number in that version, or a version that is not known.
    ///
    /// - Parameter number: `runtime.g.waitreason`, whose numbers differ by version.
    /// - Parameter goVersion: as `ProcessFacts.goVersion` has it.
    public static func text(_ number: UInt16, goVersion: String?) -> String? {
        guard let minor = goVersion.flatMap(minor(of:)), let reasons = reasons(ofMinor: minor),
            reasons.indices.contains(Int(number)), !reasons[Int(number)].isEmpty
        else { return nil }
        return reasons[Int(number)]
    }

    /// By number; `nil`: the version is not known.
    static func reasons(ofMinor minor: Int) -> [String]? {
        switch minor {
        case 19: go1_19
        case 21: Array(go1_23.prefix(32))
        case 22: Array(go1_23.prefix(37))
        case 23: go1_23
        case 24: go1_24
        case 25: go1_25
        case 26, 27: go1_26
        default: nil
        }
    }

    private static func minor(of version: String) -> Int? {
        guard version.hasPrefix("go1.") else { return nil }
        return Int(version.dropFirst(4).prefix { $0.isASCII && $0.isNumber })
    }

    private static let go1_19 = [
        "", "GC assist marking", "IO wait", "chan receive (nil chan)", "chan send (nil chan)", "dumping heap",
        "garbage collection", "garbage collection scan", "panicwait", "select", "select (no cases)", "GC assist wait",
        "GC sweep wait", "GC scavenge wait", "chan receive", "chan send", "finalizer wait", "force gc (idle)",
        "semacquire", "sleep", "sync.Cond.Wait", "timer goroutine (idle)", "trace reader (blocked)",
        "wait for GC cycle", "GC worker (idle)", "preempted", "debug call",
    ]

    private static let go1_23 =
        Array(go1_19[..<21]) + ["sync.Mutex.Lock", "sync.RWMutex.RLock", "sync.RWMutex.Lock"] + tracing
        + ["coroutine", "GC weak to strong wait"]

    private static let tracing = [
        "trace reader (blocked)", "wait for GC cycle", "GC worker (idle)", "GC worker (active)", "preempted",
        "debug call", "GC mark termination", "stopping the world", "flushing proc caches", "trace goroutine status",
        "trace proc status", "page trace flush",
    ]

    private static let go1_24 =
        Array(go1_23[..<24]) + ["sync.WaitGroup.Wait"] + go1_23[24...] + [
            "synctest.Run", "synctest.Wait", "chan receive (synctest)", "chan send (synctest)", "select (synctest)",
        ]

    private static let durable = [
        "synctest.Run", "synctest.Wait", "chan receive (durable)", "chan send (durable)", "select (durable)",
        "sync.WaitGroup.Wait (durable)", "cleanup wait",
    ]

    private static let go1_25 =
        Array(go1_24[..<18]) + ["GOMAXPROCS updater (idle)"] + go1_24[18..<39] + durable

    private static let go1_26 =
        [
            "", "GC assist marking", "IO wait", "dumping heap", "garbage collection", "garbage collection scan",
            "panicwait", "GC assist wait", "GC sweep wait", "GC scavenge wait", "finalizer wait", "force gc (idle)",
            "GOMAXPROCS updater (idle)", "semacquire", "sleep", "chan receive (nil chan)", "chan send (nil chan)",
            "select (no cases)", "select", "chan receive", "chan send", "sync.Cond.Wait", "sync.Mutex.Lock",
            "sync.RWMutex.RLock", "sync.RWMutex.Lock", "sync.WaitGroup.Wait",
        ] + tracing + ["coroutine", "GC weak to strong wait"] + durable
}
