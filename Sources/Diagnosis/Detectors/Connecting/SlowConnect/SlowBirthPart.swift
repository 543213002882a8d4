// SPDX-License-Identifier: Apache-2.0
import TraceModel

/// One part of the beginning of the connections to one endpoint: all pools and none together.
struct SlowBirthPart {
    /// As in `10 of 12 TLS handshakes took 800 ms or longer`.
    let name: String
    /// What begins the names of its measurements.
    let key: String
    let floor: Duration
    let advice: String
    private(set) var count: UInt64 = 0
    private(set) var slow: UInt64 = 0
    private(set) var total = Duration.zero
    private(set) var longest = Duration.zero
    private(set) var first: EventReference?
    private(set) var last: EventReference?

    /// The three parts that are no TCP, of one endpoint.
    static func all(of births: [BirthSummary], _ thresholds: Thresholds) -> [SlowBirthPart] {
        var lookup = SlowBirthPart(
            name: "look-up", key: "lookup", floor: thresholds[SlowConnectRule.dns],
            advice: "Look at the resolver that this host uses, and run a cache on the host.")
        var handshake = SlowBirthPart(
            name: "TLS handshake", key: "tls", floor: thresholds[SlowConnectRule.tls],
            advice:
                "Look at the server's load during handshakes, at certificate checks that call other services (OCSP), and at "
                + "the network path; TLS 1.3 needs one round trip less.")
        var startUp = SlowBirthPart(
            name: "start-up", key: "session_startup", floor: thresholds[SlowConnectRule.startUp],
            advice:
                "Look at what the server does before it accepts a client: authentication by another service, a process "
                + "for each connection, commands that the driver sends first.")
        for birth in births {
            lookup.add(birth.lookup, birth.slowLookup)
            handshake.add(birth.handshake, birth.slowHandshake)
            startUp.add(birth.startUp, birth.slowStartUp)
        }
        return [lookup, handshake, startUp]
    }

    private init(name: String, key: String, floor: Duration, advice: String) {
        self.name = name
        self.key = key
        self.floor = floor
        self.advice = advice
    }

    private mutating func add(_ times: DurationStatistics, _ part: SlowBirths) {
        count &+= times.count
        slow &+= part.count
        total += times.total
        longest = max(longest, times.longest)
        if let event = part.first, first.map({ event.ordinal < $0.ordinal }) ?? true { first = event }
        if let event = part.last, last.map({ event.ordinal > $0.ordinal }) ?? true { last = event }
    }

    var headline: String {
        "\(slow) of \(ReadableText.count(count, name)) took \(ReadableText.duration(floor)) or longer"
    }

    var evidence: Evidence {
        let mean = Duration.nanoseconds(total.wholeNanoseconds / Int64(clamping: max(1, count)))
        return Evidence(
            "\(ReadableText.count(count, name)): \(ReadableText.duration(mean)) on average, "
                + "\(ReadableText.duration(longest)) at most; \(slow) took \(ReadableText.duration(floor)) or longer.",
            measurements: [
                Measurement("\(key)_count", .count(count)), Measurement("\(key)_slow", .count(slow)),
                Measurement("\(key)_mean", .duration(mean)), Measurement("\(key)_longest", .duration(longest)),
            ], events: [first, last].compactMap { $0 })
    }
}
