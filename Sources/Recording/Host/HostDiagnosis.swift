// SPDX-License-Identifier: Apache-2.0
import Glibc
import KernelProbes

/// What this host allows, asked of the kernel.
public struct HostDiagnosis: Codable, Sendable {
    /// The raw values are words of the report and of its JSON form.
    public enum Answer: String, Codable, Sendable {
        case supported
        case unsupported = "not supported"
        /// The question could not be put.
        case undetermined = "could not tell"
    }

    /// One capability of the host, or one kernel probe.
    public struct Check: Codable, Sendable {
        /// Such as `BTF`, or `probe socket_receive`.
        public let name: String
        /// Of a probe: `unsupported` when no option of it can be attached.
        public let answer: Answer
        /// The reason, or what is missing; of a probe also its mechanism. May be empty.
        public let detail: String
        /// What to do about it; `nil`: nothing needs to be done, or nothing can.
        public let remedy: String?
        /// Without it nothing can be recorded.
        public let isRequired: Bool
    }

    /// The version of this JSON form.
    public private(set) var schema = "poolscope.doctor/1"
    /// `uname -r`.
    public let kernelRelease: String
    /// `uname -m`.
    public let machine: String
    /// The capabilities first, then the probes.
    public let checks: [Check]

    /// Everything that is required is there.
    public var canRecord: Bool { !checks.contains { $0.isRequired && $0.answer == .unsupported } }

    /// Asks the running kernel everything.
    ///
    /// - Parameter btfPath: a file with its BTF; `nil`: its own.
    public init(btfPath: String?) {
        var name = utsname()
        uname(&name)
        kernelRelease = withUnsafeBytes(of: name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        machine = withUnsafeBytes(of: name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let features = KernelFeatures(btfPath: btfPath)
        let missing = Privileges.missing()
        var checks = [
            Check(
                name: "privileges", answer: missing.isEmpty ? .supported : .unsupported,
                detail: missing.isEmpty ? "" : "missing: \(missing.joined(separator: ", "))",
                remedy: missing.isEmpty ? nil : "run as root: sudo poolscope ...", isRequired: true),
            Self.check(
                "BPF programs", features.bpf, "run as root; if root is refused, see kernel lockdown below", true),
            Self.check(
                "BTF", features.btf, "a kernel with CONFIG_DEBUG_INFO_BTF, or --btf FILE made for this kernel", true),
            Self.check("fentry", features.fentry, "none needed: kprobes or tracepoints are taken instead"),
            Self.check("kprobe", features.kprobe, "none needed: fentry or tracepoints are taken instead"),
            Self.check(
                "tracepoints of system calls", features.syscallTracepoints,
                "only needed where neither fentry nor kprobes can be had: mount -t tracefs none /sys/kernel/tracing"),
            Self.check("uprobe", features.uprobe, "a kernel with CONFIG_UPROBE_EVENTS; --no-pools does without"),
            Self.check("uprobe_multi", features.uprobeMulti, "none needed: detaching takes 0.1 s a probe instead"),
            Self.lockdown(),
        ]
        for probe in KernelSession.preview(forcedMechanism: nil, btfPath: btfPath) {
            checks.append(
                Check(
                    name: "probe \(probe.name)", answer: probe.mechanism == nil ? .unsupported : .supported,
                    detail: [probe.mechanism.map { "by \($0)" }, probe.note].compactMap { $0 }.joined(separator: "; "),
                    remedy: nil, isRequired: false))
        }
        self.checks = checks
    }

    private static func check(
        _ name: String, _ support: KernelSupport, _ remedy: String, _ isRequired: Bool = false
    ) -> Check {
        let answer: Answer =
            switch support {
            case .supported: .supported
            case .unsupported: .unsupported
            case .undetermined: .undetermined
            }
        return Check(
            name: name, answer: answer, detail: support.reason ?? "", remedy: answer == .supported ? nil : remedy,
            isRequired: isRequired)
    }

    /// In the mode `confidentiality` BPF may not read kernel memory, whatever the privileges.
    private static func lockdown() -> Check {
        guard let file = fopen("/sys/kernel/security/lockdown", "re") else {
            return Check(
                name: "kernel lockdown", answer: .undetermined, detail: "/sys/kernel/security/lockdown cannot be read",
                remedy: nil, isRequired: false)
        }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 256)
        fgets(&text, Int32(text.count), file)
        let line = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let isConfidential = line.contains("[confidentiality]")
        return Check(
            name: "kernel lockdown", answer: isConfidential ? .unsupported : .supported,
            detail: line.filter { $0 != "\n" },
            remedy: isConfidential
                ? "boot with lockdown=integrity, or without Secure Boot's confidentiality mode" : nil,
            isRequired: isConfidential)
    }
}
