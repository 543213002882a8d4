// SPDX-License-Identifier: Apache-2.0
import Glibc
public import TraceModel

extension TargetProcess {
    /// What a trace says about the process and its host.
    ///
    /// - Parameter buildInfo: `nil`: not a Go program.
    public func facts(buildInfo: GoBuildInfo? = nil, recorderVersion: String = "") -> ProcessFacts {
        var host = utsname()
        uname(&host)
        return ProcessFacts(
            processID: processID, name: name, executable: executablePath, argumentCount: argumentCount,
            buildID: image.buildID ?? image.goBuildID, goVersion: buildInfo?.version,
            modules: buildInfo?.modules ?? [:], isStripped: image.isStripped,
            isPositionIndependent: image.isPositionIndependent, kernelRelease: Self.text(host.release),
            machine: Self.text(host.machine), hostName: Self.text(host.nodename), recorderVersion: recorderVersion)
    }

    /// A `char[65]` of `utsname`, which Swift sees as a tuple.
    private static func text<Characters>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
