// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import TestSupport

@testable import TargetInspection

/// Processes and files that are not what they should be, each with its message and remedy.
@Suite(.timeLimit(.minutes(15))) struct TargetProcessTests {
    @Test func ownProcessIsDescribed() throws {
        let process = try TargetProcess(processID: getpid())
        #expect(process.isAlive)
        #expect(process.argumentCount == CommandLine.arguments.count)
        #expect(process.executablePath.hasPrefix("/"))
        let facts = process.facts(recorderVersion: "1.0")
        #expect(facts.processID == getpid())
        #expect(facts.name == process.name)
        #expect(facts.machine == "x86_64")
        #expect(!facts.kernelRelease.isEmpty && !facts.hostName.isEmpty)
        #expect(facts.goVersion == nil && facts.modules.isEmpty)
        // The ELF header is where the load bias says.
        let first = try #require(process.image.segments.first { $0.isLoaded && $0.fileOffset == 0 })
        #expect(process.memory.readUInt32(process.address(ofLinkAddress: first.address)) == 0x464c_457f)
        #expect(process.linkAddress(of: process.address(ofLinkAddress: 0x1234)) == 0x1234)
        #expect(throws: InspectionError.self) { try GoBuildInfo(image: process.image) }
    }

    @Test func descriptorsAreKnownByTheirKind() throws {
        let process = try TargetProcess(processID: getpid())
        let descriptor = inotify_init1(0)
        #expect(process.holdsDescriptor(of: "anon_inode:inotify"))
        #expect(!process.holdsDescriptor(of: "anon_inode:inotif"))
        #expect(!process.holdsDescriptor(of: "anon_inode:[nothing is called so]"))
        close(descriptor)
        let child = try PipedProcess.startCat()
        #expect(try !TargetProcess(processID: child.processID).hasIOUring)
        child.wait()
    }

    @Test func programWithoutSymbolsOfItsOwnIsPlaced() throws {
        let child = try PipedProcess.startCat()
        let process = try TargetProcess(processID: child.processID)
        #expect(process.name == "cat")
        #expect(process.argumentCount == 1)
        #expect(process.image.isPositionIndependent && process.image.hasInterpreter)
        #expect(!process.image.isStaticallyLinked)
        #expect(process.image.isStripped)
        #expect(process.image.buildID?.count == 40)
        #expect(process.memory.readUInt32(process.loadBias) == 0x464c_457f)
        #expect(process.memory.read(0, count: 1) == nil)
        #expect(process.memory.read(.max, count: 8) == nil)
        child.wait()
        #expect(!process.isAlive)
        #expect(process.memory.readUInt32(process.loadBias) == nil)
    }

    @Test func deletedProgramIsStillRead() throws {
        let copy = "/tmp/inspected-deleted-\(getpid())"
        try PipedProcess.run(["cp", "/bin/cat", copy])
        let child = try PipedProcess.startCat(copy)
        unlink(copy)
        let process = try TargetProcess(processID: child.processID)
        #expect(process.executablePath == copy)
        #expect(process.image.entryAddress != 0)
        #expect(process.memory.readUInt32(process.loadBias) == 0x464c_457f)
    }

    @Test func absentProcessIsRefused() throws {
        for processID: Int32 in [-1, 0, .max] {
            let error = #expect(throws: InspectionError.self) { try TargetProcess(processID: processID) }
            #expect(error?.code == .noSuchProcess)
            #expect(error?.description.contains("There is no process with PID \(processID)") == true)
        }
    }

    @Test(.enabled(if: access("/proc/2/comm", R_OK) == 0, "a PID namespace of its own has no kernel threads"))
    func kernelThreadIsRefused() throws {
        let error = #expect(throws: InspectionError.self) { try TargetProcess(processID: 2) }
        #expect(error?.code == .notFound || error?.code == .notPermitted)
    }

    @Test func filesThatAreNotProgramsAreRefused() throws {
        func code(_ path: String) -> InspectionError.Code? {
            #expect(throws: InspectionError.self) { try ExecutableImage(path: path) }?.code
        }
        #expect(code("/no/such/file") == .notFound)
        #expect(code("/tmp") == .notELF)
        #expect(code("/dev/null") == .notELF)
        let text = try ScratchFile(content: Array("#!/bin/sh\n".utf8))
        #expect(code(text.path) == .notELF)
        let cat = try ScratchFile(copyOf: "/bin/cat")
        try cat.write([1], at: 4)  // EI_CLASS: 32-bit
        #expect(code(cat.path) == .unsupportedMachine)
        try cat.write([2], at: 4)
        try cat.write([183, 0], at: 18)  // e_machine: arm64
        let error = #expect(throws: InspectionError.self) { try ExecutableImage(path: cat.path) }
        #expect(error?.code == .unsupportedMachine)
        #expect(
            error?.description == """
                \(cat.path) is built for arm64. Give a 64-bit x86 program.
                """)
        try cat.write([62, 0], at: 18)
        try cat.truncate(to: 5000)
        #expect(code(cat.path) == .corrupt)
    }

    @Test func refusalsOfTheKernelNameTheRemedy() {
        let refused = InspectionError.process(7, cannot: "open the memory", errorNumber: EACCES)
        #expect(refused.code == .notPermitted)
        #expect(
            refused.description == """
                Cannot open the memory of process 7: Permission denied. Run as root, or with CAP_SYS_PTRACE.
                """)
        #expect(InspectionError.process(7, cannot: "read `maps`", errorNumber: ESRCH) == .processExited(7))
        #expect(
            InspectionError.file("/x", cannot: "open", errorNumber: ENOENT).description
                == "Cannot open /x: No such file or directory. Check the path.")
    }

    /// What inspection holds of a process must not be mistaken for another that gets its PID.
    @Test func endedProcessStaysEnded() throws {
        let child = try PipedProcess.startCat()
        let directory = try ProcessDirectory(processID: child.processID)
        let memory = try TargetMemory(processDirectory: directory.descriptor, processID: child.processID)
        #expect(directory.status() != nil)
        child.wait()
        #expect(directory.status() == nil)
        #expect(throws: InspectionError.processExited(child.processID)) { try directory.read("maps") }
        #expect(memory.read(0x400000, count: 1) == nil)
    }

    @Test func mappingsAreParsed() {
        let text = """
            00400000-00410000 r-xp 00001000 fe:01 1234                       /opt/a program (deleted)
            7ffd0000-7ffd1000 rw-p 00000000 00:00 0 
            nonsense
            """
        let mappings = MemoryMapping.all(in: text)
        #expect(mappings.count == 2)
        #expect(mappings[0].start == 0x400000 && mappings[0].end == 0x410000 && mappings[0].fileOffset == 0x1000)
        #expect(mappings[0].isExecutable && mappings[0].inode == 1234)
        #expect(mappings[0].path == "/opt/a program (deleted)")
        #expect(mappings[1].path.isEmpty && !mappings[1].isExecutable)
    }
}
