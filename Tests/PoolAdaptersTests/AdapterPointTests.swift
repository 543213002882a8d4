// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import Testing

@testable import PoolAdapters

@Suite(.timeLimit(.minutes(15))) struct AdapterPointTests {
    @Test func plainPointHasNoFlags() {
        let point = AdapterPoint(.release, "a.b", at: .entry, pool: 0, connection: 3)
        let native = point.probePoint(id: 7, adapterID: 2, chain: ps_pointer_hop(), flags: PS_POINT_SKIP_STACK_GROWTH)
        #expect(native.id == 7)
        #expect(native.pool_register == 0)
        #expect(native.connection_register == 3)
        #expect(native.error_register == UInt8(PS_REGISTER_NONE))
        #expect(native.flags == PS_POINT_SKIP_STACK_GROWTH)
        #expect(native.key_dereference_count == 0)
        #expect(native.leased_set == 0)
    }

    @Test func offsetsAreTold() {
        let point = AdapterPoint(
            .acquire_end, "a.b", at: .returns, connection: 1, connectionPath: [8, 24], sharedOffset: 16, error: 2)
        var chain = ps_pointer_hop()
        chain.end = .any
        let native = point.probePoint(id: 0, adapterID: 0, chain: chain, flags: 0)
        #expect(native.flags == PS_POINT_MAY_BE_SHARED)
        #expect(native.key_dereference_count == 2)
        #expect(native.key_offsets.0 == 8)
        #expect(native.key_offsets.1 == 24)
        #expect(native.shared_offset == 16)
        #expect(native.chain.end == .any)
    }

    /// An offset of 0 is an offset: pgxpool's handle begins with the pointer.
    @Test func anOffsetOfZeroIsTold() {
        let point = AdapterPoint(.release, "a.b", at: .entry, connection: 0, connectionPath: [0])
        #expect(point.probePoint(id: 0, adapterID: 0, chain: ps_pointer_hop(), flags: 0).key_dereference_count == 1)
    }

    @Test func aKeptArgumentIsTold() {
        let begin = AdapterPoint(.acquire_begin, "a.b", at: .entry, connection: 1, keepsConnection: true)
        let end = AdapterPoint(.acquire_end, "a.b", at: .returns, error: 0, isOfKnownLeases: true)
        let kept = begin.probePoint(id: 0, adapterID: 2, chain: ps_pointer_hop(), flags: 0)
        #expect(kept.flags == PS_POINT_KEEPS_ARGUMENT)
        #expect(kept.connection_register == 1)
        let native = end.probePoint(id: 0, adapterID: 2, chain: ps_pointer_hop(), flags: 0)
        #expect(native.flags == PS_POINT_KEPT_ARGUMENT)
        // 0 would be no set.
        #expect(native.leased_set == 3)
    }

    /// A lease must be known by the same thing when it begins and when it ends.
    @Test(arguments: AdapterRegistry.all.map(\.name))
    func endsAreKeyedAsBeginnings(name: String) throws {
        let adapter = try #require(AdapterRegistry.all.first { $0.name == name })
        let end = try #require(adapter.points.first { $0.role == .acquire_end })
        for point in adapter.points where point.role == .release || point.role == .connection_close {
            #expect(point.sharedOffset == end.sharedOffset)
            #expect(point.isOfKnownLeases == end.isOfKnownLeases)
        }
        #expect(adapter.points.contains { $0.role == .release && !$0.isOptional })
    }

    /// A path that no program was asked for would hold for the programs only that poolscope was tried with.
    @Test(arguments: AdapterRegistry.all.map(\.name))
    func everyStepHasItsField(name: String) throws {
        let adapter = try #require(AdapterRegistry.all.first { $0.name == name })
        for point in adapter.points where !point.connectionPath.isEmpty {
            #expect(point.connectionPath.count == adapter.keySteps.count)
        }
        #expect(adapter.points.contains { $0.sharedOffset != nil } == (adapter.sharedField != nil))
        if case .hop = adapter.chain { Issue.record("where the chain of \(name) begins is not asked of the program") }
        var point = AdapterPoint(.release, "a.b", at: .entry, connection: 0, connectionPath: [8, 0], sharedOffset: 4)
        #expect(point.located(key: [24, 16], shared: 40).connectionPath == [24, 16])
        #expect(point.located(key: [24], shared: 40).connectionPath == [8, 0])
        point = point.located(key: nil, shared: nil)
        #expect(point.connectionPath == [8, 0] && point.sharedOffset == 4)
    }

    /// More steps than the kernel side follows would make another key.
    @Test(arguments: AdapterRegistry.all.map(\.name))
    func noPathIsTooLong(name: String) throws {
        let adapter = try #require(AdapterRegistry.all.first { $0.name == name })
        for point in adapter.points { #expect(point.connectionPath.count <= Int(PS_KEY_DEREFERENCES)) }
    }
}
