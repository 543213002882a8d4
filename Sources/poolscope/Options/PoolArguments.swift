// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import PoolAdapters

/// Which pools to look for, beyond those that are always armed.
struct PoolArguments: ParsableArguments {
    @Option(help: "Arm this pool too, which is armed on request only (\(onRequest)). Can be given several times.")
    var enablePool: [String] = []

    @Option(help: "A file that describes pools of your own: docs/pools-file.md.")
    var poolDefinitions: String?

    /// The names of both before.
    @Option(help: .hidden) var pool: [String] = []
    @Option(help: .hidden) var pools: String?

    /// The pools that are asked for.
    var requested: [String] { enablePool + pool }
    /// The file of pools.
    var definitions: String? { poolDefinitions ?? pools }

    private static var onRequest: String {
        AdapterRegistry.all.filter(\.isOnRequest).map(\.name).joined(separator: ", ")
    }

    /// Those of a file are known when it is read.
    func validate() throws {
        if definitions == nil { try check(AdapterRegistry.all) }
    }

    /// All pools that poolscope knows, with those of the file.
    func adapters() throws -> [any PoolAdapter] {
        let adapters = AdapterRegistry.all + (try definitions.map { try PoolsFile(path: $0).pools } ?? [])
        try check(adapters)
        return adapters
    }

    private func check(_ adapters: [any PoolAdapter]) throws {
        let known = adapters.filter(\.isOnRequest).map(\.name)
        if let unknown = requested.first(where: { !known.contains($0) }) {
            throw ValidationError(
                "There is no pool '\(unknown)' that is armed on request. There are: \(known.joined(separator: ", ")).")
        }
    }
}
