// SPDX-License-Identifier: Apache-2.0
public import CTraceRecords

extension ps_header {
    /// `kind`, typed. Any number has one: the enum is open.
    @inlinable
    public var recordKind: RecordKind { RecordKind(rawValue: kind)! }
}
