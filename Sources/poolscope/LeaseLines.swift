// SPDX-License-Identifier: Apache-2.0
import Correlation
import Reports
import TraceModel

/// Prints the leases that are wanted; as text, with a heading, and each pool's name when its first lease comes.
struct LeaseLines {
    let filter: LeaseFilter
    let format: ResultFormat
    /// The parts of each lease's time instead of its begin and end.
    let showsParts: Bool
    private var pools: [PoolID: (name: String, number: Int)] = [:]
    private var hasHeading = false

    init(filter: LeaseFilter, format: ResultFormat, showsParts: Bool) {
        self.showsParts = showsParts
        self.filter = filter
        self.format = format
    }

    mutating func print(_ leases: [LeaseSummary], of correlator: Correlator) {
        if leases.isEmpty { return }
        let printer = LeasePrinter(correlator.moments())
        let end = correlator.moments().endedAt
        for lease in leases {
            let name = pools[lease.pool]?.name ?? correlator.poolName(of: lease.pool)
            guard filter.includes(lease, poolName: name, end: end) else { continue }
            if format == .json {
                Swift.print(printer.json(lease, poolName: name))
                continue
            }
            if !hasHeading { Swift.print(showsParts ? printer.partsHeading : printer.heading) }
            hasHeading = true
            if pools[lease.pool] == nil {
                Swift.print("# pool \(pools.count + 1): \(SafeText.sanitized(name))")
                pools[lease.pool] = (name, pools.count + 1)
            }
            let number = pools[lease.pool]?.number ?? 0
            Swift.print(
                showsParts
                    ? printer.parts(lease, poolNumber: number) : printer.text(lease, poolNumber: number))
        }
    }
}
