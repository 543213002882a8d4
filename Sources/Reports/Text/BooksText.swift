// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// A pool's own counters against the trace, in words.
enum BooksText {
    /// `nil`: the pool's counters were not read, or there is a difference.
    static func agreement(_ pool: PoolSummary) -> String? {
        let books = pool.reconciliation
        return books.agrees && differences(pool).isEmpty
            ? "its own count agrees (\(ReadableText.count(books.readings, "reading")))" : nil
    }

    /// One sentence for each difference.
    static func differences(_ pool: PoolSummary) -> [String] {
        let books = pool.reconciliation
        var sentences: [String] = []
        func add(_ number: UInt64, _ sentence: (UInt64) -> String) {
            if number > 0 { sentences.append(sentence(number)) }
        }
        add(books.excessLeases) { "By its own count, \($0) of the open leases went back: their releases were missed." }
        add(pool.missedAcquires) {
            "\(ReadableText.count($0, "release")) of connections that were free: their acquires were missed."
        }
        // Requests under way may hide them from one reading, but not from all.
        let before = pool.leasedBeforeTrace ?? 0
        add(max(books.unseenLeases, books.readings > 1 ? before : 0)) { unseen in
            let before = min(unseen, before)
            let parts = [(before, "since before it"), (unseen - before, "taken unseen or being dialled")]
            return
                "By its own count, \(ReadableText.count(unseen, "more connection")) in use than leased in the trace: "
                + parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ") + "."
        }
        add(books.closedSockets) { "\(ReadableText.count($0, "leased connection")) whose socket has been closed." }
        add(books.straySockets) {
            "\(ReadableText.count($0, "open socket")) of connections that it no longer counts."
        }
        add(books.outsideSockets) {
            "\(ReadableText.count($0, "open socket")) to its endpoints that no pool there owns."
        }
        if let waits = books.waits, !waits.agrees {
            sentences.append(
                "By its own count, \(ReadableText.count(waits.growth, "acquire")) queued; the trace has "
                    + "\(waits.least) to \(waits.most).")
        }
        return sentences
    }
}
