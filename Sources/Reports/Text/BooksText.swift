// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// A pool's own counters against the trace, in words.
enum BooksText {
    /// `nil`: the pool's counters were not read, or there is a difference.
    static func agreement(_ pool: PoolSummary) -> String? {
        let books = pool.reconciliation
        return books.agrees && differences(pool).isEmpty
            ? "its own counters agree (\(ReadableText.count(books.readings, "reading")))" : nil
    }

    /// One sentence for each difference.
    static func differences(_ pool: PoolSummary) -> [String] {
        let books = pool.reconciliation
        var sentences: [String] = []
        func add(_ number: UInt64, _ sentence: (UInt64) -> String) {
            if number > 0 { sentences.append(sentence(number)) }
        }
        add(books.excessLeases) {
            "The pool's own counters show that the program returned \($0) of the open leases: poolscope missed "
                + ($0 == 1 ? "its release." : "their releases.")
        }
        add(pool.missedAcquires) {
            "poolscope saw \(ReadableText.count($0, "release")) of free connections: it missed \($0 == 1 ? "the acquire" : "the acquires")."
        }
        // Requests under way may hide them from one reading, but not from all.
        let before = pool.leasedBeforeTrace ?? 0
        add(max(books.unseenLeases, books.readings > 1 ? before : 0)) { unseen in
            let before = min(unseen, before)
            let parts = [
                (before, "taken before recording began"), (unseen - before, "not observed or still being dialled"),
            ]
            return
                "The pool reports \(ReadableText.count(unseen, "more connection")) in use than the trace shows: "
                + parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ") + "."
        }
        add(books.closedSockets) { "\(ReadableText.count($0, "leased connection")) had a closed socket." }
        add(books.straySockets) {
            "The pool no longer counts \(ReadableText.count($0, "open socket")) of its connections."
        }
        add(books.outsideSockets) {
            "No pool owns \(ReadableText.count($0, "open socket")) to its endpoints."
        }
        if let waits = books.waits, !waits.agrees {
            sentences.append(
                "The pool's own counters show \(ReadableText.count(waits.growth, "queued acquire")); the trace has "
                    + "\(waits.least) to \(waits.most).")
        }
        return sentences
    }
}
