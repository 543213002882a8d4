// SPDX-License-Identifier: Apache-2.0
import CTraceRecords

/// The way to a peer, which a SYN and its answer measure, and a census.
extension Correlator {
    /// A TCP socket goes to `state`: its SYN is sent, or answered.
    mutating func noteConnecting(_ socket: Int32, to state: UInt16, at mark: EventMark) {
        guard let took = core.noteConnecting(socket, to: state, at: mark.timestamp) else { return }
        detectors.connectTimes.connected(core.sockets.slot(socket), took: took, at: mark, core)
    }

    mutating func notePath(_ record: ps_census_socket, _ socket: Int32) {
        let shortest = core.sockets[socket].remote.flatMap { detectors.connectTimes.shortest(to: $0) }
        core.notePath(record, socket, shortest: shortest)
    }
}
