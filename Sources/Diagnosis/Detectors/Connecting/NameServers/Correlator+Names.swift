// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Names: what is asked of name servers by wire, whoever resolves in the target.
extension Correlator {
    private static let tcp: UInt16 = 6

    mutating func take(_ record: ps_dns_message, _ ordinal: UInt64) {
        let length = Int(min(record.captured_length, UInt32(PS_DNS_MESSAGE_SIZE)))
        let bytes = withUnsafeBytes(of: record.message) { Array($0.prefix(length)) }
        let message = DNSMessage(
            bytes, isStream: record.protocol == Self.tcp, total: Int(record.message_length))
        guard let message else {
            core.irregularities.unreadableNameMessages &+= 1
            return
        }
        if message.isResponse {
            detectors.nameServers.answer(message, socket: record.socket_inode, at: record.header.timestamp_ns)
        } else if record.operation == ps_io_operation.send.rawValue {
            let server = Endpoint(family: record.family, address: record.remote_address, port: record.remote_port)
            detectors.nameServers.ask(
                NameQuery(
                    id: message.id, mark: EventMark(record.header, ordinal: ordinal), server: server,
                    name: message.name), socket: record.socket_inode)
        }
    }

    func addNames(to analysis: inout TraceAnalysis) {
        analysis.nameServers = detectors.nameServers.summaries(at: core.now)
        analysis.irregularities.unlistedNameQueries = detectors.nameServers.unlisted
        for index in analysis.endpoints.indices where !analysis.endpoints[index].isAccepting {
            analysis.endpoints[index].name = detectors.nameServers.name(of: analysis.endpoints[index].endpoint)
        }
    }
}
