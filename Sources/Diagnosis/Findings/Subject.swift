// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// What a finding or an advice is about. Its description is what a report prints.
public enum Subject: Hashable, Sendable, CustomStringConvertible {
    case pool(PoolID, name: String)
    case endpoint(Endpoint)
    /// Several ports of one host, in ascending order, by the text of its address; `nil`: it has none.
    case ports([UInt16], host: String?)
    /// The application's function that made the sockets.
    case callSite(function: String)
    case process
    /// The trace does not tell which.
    case unknown(Unknown)

    public enum Unknown: String, Sendable {
        case endpoint, address, origin
    }

    /// From so many ports on only the first and the last are named.
    private static let namedPorts = 8

    init(_ pool: PoolSummary) { self = .pool(pool.id, name: pool.name) }

    init(_ endpoint: Endpoint?, orUnknown unknown: Unknown = .endpoint) {
        self = endpoint.map { .endpoint($0) } ?? .unknown(unknown)
    }

    /// In lower case with underscores, as JSON has it.
    public var kind: String {
        switch self {
        case .pool: "pool"
        case .endpoint: "endpoint"
        case .ports: "ports"
        case .callSite: "call_site"
        case .process: "process"
        case .unknown: "unknown"
        }
    }

    public var description: String {
        switch self {
        case .pool(_, let name): return name
        case .endpoint(let endpoint): return endpoint.description
        case .ports(let ports, let host):
            let address = host ?? "an unknown address"
            return ports.count < Self.namedPorts
                ? "\(address), ports \(ports.map(String.init).joined(separator: ", "))"
                : "\(address), ports \(ports.first ?? 0) to \(ports.last ?? 0)"
        case .callSite(let function): return function
        case .process: return "the process"
        case .unknown(let unknown): return "an unknown \(unknown.rawValue)"
        }
    }
}
