// SPDX-License-Identifier: Apache-2.0

/// Where the time of the completed leases of one pool went, so far.
struct PoolLeaseTime {
    /// Call sites of which the holds are counted in a histogram each, of 8 KiB at the most.
    private static let histogramLimit = 64

    private(set) var holds = LogHistogram()
    private(set) var time = LeaseTime()
    /// By the number of the call site.
    private(set) var sites: [SiteLeaseTime] = []

    mutating func add(hold: UInt64, _ leaseTime: LeaseTime) {
        holds.add(hold)
        time += leaseTime
    }

    mutating func add(hold: UInt64, _ leaseTime: LeaseTime, toSite site: Int32) {
        if Int(site) >= sites.count {
            sites.append(contentsOf: repeatElement(SiteLeaseTime(), count: Int(site) + 1 - sites.count))
        }
        sites[Int(site)].add(hold: hold, leaseTime, isCounted: site < Self.histogramLimit)
    }

    mutating func addLong(hold: UInt64, socketTime: UInt64, acquired: EventMark, toSite site: Int32) {
        sites[Int(site)].addLong(hold: hold, socketTime: socketTime, acquired: acquired)
    }
}
