// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import ArgumentParser
import KernelProbes
import Recording
import TraceModel

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Say what would be armed in a process, and what cannot be seen. Changes nothing."
    )

    @Option(name: [.short, .long], help: "The process to look at.")
    var pid: Int32

    @Option(help: "How to attach in the kernel, instead of the best it offers.")
    var attach: AttachMechanism?

    @OptionGroup var pools: PoolArguments

    @Flag(help: "With the deadlines that connections are given, which are recorded on request only.")
    var deadlines = false

    @Option(help: "BTF of the running kernel, for kernels without their own.")
    var btf: String?

    @Option(help: "text or json.")
    var format: ResultFormat = .text

    func run() throws {
        try reportingFailure {
            let adapters = try pools.adapters()
            let target = try InspectedTarget(processID: pid)
            let plan = Recorder.preview(
                target: target, mechanism: attach, btfPath: btf, adapters: adapters,
                requestedPools: Set(pools.requested),
                requestedCalls: deadlines ? ["--deadlines"] : [])
            switch format {
            case .json: print(try ResultFormat.json(PlanDocument(plan, target: target)))
            case .text: print(PlanText.render(plan, target: target))
            }
        }
    }
}
