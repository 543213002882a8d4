// SPDX-License-Identifier: Apache-2.0
import Testing
import TraceModel
import TraceScripts

@testable import Diagnosis

@Suite(.timeLimit(.minutes(15))) struct DNSMessageTests {
    private func parsed(_ bytes: [UInt8], isStream: Bool = false) -> DNSMessage? {
        DNSMessage(bytes, isStream: isStream, total: bytes.count)
    }

    @Test func aQuery() throws {
        let message = try #require(parsed(TraceScript.message(0x1234, "Db.Internal")))
        #expect(message.id == 0x1234 && !message.isResponse && !message.isTruncated)
        #expect(message.name == "db.internal" && message.type == 1)
        #expect(message.addresses.isEmpty)
    }

    @Test func anAnswerHasAddresses() throws {
        let bytes = TraceScript.message(7, "db.internal", answers: [[10, 0, 0, 1], [10, 0, 0, 2]])
        let message = try #require(parsed(bytes))
        #expect(message.isResponse && message.responseCode == 0)
        #expect(message.addresses.map(\.description) == ["10.0.0.1:0", "10.0.0.2:0"])
    }

    @Test func behindAChainOfNamesAndOfOtherKinds() throws {
        var bytes = TraceScript.message(7, "db.internal", answers: [])
        bytes[7] = 4
        // CNAME to a.b, TXT, AAAA, and an A of the class CHAOS.
        bytes += [0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 5, 1, 97, 1, 98, 0]
        bytes += [1, 97, 1, 98, 0, 0, 16, 0, 1, 0, 0, 0, 60, 0, 1, 0]
        bytes += [1, 97, 0xc0, 12, 0, 28, 0, 1, 0, 0, 0, 60, 0, 16] + [0xfd] + [UInt8](repeating: 0, count: 14) + [1]
        bytes += [0, 0, 1, 0, 3, 0, 0, 0, 60, 0, 4, 10, 0, 0, 9]
        #expect(parsed(bytes)?.addresses.map(\.description) == ["[fd00::1]:0"])
    }

    @Test func whatIsCutOffIsLeftOut() throws {
        let whole = TraceScript.message(7, "db.internal", answers: [[10, 0, 0, 1], [10, 0, 0, 2]])
        let cut = try #require(DNSMessage(Array(whole.dropLast()), isStream: false, total: whole.count))
        #expect(cut.addresses.map(\.description) == ["10.0.0.1:0"])
        let question = TraceScript.message(7, "db.internal")
        for length in 0..<question.count {
            #expect(DNSMessage(Array(question.prefix(length)), isStream: false, total: question.count) == nil)
        }
    }

    @Test func onAStreamTheLengthMayComeFirst() {
        let message = TraceScript.message(7, "db.internal")
        #expect(parsed([0, UInt8(message.count)] + message, isStream: true)?.id == 7)
        #expect(parsed(message, isStream: true)?.id == 7)
        #expect(parsed([0, UInt8(message.count)] + message)?.name != "db.internal")
    }

    @Test func foreignBytesInANameAreWrittenAsNumbers() {
        let bytes = [UInt8](TraceScript.message(7, "ab.c")).map { $0 == UInt8(ascii: "b") ? 0x1b : $0 }
        #expect(parsed(bytes)?.name == "a\\027.c")
    }

    @Test func otherMessagesAreNone() {
        var bytes = TraceScript.message(7, "db.internal")
        bytes[2] = 0x28  // an update (RFC 2136)
        #expect(parsed(bytes) == nil)
        bytes = TraceScript.message(7, "db.internal")
        bytes[5] = 2
        #expect(parsed(bytes) == nil, "two questions")
        bytes = TraceScript.message(7, "db.internal")
        bytes[12] = 0xc0
        #expect(parsed(bytes) == nil, "a question that points to itself")
    }

    /// Every byte changed, and every length: no crash, and never more addresses than there is room for.
    @Test func hostileBytes() {
        let whole = TraceScript.message(7, "db.internal", answers: [[10, 0, 0, 1], [10, 0, 0, 2]])
        for index in whole.indices {
            for value in [UInt8(0), 1, 0x3f, 0x40, 0x7f, 0x80, 0xbf, 0xc0, 0xff] {
                var bytes = whole
                bytes[index] = value
                for length in [whole.count, index + 1, index] {
                    let message = parsed(Array(bytes.prefix(length)), isStream: index % 2 == 0)
                    #expect(message?.addresses.count ?? 0 <= 2)
                }
            }
        }
    }
}
