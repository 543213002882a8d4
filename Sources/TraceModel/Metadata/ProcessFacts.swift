// SPDX-License-Identifier: Apache-2.0

/// The traced process and its host, as they were at attach.
public struct ProcessFacts: Codable, Sendable, Equatable {
    /// As the recorder's PID namespace numbered it.
    public var processID: Int32
    /// `/proc/PID/comm`.
    public var name: String
    /// The path of the executable as the process sees it; ` (deleted)` is taken off.
    public var executable: String
    /// Arguments are not recorded: they often hold passwords. Only their number is.
    public var argumentCount: Int
    /// The GNU build id in hex, else Go's own; `nil`: it has neither.
    public var buildID: String?
    /// Such as `go1.24.11`; `nil`: not a Go program.
    public var goVersion: String?
    /// Go modules by path, with version, as `.go.buildinfo` lists them.
    public var modules: [String: String]
    /// Without `.symtab`. Go's own function table is there all the same.
    public var isStripped: Bool
    /// `ET_DYN`: where it lies in memory differs from run to run.
    public var isPositionIndependent: Bool
    /// `uname -r`.
    public var kernelRelease: String
    /// `uname -m`.
    public var machine: String
    /// `uname -n`.
    public var hostName: String
    /// The version of poolscope that recorded.
    public var recorderVersion: String

    /// The defaults are for traces that are not recorded but written by hand.
    public init(
        processID: Int32, name: String, executable: String, argumentCount: Int = 0, buildID: String? = nil,
        goVersion: String? = nil, modules: [String: String] = [:], isStripped: Bool = false,
        isPositionIndependent: Bool = false, kernelRelease: String = "", machine: String = "", hostName: String = "",
        recorderVersion: String = ""
    ) {
        self.processID = processID
        self.name = name
        self.executable = executable
        self.argumentCount = argumentCount
        self.buildID = buildID
        self.goVersion = goVersion
        self.modules = modules
        self.isStripped = isStripped
        self.isPositionIndependent = isPositionIndependent
        self.kernelRelease = kernelRelease
        self.machine = machine
        self.hostName = hostName
        self.recorderVersion = recorderVersion
    }
}
