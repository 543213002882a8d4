// SPDX-License-Identifier: Apache-2.0
import CLibbpf
import Glibc

/// Why the kernel side could not be set up: a sentence with the object, the cause, and what to do about it.
public struct KernelProbeError: Error, Sendable, CustomStringConvertible {
    /// The stage at which it failed.
    enum Stage: String, Sendable { case open, load, attach, poll, map }

    let stage: Stage
    /// The program, probe or map concerned, for people.
    let object: String
    /// The BPF program that the kernel refused, by its name in `bpf/`; `nil`: it refused none, or did not say which.
    let program: String?
    /// Positive; 0: none.
    let errorNumber: Int32
    /// What the kernel or libbpf said, last useful line first; may be empty.
    let detail: String
    /// `nil`: none is known.
    let remedy: String?

    /// For the user: what failed and why, and the remedy on a line of its own if there is one.
    public var description: String {
        var text = "Cannot \(stage.rawValue) \(object)"
        if errorNumber != 0 { text += ": \(String(cString: strerror(errorNumber))) (errno \(errorNumber))" }
        if !detail.isEmpty { text += ": \(detail)" }
        text += "."
        if let remedy { text += "\n\(remedy)" }
        return text
    }

    init(
        stage: Stage, object: String, program: String? = nil, errorNumber: Int32 = 0, detail: String = "",
        remedy: String?
    ) {
        self.stage = stage
        self.object = object
        self.program = program
        self.errorNumber = errorNumber
        self.detail = detail
        self.remedy = remedy
    }

    static func open(errno: Int32, log: [String]) -> Self {
        Self(
            stage: .open, object: "the embedded BPF object", errorNumber: errno, detail: lastUsefulLine(of: log),
            remedy: errno == ENOMEM ? needsMemory : isIncomplete)
    }

    /// The object has no such program or map: the build is at fault, not the kernel.
    static func missing(_ object: String) -> Self {
        Self(stage: .open, object: object, errorNumber: ENOENT, remedy: isIncomplete)
    }

    static func noBTF(_ reason: String) -> Self {
        Self(
            stage: .load, object: "the BPF programs", errorNumber: 0, detail: reason,
            remedy: "They need the type information of this very kernel: /sys/kernel/btf/vmlinux, or a file made "
                + "for it.")
    }

    static func load(program: String?, errno: Int32, log: [String]) -> Self {
        let remedy: String? =
            switch errno {
            case EPERM:
                "\(needsPrivileges) If root is refused: kernel lockdown "
                    + "(Secure Boot) or a container without these capabilities; 'poolscope doctor' says which."
            case _ where log.contains { $0.contains("vmlinux BTF") }:
                "This kernel has no BTF (CONFIG_DEBUG_INFO_BTF): give one with --btf FILE."
            default: nil
            }
        return Self(
            stage: .load, object: program.map { "BPF program \($0)" } ?? "the BPF programs", program: program,
            errorNumber: errno,
            detail: lastUsefulLine(of: log), remedy: remedy)
    }

    static func attach(_ object: String, errno: Int32) -> Self {
        let remedy: String? =
            switch errno {
            case EPERM, EACCES: needsPrivileges
            case ENOENT: "The kernel has no such function or tracepoint; 'poolscope doctor' lists what it has."
            case EMFILE: "Raise the limit of open files: ulimit -n 65536."
            default: nil
            }
        return Self(stage: .attach, object: object, errorNumber: errno, detail: "", remedy: remedy)
    }

    static func map(_ name: String, errno: Int32) -> Self {
        let remedy =
            switch errno {
            case EPERM, EACCES: needsPrivileges
            case ENOMEM: needsMemory
            case E2BIG, ENOSPC: "The map is full. Record fewer pools, or a process that has fewer points."
            default: "'poolscope doctor' shows what this kernel offers."
            }
        return Self(stage: .map, object: "map \(name)", errorNumber: errno, remedy: remedy)
    }

    static func ring(errno: Int32) -> Self {
        let remedy =
            switch errno {
            case EPERM, EACCES: needsPrivileges
            case ENOMEM, EAGAIN: "\(needsMemory) A smaller ring needs less: --ring 1."
            default: "'poolscope doctor' shows what this kernel offers."
            }
        return Self(stage: .poll, object: "the ring buffer", errorNumber: errno, remedy: remedy)
    }

    private static let needsPrivileges = "Run as root, or with CAP_BPF, CAP_PERFMON and CAP_SYS_PTRACE."
    private static let needsMemory = "The kernel has no memory left for it; the limit of the control group counts too."
    private static let isIncomplete = "The programs inside this poolscope are damaged or incomplete: install it again."

    /// libbpf prints the verifier's log after the failure; its last line before the statistics says what was wrong.
    private static func lastUsefulLine(of log: [String]) -> String {
        let noise = ["processed ", "-- END", "libbpf: failed to load object", "': failed to load: ", "-- BEGIN"]
        let useful = log.flatMap { $0.split(separator: "\n") }
            .filter { line in !line.isEmpty && !noise.contains { line.contains($0) } }
        return useful.last.map { String($0.prefix(300)) } ?? ""
    }
}
