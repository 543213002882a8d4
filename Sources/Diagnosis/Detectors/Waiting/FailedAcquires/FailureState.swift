// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// The acquires of a pool that came back with one error, or with one type of error, so far.
struct FailureState {
    private static let siteLimit = 31

    var dialled: UInt64 = 0
    var waits = LogHistogram()
    /// Those whose request was before the trace: they have no wait.
    var withoutBegin: UInt64 = 0
    private(set) var sites: [FailureSiteState] = []

    var count: UInt64 { waits.count &+ withoutBegin }

    /// - Parameter site: Of the pool; -1: not known, or one of too many.
    mutating func note(site: Int32, count: UInt64 = 1, first: EventMark, last: EventMark, holder: Holder) {
        // What is one too many is booked to a site without a name.
        let isKnown = sites.contains { $0.site == site }
        let site = isKnown || sites.count < Self.siteLimit ? site : -1
        guard let index = sites.firstIndex(where: { $0.site == site }) else {
            sites.append(FailureSiteState(site: site, count: count, first: first, last: last, lastHolder: holder))
            return
        }
        sites[index].count &+= count
        if first.ordinal < sites[index].first.ordinal { sites[index].first = first }
        if last.ordinal >= sites[index].last.ordinal {
            sites[index].last = last
            sites[index].lastHolder = holder
        }
    }

    mutating func add(_ other: FailureState) {
        dialled &+= other.dialled
        waits.add(other.waits)
        withoutBegin &+= other.withoutBegin
        for site in other.sites {
            note(site: site.site, count: site.count, first: site.first, last: site.last, holder: site.lastHolder)
        }
    }
}
