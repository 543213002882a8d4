// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import KernelProbes
import Testing
import TraceModel

@testable import Recording

@Suite(.timeLimit(.minutes(15))) struct LossRecorderTests {
    private func sample(
        _ recorder: inout LossRecorder, _ account: KernelAccount, now: UInt64, isFinal: Bool = false
    ) -> [String] {
        var losses: [String] = []
        recorder.sample(account, malformed: 0, now: now, isFinal: isFinal) { record in
            guard case .loss(let loss) = record else { return }
            #expect(loss.header.timestamp_ns == now)
            let cpu = loss.is_cpu_known == 1 ? "\(loss.cpu)" : "?"
            losses.append("\(loss.lost_kind) \(loss.reason) \(loss.count) on \(cpu) since \(loss.window_start_ns)")
        }
        return losses
    }

    private func counters(full: UInt64, missed: UInt64 = 0, withoutStack: UInt64 = 0) -> ps_counters {
        var counters = ps_counters()
        counters.attempted = 1000
        counters.ring_full = full
        counters.return_missed = missed
        counters.stack_missing = withoutStack
        return counters
    }

    @Test func eachProcessorThatLostSomethingHasARecord() {
        var recorder = LossRecorder(now: 100)
        var account = KernelAccount(counters: [
            5: [counters(full: 0), counters(full: 7), counters(full: 0), counters(full: 3, missed: 2)]
        ])
        #expect(
            sample(&recorder, account, now: 200) == [
                "5 1 7 on 1 since 100", "5 1 3 on 3 since 100", "5 4 2 on 3 since 100",
            ])
        #expect(sample(&recorder, account, now: 300).isEmpty, "nothing more")
        account.counters[5]?[1].ring_full = 12
        account.counters[2] = [counters(full: 0, withoutStack: 11)]
        #expect(sample(&recorder, account, now: 400) == ["2 3 11 on 0 since 300", "5 1 5 on 1 since 300"])
        // One kind cannot be read for once.
        #expect(sample(&recorder, KernelAccount(counters: [2: account.counters[2] ?? []]), now: 500).isEmpty)
        #expect(sample(&recorder, account, now: 600).isEmpty, "nothing more")
        #expect(recorder.totalLost == 17, "a record without its stack is there")
        #expect(recorder.totals().lost == ["socket_io": 17])
        #expect(recorder.totals().attempted == ["socket_io": 4000, "socket_connect": 1000])
    }

    @Test func whatHasNotComeIsLostAtTheEndOnly() {
        var recorder = LossRecorder(now: 10)
        let account = KernelAccount(undelivered: [5: 3, 9: 1])
        #expect(sample(&recorder, account, now: 20).isEmpty, "under way")
        #expect(sample(&recorder, account, now: 30, isFinal: true) == ["5 8 3 on ? since 20", "9 8 1 on ? since 20"])
        #expect(recorder.totalLost == 4)
    }

    @Test func whatTheKernelCountsForTheWholeHostHasNoProcessor() {
        var recorder = LossRecorder(now: 0)
        #expect(
            sample(&recorder, KernelAccount(skips: [5: 4, 14: 3]), now: 1) == [
                "5 7 4 on ? since 0", "14 7 3 on ? since 0",
            ])
        // One of them cannot be read for once.
        #expect(sample(&recorder, KernelAccount(skips: [5: 4]), now: 2).isEmpty)
        #expect(sample(&recorder, KernelAccount(skips: [5: 4, 14: 5]), now: 3) == ["14 7 2 on ? since 2"])
        #expect(recorder.totalLost == 9)
    }
}
