// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import TargetInspection

/// Probe sites against what objdump(1) showed for these functions: returns, offset of `jbe`, offset of `push %rbp`.
@Suite(.enabled(if: !GoToolchain.all.isEmpty, Comment(rawValue: GoToolchain.skipReason)), .timeLimit(.minutes(15)))
struct ProbePlacementTests {
    private struct Expected {
        let function: String
        let returns: Int
        let check: UInt64
        let push: UInt64
    }

    private static func expected(minor: Int) -> [Expected] {
        // Go 1.23 shortened putConnDBLocked's frame, which changed the form of its stack check.
        let isSmall = minor >= 23
        return [
            Expected(function: "database/sql.(*DB).conn", returns: 13, check: 12, push: 18),
            Expected(function: "database/sql.(*DB).putConn", returns: 3, check: 4, push: 10),
            Expected(
                function: "database/sql.(*DB).putConnDBLocked", returns: 5, check: isSmall ? 4 : 9,
                push: isSmall ? 10 : 15),
            Expected(function: "database/sql.(*DB).openNewConnection", returns: 4, check: 9, push: 15),
            Expected(function: "database/sql.(*driverConn).finalClose", returns: 1, check: 9, push: 15),
            Expected(function: "database/sql.(*Conn).close", returns: 3, check: 4, push: 10),
            Expected(function: "net.(*conn).Read", returns: 2, check: 4, push: 10),
            Expected(function: "net.(*conn).Close", returns: 2, check: 4, push: 10),
            Expected(function: "internal/poll.(*FD).Write", returns: 6, check: 9, push: 15),
            Expected(function: "net.(*Resolver).lookupIPAddr", returns: 4, check: 12, push: 18),
        ]
    }

    @Test(arguments: GoProgram.all) func sitesAreAsDisassembled(_ program: GoProgram) throws {
        let image = try ExecutableImage(path: program.path())
        let symbols = try GoSymbolTable(image: image, version: GoVersion(minor: program.toolchain.minor))
        let placement = ProbePlacement(image: image)
        for expected in Self.expected(minor: program.toolchain.minor) {
            let function = try #require(symbols.functions(named: expected.function).first, "\(expected.function)")
            let site = try placement.entrySite(of: function)
            // Up to Go 1.20 the frame pointer is saved after the frame is made: no push follows the check.
            let hasPush = program.toolchain.minor >= 21
            #expect(site.placement == (hasPush ? .push : .jbe), "\(expected.function)")
            #expect(site.address - function.entry == (hasPush ? expected.push : expected.check), "\(expected.function)")
            #expect(site.bytes.first == (hasPush ? 0x55 : site.bytes.count == 2 ? 0x76 : 0x0f))
            #expect(image.read(fileOffset: site.fileOffset, count: site.bytes.count) == site.bytes)
            let returns = try placement.returnSites(of: function)
            #expect(returns.count == expected.returns, "\(expected.function)")
            #expect(returns.allSatisfy { $0.bytes == [0xc3] && $0.placement == .ret })
        }
    }

    @Test(arguments: GoProgram.all) func sitesAreVerifiedInTheProcess(_ program: GoProgram) throws {
        let running = try RunningProgram(program)
        let memory = running.process.memory
        let bias = running.process.loadBias
        let placement = ProbePlacement(image: running.process.image)
        let function = try #require(running.symbols.functions(named: "database/sql.(*DB).conn").first)
        let site = try placement.entrySite(of: function)
        #expect(placement.verify(site, in: memory, bias: bias) == .matches)
        for site in try placement.returnSites(of: function) {
            #expect(placement.verify(site, in: memory, bias: bias) == .matches)
        }
        let wrong = ProbeSite(
            address: site.address, fileOffset: site.fileOffset, bytes: [0x90], placement: site.placement)
        #expect(placement.verify(wrong, in: memory, bias: bias) == .differs([site.bytes[0]]))
        #expect(!placement.verify(wrong, in: memory, bias: bias).allowsProbe)
        #expect(placement.verify(site, in: memory, bias: bias &+ (1 << 50)) == .unreadable)
        let probed = ByteMemory(base: site.address, [0xcc] + site.bytes.dropFirst())
        #expect(placement.verify(site, in: probed, bias: 0) == .hasBreakpoint)
    }

    @Test(arguments: GoProgram.all.filter { $0.build == .stripped })
    func nearlyEveryFunctionIsDecoded(_ program: GoProgram) throws {
        let image = try ExecutableImage(path: program.path())
        let symbols = try GoSymbolTable(image: image, version: GoVersion(minor: program.toolchain.minor))
        let placement = ProbePlacement(image: image)
        var refused: [String] = []
        for index in stride(from: 0, to: symbols.functionCount, by: 5) {
            guard let function = symbols.function(at: index), function.end > function.entry else { continue }
            _ = try placement.entrySite(of: function)
            do { _ = try placement.returnSites(of: function) } catch { refused.append(error.description) }
        }
        // Only hand-written assembly with instructions newer than capstone.
        #expect(refused.count < 15, "\(refused)")
    }

    @Test func functionsOfCLibrariesHaveSites() throws {
        let image = try ExecutableImage(path: "/lib/x86_64-linux-gnu/libc.so.6")
        let placement = ProbePlacement(image: image)
        let symbols = image.symbols(named: ["getpid", "connect", "no_such_function"])
        #expect(Set(symbols.keys) == ["getpid", "connect"])
        for symbol in symbols.values {
            #expect(symbol.isFunction)
            let site = try placement.entrySite(of: symbol)
            #expect(site.address - symbol.address <= 4)
            #expect(try placement.returnSites(of: symbol).count >= 1)
        }
    }
}
