// SPDX-License-Identifier: Apache-2.0
public import CTraceRecords

/// The kind of a record, from the one list in `bpf/include/record_kinds.h`.
///
/// A number that this version does not know is a kind too: a damaged or newer trace may have it.
public typealias RecordKind = ps_record_kind

extension RecordKind {
    /// The kind of `number`; `nil`: this version does not know it.
    public init?(known number: UInt16) {
        guard RecordLayout.of(number) != nil else { return nil }
        self.init(rawValue: number)
    }

    /// The name in the schema of a trace, such as `socket_io`; of a kind that this version does not know, `kind 77`.
    public var name: String { RecordLayout.of(rawValue)?.name ?? "kind \(rawValue)" }
}
