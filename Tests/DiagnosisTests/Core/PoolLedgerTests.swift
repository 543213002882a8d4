// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
@testable import Diagnosis
import Testing
import TraceModel

/// The ledgers of what pools do are bounded, whatever a trace holds.
@Suite(.timeLimit(.minutes(15))) struct PoolLedgerTests {
    @Test func walksOfManyGoroutinesAreBoundedAndNotLost() throws {
        var ledger = SerialWalkLedger(least: 2)
        for holder in 1...UInt64(10_000) {
            for step in 0..<UInt64(6) {
                var record = ps_socket_io()
                record.header.timestamp_ns = holder * 100_000_000 + step * 500_000
                record.header.goroutine_id = holder
                record.operation = step % 2 == 0 ? 2 : 1
                record.result = 100
                ledger.note(
                    SocketIO(record, ordinal: holder * 10 + step), key: SerialWalkLedger.Key(pool: 0, site: 1),
                    by: try #require(HolderKey(record.header)))
            }
        }
        let entry = try #require(ledger.all.first)
        #expect(ledger.all.count == 1)
        #expect(entry.runs == 10_000)
        #expect(entry.longestTrips == 3)
        #expect(entry.savable == 10_000 * 2 * 500_000)
    }

    @Test func staleCallSitesAreBounded() {
        var ledger = StaleLedger()
        let mark = EventMark(ps_header(), ordinal: 1)
        for site in 0..<Int32(5000) {
            _ = ledger.add(
                StaleLedger.Key(pool: 0, site: site, state: 8), endpoint: nil, afterClose: nil, at: mark)
        }
        #expect(ledger.entries.count == 1024)
        #expect(ledger.add(StaleLedger.Key(pool: 0, site: 7, state: 8), endpoint: nil, afterClose: 5, at: mark) == 7)
        #expect(ledger.entries[7].leases == 2)
        #expect(ledger.entries[7].longestAfterClose == 5)
    }
}
