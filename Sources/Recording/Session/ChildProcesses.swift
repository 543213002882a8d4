// SPDX-License-Identifier: Apache-2.0
import TargetInspection

/// Processes that the target has just started. Most are gone in a moment, or become another program first.
struct ChildProcesses {
    private static let patience: UInt64 = 200_000_000
    private static let limit = 1024
    private var waiting: [(processID: Int32, since: UInt64)] = []

    mutating func add(_ processID: UInt32, now: UInt64) {
        guard processID != 0, waiting.count < Self.limit, let number = Int32(exactly: processID) else { return }
        waiting.append((number, now))
    }

    /// Those that have been there for long enough, each once.
    mutating func takeReady(now: UInt64) -> [Int32] {
        let settled = waiting.prefix { now &- min(now, $0.since) >= Self.patience }
        waiting.removeFirst(settled.count)
        // Not those that have ended, also if nobody has asked for it yet.
        return settled.map(\.processID).filter { (try? TargetProcess(processID: $0)) != nil }
    }
}
