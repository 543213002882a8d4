// SPDX-License-Identifier: Apache-2.0
public import TargetInspection
public import TraceModel

/// What poolscope knows of one pool library: which functions begin and end a lease, and where their arguments are.
///
/// One file each, and a line in `AdapterRegistry`.
public protocol PoolAdapter: Sendable {
    /// The library's usual name, such as `database/sql`.
    var name: String { get }
    /// The Go module whose version decides; `nil`: the standard library.
    var module: String? { get }
    /// Where its probes go, in each copy of the library that the program has.
    var points: [AdapterPoint] { get }
    /// From the connection object to its socket.
    var chain: ConnectionChain { get }
    /// Only armed when the user names the pool: because a healthy lease of it may be silent for as long as it likes, so that
    /// a finding is a question rather than an answer, or because its cost is not asked for.
    var isOnRequest: Bool { get }
    /// `false`: the library has no pool: each lease is a connection of its own by design.
    var keepsConnections: Bool { get }
    /// What is true of this library and not of others.
    var traits: PoolTraits { get }
    /// The Go modules of the library, and of those that stand between it and the application: drivers and mappers. Their
    /// frames in a stack say nothing about who leaks.
    var modules: [String] { get }
    /// Whether `points` are right for this version of `module`; `nil`: the program does not say which it has.
    func knows(version: String?) -> Bool
    /// A user describes it: what is not found of it is explained.
    var isDefinedByUser: Bool { get }
    /// The fields of a `connectionPath`, step by step, for points that have one of as many steps: that one holds for
    /// programs that do not tell where the fields lie.
    var keySteps: [KeyStep] { get }
    /// The same for `sharedOffset`.
    var sharedField: GoField? { get }
    /// Fields that lie first in their structures, so that the address of the one is that of the other.
    /// Leases are known by it.
    var firstFields: [GoField] { get }
    /// Where the pool's own limits and counters are in this program; `nil`: not known, or it has none.
    func counters(_ fields: inout GoFieldResolver, goVersion: GoVersion?) -> (any PoolCounterReader)?
}

extension PoolAdapter {
    var isOnRequest: Bool { false }
    var isDefinedByUser: Bool { false }
    var keepsConnections: Bool { true }
    var traits: PoolTraits { PoolTraits() }
    var modules: [String] { module.map { [$0] } ?? [] }
    var keySteps: [KeyStep] { [] }
    var sharedField: GoField? { nil }
    var firstFields: [GoField] { [] }

    func counters(_ fields: inout GoFieldResolver, goVersion: GoVersion?) -> (any PoolCounterReader)? { nil }
    func knows(version: String?) -> Bool { true }
}
