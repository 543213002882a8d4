// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Descriptors, against the process's limit of them.
extension Correlator {
    /// ENFILE, EMFILE
    private static let exhausted: Set<Int32> = [-23, -24]

    mutating func noteDescriptors(_ record: ps_census_end, _ usage: DescriptorUsage, _ ordinal: UInt64) {
        if let peak = detectors.descriptorPressure.peak, peak.descriptors >= usage.descriptors { return }
        detectors.descriptorPressure.peak = usage
        detectors.descriptorPressure.peakCensus = EventMark(record.header, ordinal: ordinal).reference
    }

    mutating func noteFailedAccept(_ record: ps_socket_accept, _ ordinal: UInt64) {
        guard Self.exhausted.contains(record.result) else { return }
        let mark = EventMark(record.header, ordinal: ordinal).reference
        detectors.descriptorPressure.failures[-record.result, default: 0] &+= 1
        detectors.descriptorPressure.firstFailure = detectors.descriptorPressure.firstFailure ?? mark
        detectors.descriptorPressure.lastFailure = mark
        detectors.descriptorPressure.listenerDescriptor = record.listener_descriptor
        detectors.descriptorPressure.listener = core.sockets.slot(descriptor: record.listener_descriptor).flatMap { core.sockets[$0].local }
    }
}
