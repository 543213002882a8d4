// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Testing

@testable import PoolAdapters

@Suite struct AdapterPointTests {
    @Test func plainPointHasNoFlags() {
        let point = AdapterPoint(.release, "a.b", at: .entry, pool: 0, connection: 3)
        let native = point.probePoint(id: 7, walk: ps_walk_hop(), flags: PS_POINT_SKIP_STACK_GROWTH)
        #expect(native.id == 7)
        #expect(native.pool_register == 0)
        #expect(native.connection_register == 3)
        #expect(native.error_register == UInt8(PS_REGISTER_NONE))
        #expect(native.flags == PS_POINT_SKIP_STACK_GROWTH)
    }

    @Test func offsetsAreTold() {
        let point = AdapterPoint(
            .acquire_end, "a.b", at: .returns, connection: 1, connectionOffset: 8, sharedOffset: 16, error: 2)
        var walk = ps_walk_hop()
        walk.end = .any
        let native = point.probePoint(id: 0, walk: walk, flags: 0)
        #expect(native.flags == PS_POINT_KEY_IN_OBJECT | PS_POINT_MAY_BE_SHARED)
        #expect(native.key_offset == 8)
        #expect(native.shared_offset == 16)
        #expect(native.walk.end == .any)
    }

    /// An offset of 0 is an offset: pgxpool's handle begins with the pointer.
    @Test func anOffsetOfZeroIsTold() {
        let point = AdapterPoint(.release, "a.b", at: .entry, connection: 0, connectionOffset: 0)
        #expect(point.probePoint(id: 0, walk: ps_walk_hop(), flags: 0).flags == PS_POINT_KEY_IN_OBJECT)
    }

    /// A lease must be known by the same thing when it begins and when it ends.
    @Test(arguments: AdapterRegistry.all.map(\.name))
    func endsAreKeyedAsBeginnings(name: String) throws {
        let adapter = try #require(AdapterRegistry.all.first { $0.name == name })
        let end = try #require(adapter.points.first { $0.role == .acquire_end })
        for point in adapter.points where point.role == .release || point.role == .connection_close {
            #expect(point.sharedOffset == end.sharedOffset)
        }
        #expect(adapter.points.contains { $0.role == .release && !$0.isOptional })
    }
}
