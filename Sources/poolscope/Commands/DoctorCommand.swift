// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import KernelProbes
import Recording

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what this kernel and these privileges allow, and what to do about the rest.")

    @Option(help: "BTF of the running kernel, for kernels without their own.")
    var btf: String?

    @Option(help: "text or json.")
    var format: ResultFormat = .text

    @Flag(
        help: ArgumentHelp("Load every BPF program instead, and say what the kernel makes of it.", visibility: .hidden))
    var loadAll = false

    func run() throws {
        try reportingFailure {
            if loadAll { return try printTrials() }
            let diagnosis = HostDiagnosis(btfPath: btf)
            switch format {
            case .json: print(try ResultFormat.json(diagnosis))
            case .text:
                print("Linux \(diagnosis.kernelRelease) on \(diagnosis.machine)")
                for check in diagnosis.checks {
                    let mark = check.answer.rawValue
                    print("\n\(check.name): \(mark)\(check.detail.isEmpty ? "" : "\n  \(check.detail)")")
                    if let remedy = check.remedy { print("  Remedy: \(remedy)") }
                }
            }
            if !diagnosis.canRecord { throw ExitCode(2) }
        }
    }

    private func printTrials() throws {
        let trials = try ProgramTrial.all(btfPath: btf)
        switch format {
        case .json: print(try ResultFormat.json(trials))
        case .text:
            for trial in trials {
                print(
                    "\(trial.outcome.rawValue) \(trial.name)" + (trial.hook.map { " on \($0)" } ?? "")
                        + (trial.detail.isEmpty ? "" : ": \(trial.detail)"))
            }
        }
        if trials.contains(where: { $0.outcome == .refused }) { throw ExitCode(2) }
    }
}
