// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// What a finding is about, in words that are the same in every trace of the same program: no address, no number of a
/// pool, no port that is free to change.
public struct FindingCause: Hashable, Sendable {
    public var rule: String
    /// A pool by its library and servers, an endpoint, or what else the finding is about.
    public var subject: String
    /// The application's innermost function of the finding's stack; `nil`: it has none.
    public var function: String?

    public init(of finding: Finding, in analysis: TraceAnalysis) {
        rule = finding.rule
        function = finding.stack?.site?.function
        subject =
            switch finding.subject {
            case .pool(let id, let name): analysis.pool(id).map(Self.name) ?? name
            case .endpoint(let endpoint): endpoint.stableText
            case .ports, .callSite, .process, .unknown: finding.subject.description
            }
    }

    /// The library, without the number that the order of first use gave the pool, and its servers.
    public static func name(of pool: PoolSummary) -> String {
        let library = pool.name.split(separator: "#").first.map(String.init) ?? pool.name
        let servers = Set(pool.endpoints.map(\.stableText)).sorted().joined(separator: ", ")
        let name = library.hasSuffix(" ") ? String(library.dropLast()) : library
        return servers.isEmpty ? name : "\(name) at \(servers)"
    }
}

extension Endpoint {
    /// The first port of `net.ipv4.ip_local_port_range` as Linux sets it: from here on a port is chosen by chance.
    private static let firstEphemeralPort: UInt16 = 32768

    /// The endpoint's text with `*` for a port that may be another one next time.
    public var stableText: String {
        guard let port, port >= Self.firstEphemeralPort else { return description }
        return String(description.dropLast(String(port).count)) + "*"
    }
}
