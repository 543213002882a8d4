// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import FoundationEssentials
import Testing
import TestSupport
import TraceModel

@testable import PoolAdapters
@testable import TargetInspection

@Suite(.timeLimit(.minutes(15))) struct PoolsFileTests {
    private static let example = PackageRoot.path + "/Examples/custom-pool/pools.json"

    private func text() throws -> String {
        String(decoding: try #require(FileManager.default.contents(atPath: Self.example)), as: UTF8.self)
    }

    private func parse(_ text: String) throws(PoolsFileError) -> PoolsFile {
        try PoolsFile(text: Array(text.utf8), name: "f")
    }

    @Test func exampleIsRead() throws {
        let pool = try #require(try PoolsFile(path: Self.example).pools.first)
        #expect(pool.name == "shop pool" && pool.module == nil && !pool.isOnRequest && pool.isDefinedByUser)
        #expect(pool.points.map(\.role) == [.acquire_begin, .acquire_end, .release, .connection_close])
        #expect(pool.points.map(\.pool) == [0, nil, 0, 0])
        #expect(pool.points.map(\.connection) == [nil, 0, 1, 1])
        #expect(pool.points.map(\.error) == [nil, 1, nil, nil])
        #expect(pool.points.map(\.isOptional) == [false, false, false, true])
        guard case .interfaceField(let field) = pool.chain else {
            Issue.record("\(pool.chain)")
            return
        }
        #expect(field.description == "main.pooledConnection.socket")
    }

    @Test func traitsAndModulesAreTheUsers() throws {
        let plain = try #require(try parse(try text()).pools.first)
        #expect(plain.traits == PoolTraits() && plain.modules.isEmpty)
        let stated = try text().replacing(
            #""name": "shop pool","#,
            with: #""name": "shop pool", "closes_to_cancel": true, "spreads_over_hosts": true, "modules": ["x.org/p"],"#
        )
        let pool = try #require(try parse(stated).pools.first)
        #expect(pool.traits == PoolTraits(closesToCancel: true, spreadsOverHosts: true))
        #expect(pool.modules == ["x.org/p"])
        #expect(AdapterRegistry.libraries(of: AdapterRegistry.all + [pool]).contains("x.org/p"))
        #expect(throws: PoolsFileError.self) {
            try parse(stated.replacing(#"["x.org/p"]"#, with: #""x.org/p""#))
        }
    }

    /// Go's internal ABI: what does not fit is on the stack as a whole, and a later one may still fit.
    @Test(arguments: [
        ("pointer", 0, 0), ("pointer string pointer", 2, 3), ("pointer interface slice error", 3, 6),
        ("float pointer", 1, 0), ("slice slice string slice pointer", 3, nil),
        ("slice slice string slice pointer", 4, 8), ("slice slice slice pointer", 3, nil), ("float", 0, nil),
        ("pointer", 1, nil), ("", 0, nil),
    ])
    func registersAreCounted(_ kinds: String, _ position: Int, _ register: Int?) {
        let signature = GoSignature(kinds: kinds.split(separator: " ").compactMap { .init(rawValue: String($0)) })
        #expect(signature.register(at: position) == register)
    }

    /// The connection of an interface is its second word.
    @Test func interfaceResultIsFollowedToItsObject() throws {
        let pool = try #require(
            try parse(try text().replacing("[\"pointer\", \"error\"]", with: "[\"interface\", \"error\"]")).pools.first)
        #expect(pool.points[1].connection == 1 && pool.points[1].error == 2)
    }

    @Test(arguments: [
        (
            "\"schema\": \"poolscope.pools/1\"", "\"schema\": \"poolscope.pools/2\"",
            "$.schema: this schema is not known"
        ),
        ("\"schema\": \"poolscope.pools/1\",", "", "$: \"schema\" is missing"),
        ("\"name\": \"shop pool\"", "\"name\": \"redigo\"", "$.pools[0]: there is a pool \"redigo\" already"),
        ("\"name\": \"shop pool\"", "\"name\": \"\"", "$.pools[0].name: it must have 1 to 1024"),
        (
            "\"name\"", "\"nmae\"",
            "$.pools[0]: there is no key \"nmae\" here. Use only: acquire, close, closes_to_cancel, module, modules, name,"
        ),
        ("\"connection\": 0", "\"connection\": 1", "$.pools[0].acquire.connection: the error there is not"),
        ("\"error\": 1", "\"error\": 0", "$.pools[0].acquire.error: the pointer there is no error"),
        ("\"error\": 1", "\"error\": 2", "$.pools[0].acquire.error: it must be a whole number from 0 to 1"),
        ("\"pool\": 0", "\"pool\": \"0\"", "$.pools[0].acquire.pool: it must be a whole number from 0 to 2"),
        ("\"integer\"]", "\"time.Duration\"]", "$.pools[0].acquire.parameters[2]: it is no kind of parameter"),
        ("main.(*connectionPool).borrow", "borrow", "$.pools[0].acquire.function: it is not the full name"),
        ("\"optional\": true", "\"optional\": 1", "$.pools[0].close[0].optional: it must be true or false"),
        ("\"field\": \"socket\"", "\"interface_offset\": 8", "$.pools[0].walk: \"interface_offset\" stands alone"),
        ("\"structure\": \"pooledConnection\",", "", "$.pools[0].walk: \"structure\" is missing"),
        ("\"pools\": [", "\"pools\": {} , \"x\": [", "$: there is no key \"x\" here"),
    ])
    func whatIsWrongIsSaidWithItsPlace(_ old: String, _ new: String, _ message: String) throws {
        let original = try text()
        let changed = original.replacing(old, with: new, maxReplacements: 1)
        #expect(changed != original)
        let error = #expect(throws: PoolsFileError.self) { try parse(changed) }
        #expect(error?.description.hasPrefix("f, \(message)") == true, "\(error?.description ?? "-")")
    }

    @Test(arguments: ["", "{", "[]", "null", "3", "{\"schema\": 1}", "{\"schema\":\"poolscope.pools/1\",\"pools\":[]}"])
    func whatIsNoDescriptionIsRefused(_ text: String) {
        #expect(throws: PoolsFileError.self) { try parse(text) }
    }

    @Test func largeAndDeepFilesAreRefused() throws {
        #expect(throws: PoolsFileError.self) { try parse(String(repeating: "[", count: 200_000)) }
        #expect(throws: PoolsFileError.self) { try PoolsFile(path: "/dev/zero") }
        #expect(throws: PoolsFileError.self) { try PoolsFile(path: "/nonexistent/pools.json") }
    }

    /// Every outcome is right except a crash: a damaged description is refused in a sentence, or describes other pools.
    @Test func damagedDescriptionsAreSurvived() throws {
        let original = Array(try text().utf8)
        let pieces = [
            "{", "}", "[", "]", "\"", ",", ":", "null", "-1", "1e99", "99999999999999999999", "\\u0000", "\u{fe}",
        ]
        var state: UInt64 = 0x5eed
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(count))
        }
        var refused = 0
        for _ in 0..<3000 {
            var bytes = original
            for _ in 0...random(3) {
                let place = random(bytes.count)
                switch random(4) {
                case 0: bytes[place] = UInt8(random(256))
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: Array(pieces[random(pieces.count)].utf8), at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + random(40)))
                }
            }
            do {
                for pool in try PoolsFile(text: bytes, name: "f").pools {
                    #expect(!pool.name.isEmpty)
                    for point in pool.points {
                        for register in [point.pool, point.connection, point.error].compactMap({ $0 }) {
                            #expect(register < GoSignature.registerCount)
                        }
                    }
                }
            } catch {
                refused += 1
                #expect(!error.reason.isEmpty && !error.remedy.isEmpty)
            }
        }
        #expect(refused > 1500 && refused < 3000, "\(refused) of 3000: the damage must sometimes matter")
    }
}
