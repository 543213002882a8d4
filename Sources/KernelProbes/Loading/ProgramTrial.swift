// SPDX-License-Identifier: Apache-2.0

/// What became of one BPF program when it was given to this kernel. Nothing is attached.
public struct ProgramTrial: Codable, Sendable {
    /// What the kernel did with a program.
    public enum Outcome: String, Codable, Sendable {
        case loaded
        /// By the verifier, or for want of something that the program needs.
        case refused
        /// The kernel has not what the program is for: no attempt.
        case absent
    }

    /// As in `bpf/`.
    public let name: String
    /// The kernel function or tracepoint; `nil`: a point in the target.
    public let hook: String?
    /// `absent` is no fault: a recording takes another option of the probe, or does without.
    public let outcome: Outcome
    /// Why it was refused or not tried; empty when loaded.
    public let detail: String

    /// Loads every program that there is something for on this kernel, whether a recording would take it or not.
    ///
    /// - Throws: when the kernel refuses without naming a program, as for want of privileges.
    public static func all(btfPath: String?) throws(KernelProbeError) -> [ProgramTrial] {
        let features = KernelFeatures(btfPath: btfPath)
        if let reason = features.btf.reason { throw .noBTF(reason) }
        let btf = KernelBTF(path: btfPath)
        let selector = AttachSelector(features: features, btf: btf, forced: nil)
        let names = try BPFObject(btfPath: btfPath).programNames
        let uses = uses()
        var absent: [String: String] = [:]
        for (name, use) in uses { absent[name] = selector.absence(of: use.program, mechanism: use.mechanism) }
        var refused: [String: String] = [:]
        // One object with all of them: each has maps of its own, and those take longer than the verifier.
        while true {
            let object = try BPFObject(btfPath: btfPath)
            for name in names where absent[name] == nil && refused[name] == nil { try object.enable(name) }
            try KernelSession.configure(object, KernelSessionOptions(processID: 1, executablePath: ""), btf: btf)
            do {
                try object.load()
                break
            } catch {
                guard let culprit = error.program, names.contains(culprit), refused[culprit] == nil else {
                    throw error
                }
                refused[culprit] = error.description
            }
        }
        return names.map { name in
            let outcome: Outcome = absent[name] != nil ? .absent : refused[name] != nil ? .refused : .loaded
            return ProgramTrial(
                name: name, hook: uses[name]?.program.hook, outcome: outcome,
                detail: absent[name] ?? refused[name] ?? "")
        }
    }

    /// The programs of all probes by name. A program may serve several probes: its hook is the same.
    static func uses() -> [String: (program: ProgramChoice, mechanism: AttachMechanism)] {
        var uses: [String: (program: ProgramChoice, mechanism: AttachMechanism)] = [:]
        for option in ProbeRegistry.all.flatMap(\.attachOptions) {
            for program in option.programs { uses[program.name] = (program, option.mechanism) }
        }
        return uses
    }
}
