// SPDX-License-Identifier: Apache-2.0
public import TraceModel

/// What a plan says of libraries, so that the analysis of a trace needs no adapter.
extension AdapterRegistry {
    /// Instrumentation that stands between any pool and the application.
    private static let instrumentation = ["go.opentelemetry.io"]

    /// The modules of the adapters, and of what may stand around them.
    public static func libraries(of adapters: [any PoolAdapter] = all) -> [String] {
        Set(adapters.flatMap(\.modules) + instrumentation).sorted()
    }

    /// A plan with what the recorder of an older trace did not write: the libraries, and the traits of each pool, by name.
    public static func completed(_ plan: ProbePlan) -> ProbePlan {
        var plan = plan
        plan.libraries = plan.libraries ?? libraries()
        for index in plan.pools.indices where plan.pools[index].traits == nil {
            let name = plan.pools[index].adapter
            plan.pools[index].traits = all.first { name == $0.name || name.hasPrefix("\($0.name) in ") }?.traits
        }
        return plan
    }
}
