// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Reads that waited for long for the first byte of a connection, and then ended.
extension Correlator {
    private static let endpointLimit = 1024
    private static let tcp: UInt16 = 6

    /// Data, the end of the stream or an error has come to a read, or its socket is closed.
    mutating func endWaitingRead(of slot: Int32, at now: UInt64) {
        guard let began = core.sockets[slot].waitingRead?.timestamp, isUnspoken(slot), now > began,
            now - began >= core.thresholds.blockedReaderAge.clampedNanoseconds / 2, let endpoint = core.sockets[slot].remote
        else { return }
        if detectors.endedReads[endpoint] == nil, detectors.endedReads.count >= Self.endpointLimit { return }
        detectors.endedReads[endpoint, default: 0] &+= 1
    }

    /// A connection that this process has opened in the trace, and on which the peer has not said a word.
    private func isUnspoken(_ slot: Int32) -> Bool {
        core.sockets[slot].receivedBytes == 0 && core.sockets[slot].bornAt != 0 && core.sockets[slot].protocolNumber == Self.tcp
            && !core.sockets[slot].isAccepted
    }
}
