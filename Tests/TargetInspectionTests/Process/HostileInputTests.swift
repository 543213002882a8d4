// SPDX-License-Identifier: Apache-2.0
import Testing
import TestSupport

@testable import TargetInspection

/// Damaged programs and damaged memory: every outcome is right except a crash or a hang. The damage is the same in each run.
@Suite(.enabled(if: !GoToolchain.all.isEmpty, Comment(rawValue: GoToolchain.skipReason)), .timeLimit(.minutes(15)))
struct HostileInputTests {
    private static let victims = [
        GoProgram.all.first { $0.build == .stripped }, GoProgram.all.first { $0.build == .cgoPIEStripped },
        GoProgram.all.last { $0.build == .stripped },
    ].compactMap { $0 }

    /// Everything that is read from a file. Returns whether all of it could be read.
    private func inspect(_ path: String) -> Bool {
        do {
            let image = try ExecutableImage(path: path)
            _ = image.symbols(named: ["main", "getpid"])
            let info = try? GoBuildInfo(image: image)
            let symbols = try GoSymbolTable(image: image, version: info?.goVersion)
            let functions = symbols.functions(named: ["database/sql.(*DB).conn", "main.instance"]).values.joined()
            let placement = ProbePlacement(image: image)
            for function in functions {
                _ = try? placement.entrySite(of: function)
                _ = try? placement.returnSites(of: function)
            }
            for step in 0..<40 {
                let range = symbols.goTextRange
                let address = range.lowerBound &+ (range.upperBound &- range.lowerBound) / 40 &* UInt64(step)
                _ = symbols.frames(at: address, isReturnAddress: true)
            }
            _ = GoThreadLocal(symbols: symbols)
            return info != nil && !functions.isEmpty
        } catch {
            #expect(error.description.contains(path), "names the file: \(error)")
            return false
        }
    }

    /// Parts of the file that steer the reading; random damage seldom meets them.
    private func structures(of path: String) throws -> [Range<Int>] {
        let image = try ExecutableImage(path: path)
        let symbols = try GoSymbolTable(image: image, version: nil)
        let addresses = [symbols.tableAddress, try #require(symbols.moduleData).address]
        let tables = addresses.compactMap { image.fileOffset(ofAddress: $0) }.map { Int($0)..<(Int($0) + 400) }
        let index = Int(image.fileOffset(ofAddress: symbols.tableAddress) ?? 0) + symbols.header.functions
        let build = image.section(named: ".go.buildinfo").map { Int($0.fileOffset)..<(Int($0.fileOffset) + 200) }
        return [0..<64, 64..<700] + tables + [index..<(index + 4000)] + (build.map { [$0] } ?? [])
    }

    @Test(arguments: victims) func damagedFilesAreSurvived(_ program: GoProgram) throws {
        let file = try ScratchFile(copyOf: program.path())
        #expect(inspect(file.path))
        let targets = try structures(of: file.path)
        var random = SeededGenerator(seed: 0x5eed)
        var intact = 0
        for round in 0..<150 {
            let range = round % 5 == 4 ? 0..<(file.size - 8) : targets[round % targets.count]
            var undo: [(Int, [UInt8])] = []
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let offset = Int.random(in: range, using: &random)
                let count = [1, 4, 8].randomElement(using: &random) ?? 1
                let extremes: [UInt8] = [0, 0xff, 0x7f, 0x80, UInt8.random(in: 0...255, using: &random)]
                undo.append((offset, file.read(at: offset, count: count)))
                try file.write((0..<count).map { _ in extremes.randomElement(using: &random) ?? 0 }, at: offset)
            }
            if inspect(file.path) { intact += 1 }
            for (offset, bytes) in undo.reversed() { try file.write(bytes, at: offset) }
        }
        #expect(inspect(file.path), "the damage was undone each time")
        #expect(intact > 10 && intact < 150, "\(intact) of 150: the damage must sometimes matter")
    }

    /// Of debugging information: damage in its sections, and in the headers that say where they are.
    @Test(arguments: [GoProgram.all.first { $0.build == .plain }, GoProgram.all.last { $0.build == .plain }])
    func damagedDebugInformationIsSurvived(_ program: GoProgram?) throws {
        let program = try #require(program)
        let file = try ScratchFile(copyOf: program.path())
        let image = try ExecutableImage(path: file.path)
        let sections = image.sections.filter { $0.name.contains("debug_") && $0.size > 64 }
        try #require(sections.count > 4)
        let names = ["runtime", "database/sql"].map { GoStructureName(package: $0, name: $0 == "runtime" ? "g" : "DB") }
        func read() throws -> Int {
            guard let types = GoDebugTypes(image: try ExecutableImage(path: file.path)) else { return 0 }
            return names.compactMap { types.structure($0).flatMap { types.fields(of: $0) } }.joined()
                .count { types.size(of: $0.type) != nil && types.name(of: $0.type) != nil }
        }
        let whole = try read()
        #expect(whole > 50)
        var random = SeededGenerator(seed: 0xd3a1)
        var intact = 0
        for round in 0..<200 {
            let section = sections[round % sections.count]
            let end = Int(section.fileOffset + (round % 2 == 0 ? 64 : section.size)) - 8
            let offset = Int.random(in: Int(section.fileOffset)..<end, using: &random)
            let before = file.read(at: offset, count: 8)
            let count = Int.random(in: 1...8, using: &random)
            try file.write((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }, at: offset)
            if try read() == whole { intact += 1 }
            try file.write(before, at: offset)
        }
        #expect(try read() == whole, "the damage was undone each time")
        #expect(intact > 10 && intact < 190, "\(intact) of 200: the damage must sometimes matter")
    }

    @Test(arguments: victims) func truncatedFilesAreSurvived(_ program: GoProgram) throws {
        let file = try ScratchFile(copyOf: program.path())
        var random = SeededGenerator(seed: 0x7ea7)
        var size = file.size
        var refused = 0
        for _ in 0..<40 {
            size = Int.random(in: (size * 8 / 10)...size, using: &random)
            try file.truncate(to: size)
            if !inspect(file.path) { refused += 1 }
        }
        try file.truncate(to: 0)
        #expect(!inspect(file.path))
        #expect(refused > 30)
    }

    @Test(arguments: victims) func damagedMemoryIsSurvived(_ program: GoProgram) throws {
        let running = try RunningProgram(program)
        let moduleData = try #require(running.symbols.moduleData)
        var wrong = 0
        for seed in 0..<60 {
            let memory = DamagedMemory(memory: running.process.memory, seed: UInt64(seed))
            let types = GoTypes(memory: memory, moduleData: moduleData, bias: running.process.loadBias)
            let pool = GoStructureName(package: "database/sql", name: "DB")
            let fields = GoFieldOffsets(debugTypes: nil, descriptors: GoTypeIndex(types))
            for path in ["numOpen", "freeConn.len", "dep.len", "connector.absent"] {
                _ = fields.place(of: GoField(path, of: pool))
            }
            let walker = PointerChainReader(types: types, memory: memory)
            for connection in running.connections
            where walker.descriptor(interfaceAt: connection.interface) != connection.descriptor {
                wrong += 1
            }
        }
        #expect(wrong > 60, "the damage must matter")
    }
}
