// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel

@Suite(.timeLimit(.minutes(15))) struct TextTests {
    @Test(
        arguments: [
            (0, "0 ns"), (999, "999 ns"), (1_000, "1 us"), (840_000_000, "840 ms"), (31_240_000_000, "31.2 s"),
            (5_000_000_000, "5 s"), (2_050_000, "2.05 ms"), (119_999_999_999, "119 s"), (125_000_000_000, "2 min 5 s"),
            (12_000_000_000_000, "3 h 20 min"), (-1_500_000, "-1.5 ms"),
        ] as [(Int64, String)])
    func durationsAreReadable(_ nanoseconds: Int64, _ text: String) {
        #expect(ReadableText.duration(.nanoseconds(nanoseconds)) == text)
    }

    @Test(
        arguments: [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (24_117_248, "23 MiB"), (.max, "17179869183 GiB")]
            as [(UInt64, String)])
    func sizesAreReadable(_ bytes: UInt64, _ text: String) {
        #expect(ReadableText.bytes(bytes) == text)
    }

    @Test(
        arguments: [(0.0, "0 %"), (0.004, "0.4 %"), (0.07, "7 %"), (0.995, "100 %"), (.nan, "0 %")]
            as [(Double, String)])
    func sharesAreReadable(_ part: Double, _ text: String) {
        #expect(ReadableText.share(part) == text)
    }

    @Test(
        arguments: [
            (0, 0, "[::]:5432"), (0, 1, "[::1]:5432"),
            (0x2001_0db8_0000_0000, 0x0000_0000_0000_0001, "[2001:db8::1]:5432"),
            (0x2001_0db8_0001_0000, 0x0001_0000_0000_0001, "[2001:db8:1:0:1::1]:5432"),
            (0, 0x0000_ffff_0a00_0005, "[::ffff:10.0.0.5]:5432"),
            (0x0001_0002_0003_0004, 0x0005_0006_0007_0000, "[1:2:3:4:5:6:7:0]:5432"),
        ] as [(UInt64, UInt64, String)])
    func ipv6FollowsRFC5952(_ high: UInt64, _ low: UInt64, _ text: String) {
        #expect(Endpoint.ipv6(high: high, low: low, port: 5432).description == text)
    }

    @Test func addressesOfRecordsAreInNetworkOrder() {
        let bytes: Endpoint.AddressBytes = (127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        #expect(Endpoint(family: 2, address: bytes, port: 80)?.description == "127.0.0.1:80")
        #expect(Endpoint(family: 1, address: bytes, port: 80) == nil)
    }

    @Test(arguments: [
        ("runtime.gopark", FrameOrigin.runtime), ("database/sql.(*DB).conn", .standardLibrary),
        ("main.(*server).report", .application), ("github.com/lib/pq.(*conn).Query", .library),
        ("github.com/acme/orders/store.Get[...]", .application), ("0x47ab10", .unknown),
        ("gopkg.in/demo%2ev1.(*T).Get", .application), ("netops/store.Get", .application),
        ("main.report.func1", .application), ("runtime/debug.Stack", .runtime),
        ("shop/vendor/github.com/gomodule/redigo/redis.(*Pool).Get", .library),
        ("shop/vendor/x.org/y/vendor/github.com/jackc/pgx/v5/pgxpool.(*Pool).Query", .library),
        ("shop/vendor/example.org/store.Get", .application), ("shop/vendor.Get", .application),
        ("shop/xvendor/github.com/lib/pq.Open", .application), ("vendor/golang.org/x/net/idna.New", .standardLibrary),
        ("shop/vendor/github.com/lib/pqx.Open", .application),
    ])
    func framesAreTheirPackages(_ function: String, _ origin: FrameOrigin) {
        let libraries = ["github.com/lib/pq", "github.com/gomodule/redigo", "github.com/jackc/pgx"]
        #expect(FrameOrigin(function: function, libraries: libraries) == origin)
    }

    @Test(
        arguments: [
            (1_740_830_400_123_000_000, "2025-03-01T12:00:00.123Z"), (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_000_000_000, "2000-02-28T23:59:59.000Z"),
            (951_868_800_999_000_000, "2000-03-01T00:00:00.999Z"),
        ] as [(UInt64, String)])
    func wallClockIsUTC(_ nanoseconds: UInt64, _ text: String) {
        let clock = WallClock(monotonic: MonotonicInstant(nanoseconds: 50), wallNanoseconds: nanoseconds)
        #expect(clock.text(of: MonotonicInstant(nanoseconds: 50)) == text)
    }
}
