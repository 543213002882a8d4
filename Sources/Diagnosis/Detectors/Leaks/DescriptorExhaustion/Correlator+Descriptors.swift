// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Descriptors, against the process's limit of them.
extension Correlator {
    /// ENFILE, EMFILE
    private static let exhausted: Set<Int32> = [-23, -24]

    mutating func noteDescriptors(_ record: ps_census_end, _ usage: DescriptorUsage, _ ordinal: UInt64) {
        if let peak = descriptorPressure.peak, peak.descriptors >= usage.descriptors { return }
        descriptorPressure.peak = usage
        descriptorPressure.peakCensus = EventMark(record.header, ordinal: ordinal).reference
    }

    mutating func noteFailedAccept(_ record: ps_socket_accept, _ ordinal: UInt64) {
        guard Self.exhausted.contains(record.result) else { return }
        let mark = EventMark(record.header, ordinal: ordinal).reference
        descriptorPressure.failures[-record.result, default: 0] &+= 1
        descriptorPressure.firstFailure = descriptorPressure.firstFailure ?? mark
        descriptorPressure.lastFailure = mark
        descriptorPressure.listenerDescriptor = record.listener_descriptor
        descriptorPressure.listener = sockets.slot(descriptor: record.listener_descriptor).flatMap { sockets[$0].local }
    }
}
