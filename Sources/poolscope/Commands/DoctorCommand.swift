// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Recording

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what this kernel and these privileges allow, and what to do about the rest.")

    @Option(help: "BTF of the running kernel, for kernels without their own.")
    var btf: String?

    @Option(help: "text or json.")
    var format: ResultFormat = .text

    func run() throws {
        try reportingFailure {
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
}
