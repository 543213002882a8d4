// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import Reports
import TraceModel

/// Prints the leases that are wanted, or the acquires that failed; as text, with a heading, and each pool's name when its first lease comes.
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
            let name = name(of: lease.pool, correlator)
            guard filter.includes(lease, poolName: name, end: end) else { continue }
            if format == .json {
                Swift.print(printer.json(lease, poolName: name))
                continue
            }
            let number = head(
                of: lease.pool, name: name, heading: showsParts ? printer.partsHeading : printer.heading)
            Swift.print(
                showsParts
                    ? printer.parts(lease, poolNumber: number) : printer.text(lease, poolNumber: number))
        }
    }

    mutating func print(_ failures: [FailedAcquire], of correlator: Correlator) {
        if failures.isEmpty { return }
        let printer = LeasePrinter(correlator.moments())
        for failure in failures {
            let name = name(of: failure.pool, correlator)
            guard filter.includes(failure, poolName: name) else { continue }
            if format == .json {
                Swift.print(printer.json(failure, poolName: name))
                continue
            }
            let number = head(of: failure.pool, name: name, heading: printer.failureHeading)
            Swift.print(printer.text(failure, poolNumber: number))
        }
    }

    private func name(of pool: PoolID, _ correlator: Correlator) -> String {
        pools[pool]?.name ?? correlator.poolName(of: pool)
    }

    /// Prints what comes before the first line, and before a pool's first. Returns the pool's number.
    private mutating func head(of pool: PoolID, name: String, heading: String) -> Int {
        if !hasHeading { Swift.print(heading) }
        hasHeading = true
        if let known = pools[pool] { return known.number }
        let number = pools.count + 1
        Swift.print("# pool \(number): \(SafeText.sanitized(name))")
        pools[pool] = (name, number)
        return number
    }
}
