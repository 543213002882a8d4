// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import PoolAdapters
import Testing

@Suite(.timeLimit(.minutes(15))) struct AdapterRegistryTests {
    @Test func namesAreUnique() {
        let names = AdapterRegistry.all.map(\.name)
        #expect(Set(names).count == names.count)
    }

    /// Earlier versions pass the connection in another register: leases would get the wrong key.
    @Test func goRedis8IsKnownByItsVersionOnly() throws {
        let adapter = try #require(AdapterRegistry.all.first { $0.name == "go-redis v8" })
        #expect(adapter.knows(version: "v8.11.5"))
        #expect(!adapter.knows(version: "v8.1.1"))
        #expect(!adapter.knows(version: "v8.4.0"))
        #expect(!adapter.knows(version: "(devel)"))
        #expect(!adapter.knows(version: nil))
    }

    @Test(arguments: AdapterRegistry.all.map(\.name))
    func everyAdapterHasWholeLeases(name: String) throws {
        let adapter = try #require(AdapterRegistry.all.first { $0.name == name })
        let roles = Set(adapter.points.map(\.role))
        #expect(roles.isSuperset(of: [.acquire_begin, .acquire_end, .release]))
        for point in adapter.points {
            // A lease is keyed by its connection. Where a library has no pool object, no point names one.
            switch point.role {
            case .acquire_begin: #expect(point.pool != nil || adapter.points.allSatisfy { $0.pool == nil })
            case .acquire_end:
                let isKept = adapter.points.contains { $0.keepsConnection && $0.function == point.function }
                #expect((point.connection == nil) == isKept)
            default: #expect(point.connection != nil)
            }
            // Results are in registers only at the return, arguments only at the entry.
            #expect((point.place == .returns) == (point.role == .acquire_end))
        }
    }
}
