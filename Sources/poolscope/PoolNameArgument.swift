// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import PoolAdapters

/// The name of a pool library that is armed on request only.
struct PoolNameArgument: ExpressibleByArgument {
    let name: String

    /// Those that there are.
    static let allValueStrings = AdapterRegistry.all.filter(\.isOnRequest).map(\.name)

    init?(argument: String) {
        guard Self.allValueStrings.contains(argument) else { return nil }
        name = argument
    }
}
