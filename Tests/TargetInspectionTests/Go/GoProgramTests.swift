// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import PoolAdapters
@testable import TargetInspection

/// What inspection finds in a running Go program, against what the program says about itself.
@Suite(
    .enabled(if: !GoToolchain.all.isEmpty || GoToolchain.isRequired, Comment(rawValue: GoToolchain.skipReason)),
    .timeLimit(.minutes(15)))
struct GoProgramTests {
    @Test(
        .enabled(
            if: GoToolchain.missing.isEmpty || GoToolchain.isRequired,
            Comment(rawValue: "not tested with Go \(GoToolchain.missing): run scripts/fetch-go.sh")))
    func everyToolchainIsThere() {
        #expect(GoToolchain.missing.isEmpty, Comment(rawValue: GoToolchain.skipReason))
    }

    @Test(arguments: GoProgram.all) func buildIsDescribed(_ program: GoProgram) throws {
        let image = try ExecutableImage(path: program.path())
        let info = try GoBuildInfo(image: image)
        #expect(info.version == "go\(program.toolchain.version)")
        #expect(info.goVersion == GoVersion(minor: program.toolchain.minor))
        #expect(info.path == "inspected")
        #expect(info.mainModule == "inspected")
        #expect(info.settings["GOARCH"] == "amd64")
        #expect(image.isStripped == program.build.isStripped)
        #expect(image.isPositionIndependent == program.build.isPositionIndependent)
        #expect(image.goBuildID?.isEmpty == false)
    }

    @Test(arguments: GoProgram.all) func framesAreThoseOfTheRuntime(_ program: GoProgram) throws {
        let running = try RunningProgram(program)
        #expect(running.frames.count > 6)
        #expect(running.frames.contains { $0.function == "main.middle" }, "middle is inlined into outermost")
        var index = 0
        var inlined = 0
        while index < running.frames.count {
            // The runtime lists the address of a call with inlined calls once for each of them, the real one first.
            let address = running.process.linkAddress(of: running.frames[index].address)
            let found = running.symbols.frames(at: address, isReturnAddress: true)
            try #require(!found.isEmpty)
            let expected = running.frames[index...].prefix(found.count)
            #expect(found.map { withoutArguments($0.function) } == expected.map { withoutArguments($0.function) })
            #expect(found.map(\.file) == expected.map(\.file))
            #expect(found.map(\.line) == expected.map(\.line))
            inlined += found.count - 1
            index += found.count
        }
        #expect(inlined >= 2)
    }

    private func withoutArguments(_ name: String) -> String {
        name.split(separator: "[").first.map(String.init)! + (name.split(separator: "]").dropFirst().last ?? "")
    }

    @Test(arguments: GoProgram.all) func connectionsAreWalkedToTheirDescriptors(_ program: GoProgram) throws {
        let running = try RunningProgram(program)
        let walker = PointerChainReader(types: try running.types(), memory: running.process.memory)
        #expect(running.connections.count >= 9)
        for connection in running.connections {
            let found = walker.descriptor(interfaceAt: connection.interface)
            #expect(found == (connection.descriptor < 0 ? nil : connection.descriptor), "\(connection.name)")
        }
    }

    @Test(arguments: GoProgram.all) func structuresAreFoundByName(_ program: GoProgram) throws {
        let running = try RunningProgram(program)
        let types = try running.types()
        let found = try #require(GoTypeIndex(types).structure(GoStructureName(package: "main", name: "late")))
        #expect(types.name(of: found) == "main.late")
        #expect(types.fields(of: found)?.map(\.name) == ["id", "other", "value"])
        let hop = PointerChainPlanner(types: types).hop(fromStructure: found)
        #expect(hop == .hop(PointerHop(dereferenceOffsets: [], terminal: .any(offset: 16))))
        #expect(GoTypeIndex(types).structure(GoStructureName(package: "other", name: "late")) == nil)
        #expect(GoTypeIndex(types).structure(GoStructureName(package: "main", name: "absent")) == nil)
        running.child.wait()
    }

    @Test(arguments: GoProgram.all) func goroutinesAreAudited(_ program: GoProgram) throws {
        let running = try RunningProgram(program)
        let layout = try GoRuntimeLayout(version: try #require(running.info.goVersion))
        let audit = GoroutineAudit(memory: running.process.memory, layout: layout)
        let parked = try #require(running.goroutines.first { $0.name == "parked" })
        let ended = try #require(running.goroutines.first { $0.name == "ended" })
        let state = audit.state(ofGoroutineAt: parked.address, id: parked.id)
        #expect(state.presence == .exists)
        #expect(state.status == 4)
        #expect(state.waitReason > 0)
        #expect(audit.state(ofGoroutineAt: ended.address, id: ended.id).presence == .ended)
        #expect(audit.state(ofGoroutineAt: parked.address, id: parked.id + 1_000_000).presence == .ended)
        #expect(audit.state(ofGoroutineAt: 0x10, id: 5).presence == .unknown)
        running.child.wait()
        #expect(audit.state(ofGoroutineAt: parked.address, id: parked.id).presence == .unknown)
    }

    /// The main goroutine is in a system call: its thread still carries it.
    @Test(arguments: GoProgram.all) func threadOfAGoroutineIsRead(_ program: GoProgram) throws {
        let running = try RunningProgram(program)
        let version = try #require(running.info.goVersion)
        let layout = try GoRuntimeLayout(version: version)
        let memory = running.process.memory
        func word(_ address: UInt64, _ offset: UInt32) throws -> UInt64 {
            try #require(memory.readUInt64(address + UInt64(offset)))
        }
        let main = try #require(running.goroutines.first { $0.name == "main" })
        let machine = try word(main.address, layout.machine)
        #expect(try word(machine, layout.currentGoroutine) == main.address)
        for own in [layout.schedulerGoroutine, layout.signalGoroutine] {
            let own = try #require(own)
            let goroutine = try word(machine, own)
            #expect(goroutine != main.address)
            #expect(try word(goroutine, layout.machine) == machine)
            #expect(try word(goroutine, layout.goroutineID) == 0, "it has no id: it is no goroutine")
        }
    }

    @Test(arguments: GoProgram.all) func poolCountersAreRead(_ program: GoProgram) throws {
        let running = try RunningProgram(program)
        let version = try #require(running.info.goVersion)
        let layout = try #require(SQLPoolLayout(version: version))
        let memory = running.process.memory
        let pool = UInt64(running.pool[0])
        let read = [layout.openCount, layout.idleCount, layout.maximumOpen, layout.maximumIdle].map {
            memory.readInt64(pool + UInt64($0))
        }
        #expect(read == [5, 2, 7, 3])
        #expect(running.pool.dropFirst() == [5, 2, 7, 3])
    }

    @Test(arguments: GoProgram.all) func threadLocalStorageIsDecoded(_ program: GoProgram) throws {
        let image = try ExecutableImage(path: program.path())
        let symbols = try GoSymbolTable(image: image, version: try GoBuildInfo(image: image).goVersion)
        #expect(GoThreadLocal(symbols: symbols) == .offset(-8))
    }
}
