// SPDX-License-Identifier: Apache-2.0
import PoolAdapters
import Testing
import TraceModel

/// Plans of traces from before the recorder wrote traits and libraries.
struct OlderPlanTests {
    private func completed(_ adapter: String) -> PoolTraits? {
        let plan = ProbePlan(pools: [PlannedPool(adapterID: 0, adapter: adapter, isComplete: true)])
        return AdapterRegistry.completed(plan).pools[0].traits
    }

    @Test func traitsAreThoseOfTheAdapter() {
        #expect(completed("database/sql")?.countsOnlyQueuedWaits == true)
        #expect(completed("net/http") == PoolTraits(closesToCancel: true, spreadsOverHosts: true))
        #expect(completed("mongo-driver in shop/vendor")?.closesToCancel == true, "a copy that another brought along")
        #expect(completed("redigo") == PoolTraits())
        #expect(completed("a pool at home") == nil)
    }

    @Test func whatAPlanTellsIsKept() {
        var plan = ProbePlan(pools: [PlannedPool(adapterID: 0, adapter: "net/http", isComplete: true)], libraries: [])
        plan.pools[0].traits = PoolTraits()
        #expect(AdapterRegistry.completed(plan) == plan)
        plan.libraries = nil
        #expect(AdapterRegistry.completed(plan).libraries?.contains("github.com/lib/pq") == true)
    }
}
