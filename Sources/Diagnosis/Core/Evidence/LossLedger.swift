// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// The windows in which records were lost, in bounded memory: when there are many, the last one of a kind and reason
/// grows instead.
struct LossLedger {
    private static let limit = 256
    private(set) var windows: [LossWindow] = []
    /// Ends of acquires may be among them.
    private(set) var mayMissLeases = false

    mutating func add(_ record: ps_loss) {
        let name = Self.reasonName(record.reason)
        let window = LossWindow(
            kind: RecordKind(known: record.lost_kind),
            reason: name.text, isStackOnly: name.isStackOnly, count: record.count,
            start: MonotonicInstant(nanoseconds: min(record.window_start_ns, record.header.timestamp_ns)),
            end: MonotonicInstant(nanoseconds: record.header.timestamp_ns),
            cpus: record.is_cpu_known == 1 ? [record.cpu] : [])
        if record.count == 0 { return }
        if window.kind == nil || window.kind == .poolAcquireEnd { mayMissLeases = true }
        if windows.count >= 4 * Self.limit {
            // Only a damaged trace has so many kinds and reasons: what is lost is then not known.
            mayMissLeases = true
            windows[0].kind = nil
            windows[0].add(window)
            return
        }
        let alike = windows.lastIndex { $0.kind == window.kind && $0.reason == window.reason }
        if let alike, windows.count >= Self.limit || windows[alike].end >= window.start {
            windows[alike].add(window)
        } else {
            windows.append(window)
        }
    }

    /// Whether records of a kind, or of an unknown one, were lost between `start` and `end`, both included.
    func meets(_ kinds: Set<RecordKind>, from start: UInt64, to end: UInt64) -> Bool {
        windows.contains { window in
            !window.isStackOnly && window.kind.map(kinds.contains) ?? true && window.start.nanoseconds <= end
                && window.end.nanoseconds >= start
        }
    }

    var total: UInt64 { windows.reduce(0) { $0 &+ $1.count } }

    private static func reasonName(_ reason: UInt16) -> (text: String, isStackOnly: Bool) {
        switch ps_loss_reason(rawValue: reason) {
        case .ring_full: ("the ring buffer was full", false)
        case .map_full: ("a pairing map was full", false)
        case .stack_missing: ("no room for the stack, or unreadable", true)
        case .return_missed: ("a return was missed", false)
        case .writer: ("the file could not take it", false)
        case .malformed: ("the record was malformed", false)
        case .program_skipped: ("the kernel skipped a probe, in this process or another", false)
        case .undelivered: ("begun in the kernel, but never came", false)
        case .unreadable: ("the recorder could not read it", false)
        default: ("unknown reason \(reason)", false)
        }
    }
}
