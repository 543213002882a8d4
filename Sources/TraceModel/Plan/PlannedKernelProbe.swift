// SPDX-License-Identifier: Apache-2.0

/// One kernel probe and how it is attached.
public struct PlannedKernelProbe: Codable, Sendable, Equatable {
    /// Such as `socket_receive`.
    public var name: String
    /// `fentry`, `kprobe`, `tracepoint`; `nil`: none of them can be had, and `note` says why.
    public var mechanism: String?
    /// The kernel functions or tracepoints in use.
    public var hooks: [String]
    /// The record kinds that it delivers, by schema name (`socket_io`).
    public var records: [String]
    /// What is missing with this mechanism; `nil`: nothing.
    public var note: String?

    /// - Parameter note: not `nil` where `mechanism` is.
    public init(name: String, mechanism: String?, hooks: [String], records: [String], note: String? = nil) {
        self.name = name
        self.mechanism = mechanism
        self.hooks = hooks
        self.records = records
        self.note = note
    }

    /// It is armed, and a record of the kind comes from it.
    public func delivers(_ kind: RecordKind) -> Bool { mechanism != nil && records.contains(kind.name) }
}
