// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TraceModel

/// Names: what is asked of name servers by wire, whoever resolves in the target.
struct NameServers: Sendable {
    private static let tcp: UInt16 = 6

    private var ledger = NameServerLedger()
    /// Messages that are none, or are cut off too early.
    private var unreadable: UInt64 = 0

    mutating func dnsMessage(_ record: ps_dns_message, _ ordinal: UInt64) {
        let length = Int(min(record.captured_length, UInt32(PS_DNS_MESSAGE_SIZE)))
        let bytes = withUnsafeBytes(of: record.message) { Array($0.prefix(length)) }
        let message = DNSMessage(
            bytes, isStream: record.protocol == Self.tcp, total: Int(record.message_length))
        guard let message else {
            unreadable &+= 1
            return
        }
        if message.isResponse {
            ledger.answer(message, socket: record.socket_inode, at: record.header.timestamp_ns)
        } else if record.operation == ps_io_operation.send.rawValue {
            let server = Endpoint(family: record.family, address: record.remote_address, port: record.remote_port)
            ledger.ask(
                NameQuery(
                    id: message.id, mark: EventMark(record.header, ordinal: ordinal), server: server,
                    name: message.name), socket: record.socket_inode)
        }
    }

    mutating func socketGone(_ socket: SocketSlot, _ core: Core) { ledger.settle(socket: core.sockets[socket].inode) }

    /// Also the names of the endpoints that are listed.
    func addResult(to analysis: inout TraceAnalysis, _ core: Core) {
        analysis.nameServers = ledger.summaries(at: core.now)
        analysis.irregularities.unreadableNameMessages = unreadable
        analysis.irregularities.unlistedNameQueries = ledger.unlisted
        for index in analysis.endpoints.indices where !analysis.endpoints[index].isAccepting {
            analysis.endpoints[index].name = ledger.name(of: analysis.endpoints[index].endpoint)
        }
    }

    /// Queries for names, and addresses in answers, beyond those that are kept.
    var unlisted: (names: UInt64, addresses: UInt64) { (ledger.unlistedNames, ledger.unnamedAddresses) }
}
