// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import KernelProbes

extension KernelSuites {
    /// What the verifier of this kernel says to each program, also to those that a recording here would not take.
    @Suite(.enabled(if: KernelCapability.isThere, KernelCapability.reason))
    struct ProgramTrialTests {
        @Test func noProgramIsRefused() throws {
            let trials = try ProgramTrial.all(btfPath: nil)
            for trial in trials where trial.outcome == .refused { Issue.record("\(trial.name): \(trial.detail)") }
            let outcomes = Dictionary(uniqueKeysWithValues: trials.map { ($0.name, $0.outcome) })
            for name in [
                "raw_tp_inet_sock_set_state", "kprobe_tcp_recvmsg", "kretprobe_tcp_splice_read", "kretprobe_sys_bind",
                "pool_point", "go_call",
            ] {
                #expect(outcomes[name] == .loaded, "\(name)")
            }
            // tcp_recvmsg has as many arguments as one of them takes.
            #expect(
                ["fexit4_tcp_recvmsg", "fexit5_tcp_recvmsg", "fexit6_tcp_recvmsg"].count { outcomes[$0] == .absent }
                    >= 2)
        }

        /// A program that no probe names would never be loaded by a recording.
        @Test func eachProgramHasAProbe() throws {
            let inTarget: Set = ["pool_point", "go_call"]
            let uses = ProgramTrial.uses()
            let names = try BPFObject(btfPath: nil).programNames
            #expect(names.filter { uses[$0] == nil && !inTarget.contains($0) } == [])
            #expect(Set(uses.keys).subtracting(names) == [])
            #expect(names.count > 100)
        }
    }
}
