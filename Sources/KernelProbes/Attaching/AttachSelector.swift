// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// Chooses for each probe the best way to attach it that this kernel offers.
struct AttachSelector {
    /// An option that was chosen, with the programs that fit this kernel.
    struct Choice {
        let probe: any KernelProbe
        let option: AttachOption
        let programs: [ProgramChoice]
    }

    let features: KernelFeatures
    let btf: KernelBTF?
    /// `nil`: best first; else only this one where a probe has it (a probe with a single one keeps it).
    let forced: AttachMechanism?
    /// Options that the kernel refused when tried: probe, mechanism, why.
    private(set) var refused: [String: [(mechanism: AttachMechanism, reason: String)]] = [:]

    init(features: KernelFeatures, btf: KernelBTF?, forced: AttachMechanism?) {
        self.features = features
        self.btf = btf
        self.forced = forced
    }

    mutating func refuse(_ choice: Choice, reason: String) {
        refused[choice.probe.name, default: []].append((choice.option.mechanism, reason))
    }

    /// The option for a probe, or the reasons against each.
    func choose(_ probe: any KernelProbe) -> (choice: Choice?, reasons: [String]) {
        var reasons: [String] = []
        for option in probe.attachOptions {
            if let forced, forced != option.mechanism, probe.attachOptions.count > 1 { continue }
            if let refusal = refused[probe.name]?.first(where: { $0.mechanism == option.mechanism }) {
                reasons.append("\(option.mechanism.rawValue): \(refusal.reason)")
                continue
            }
            switch fitting(option) {
            case .success(let programs): return (Choice(probe: probe, option: option, programs: programs), reasons)
            case .failure(let missing): reasons.append("\(option.mechanism.rawValue): \(missing.reason)")
            }
        }
        return (nil, reasons)
    }

    private struct Missing: Error {
        let reason: String
    }

    private func fitting(_ option: AttachOption) -> Result<[ProgramChoice], Missing> {
        let mechanism: KernelSupport =
            switch option.mechanism {
            case .fentry: features.fentry
            case .kprobe: features.kprobe
            case .tracepoint: features.bpf
            }
        if let reason = mechanism.reason { return .failure(Missing(reason: reason)) }
        var programs: [ProgramChoice] = []
        for program in option.programs {
            if argumentMismatch(program) != nil { continue }
            if hasHook(program.hook, mechanism: option.mechanism) {
                programs.append(program)
            } else if !program.isOptional {
                return .failure(Missing(reason: "this kernel has no \(program.hook)"))
            }
        }
        return .success(programs)
    }

    /// Why the function is not one that the program is for; `nil`: it is, or there is no telling.
    private func argumentMismatch(_ program: ProgramChoice) -> String? {
        guard let count = program.argumentCount, let actual = btf?.argumentCount(of: program.hook), actual != count
        else { return nil }
        return "\(program.hook) has \(actual) arguments here, not \(count)"
    }

    /// Why this kernel has nothing for a program; `nil`: it can be loaded. That a kprobe cannot be attached is no reason.
    func absence(of program: ProgramChoice, mechanism: AttachMechanism) -> String? {
        if mechanism == .fentry, let reason = features.fentry.reason { return "fentry: \(reason)" }
        if !hasHook(program.hook, mechanism: mechanism) { return "this kernel has no \(program.hook)" }
        return argumentMismatch(program)
    }

    private func hasHook(_ hook: String, mechanism: AttachMechanism) -> Bool {
        guard mechanism == .tracepoint else {
            return btf?.functionID(hook) != nil || KernelSymbols.contains(hook)
        }
        let parts = hook.split(separator: ":")
        guard parts.count == 2 else { return false }
        if parts[0] == "syscalls" { return TraceFilesystem.hasEvent("syscalls", String(parts[1])) }
        // Without BTF the attempt to attach answers.
        return btf?.hasTracepoint(String(parts[1])) ?? true
    }
}
