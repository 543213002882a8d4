// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Descriptors, against the process's limit of them.
struct DescriptorExhaustion: Sendable {
    /// ENFILE, EMFILE
    private static let exhausted: Set<Int32> = [-23, -24]

    /// At the latest census.
    private(set) var usage: DescriptorUsage?
    private(set) var pressure = DescriptorPressure()

    mutating func censusEnded(_ record: ps_census_end, _ ordinal: UInt64) {
        let usage = DescriptorUsage(
            sockets: UInt64(record.socket_count), descriptors: UInt64(record.descriptor_count),
            limit: record.descriptor_limit == 0 ? nil : UInt64(record.descriptor_limit))
        self.usage = usage
        if let peak = pressure.peak, peak.descriptors >= usage.descriptors { return }
        pressure.peak = usage
        pressure.peakCensus = EventMark(record.header, ordinal: ordinal).reference
    }

    mutating func acceptReturned(_ record: ps_socket_accept, _ ordinal: UInt64, _ core: Core) {
        guard Self.exhausted.contains(record.result) else { return }
        let mark = EventMark(record.header, ordinal: ordinal).reference
        pressure.failures[-record.result, default: 0] &+= 1
        pressure.firstFailure = pressure.firstFailure ?? mark
        pressure.lastFailure = mark
        pressure.listenerDescriptor = record.listener_descriptor
        let listener = core.sockets.slot(descriptor: record.listener_descriptor)
        pressure.listener = listener != nil ? core.sockets[listener ?? 0].local : nil
    }
}
