// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import PoolAdapters
@testable import TargetInspection

/// Layouts by version, and forms of names and code, without a program.
@Suite(.timeLimit(.minutes(15))) struct GoLayoutTests {
    @Test(arguments: [
        ("go1.24.11", GoVersion(minor: 24)), ("go1.22rc1", GoVersion(minor: 22)), ("go1.27", GoVersion(minor: 27)),
        ("devel go1.25-abcdef Thu", GoVersion(minor: 25)), ("go1.24.1 X:boringcrypto", GoVersion(minor: 24)),
        ("go", nil), ("", nil), ("1.24", nil), ("gopher", nil),
    ])
    func versionIsParsed(_ text: String, _ version: GoVersion?) {
        #expect(GoVersion(text) == version)
    }

    @Test func goroutineLayoutIsThatOfTheVersion() throws {
        let offsets = try [19, 21, 22, 23, 24, 25, 26, 27].map { minor in
            let layout = try GoRuntimeLayout(version: GoVersion(minor: minor))
            return [
                layout.goroutineID, layout.status, layout.waitReason, layout.signalGoroutine, layout.currentGoroutine,
            ]
        }
        #expect(
            offsets == [
                [152, 144, 176, 80, 192], [152, 144, 176, 80, 192], [152, 144, 176, 80, 192], [160, 152, 184, 80, 192],
                [160, 152, 184, 80, 192], [152, 144, 176, 72, 184], [152, 144, 176, 72, 184], [152, 144, 176, 72, 184],
            ])
    }

    @Test(arguments: [17, 18, 20, 28, 99]) func unknownVersionIsRefusedWithAReason(_ minor: Int) {
        let error = #expect(throws: InspectionError.self) { try GoRuntimeLayout(version: GoVersion(minor: minor)) }
        #expect(error?.code == .unsupportedGo)
        #expect(error?.description.contains("go1.\(minor)") == true)
        #expect(SQLPoolLayout(version: GoVersion(minor: minor)) == nil)
    }

    @Test func threadLocalOffsetIsDecoded() {
        func decode(_ bytes: [UInt8]) -> GoThreadLocal? { GoThreadLocal.decode(ByteTable(bytes), at: 0x1000) }
        // mov %rdx,%fs:0xfffffffffffffff8, after two other instructions
        #expect(
            decode([0x48, 0x89, 0xc3, 0x90, 0x64, 0x48, 0x89, 0x14, 0x25, 0xf8, 0xff, 0xff, 0xff, 0xc3])
                == .offset(-8))
        // mov $-112,%rcx; mov %rdx,%fs:(%rcx)
        #expect(decode([0x48, 0xc7, 0xc1, 0x90, 0xff, 0xff, 0xff, 0x64, 0x48, 0x89, 0x11, 0xc3]) == .offset(-112))
        // mov 0x100(%rip),%rcx; mov %rdx,%fs:(%rcx): the slot is counted from the next instruction
        let slot = decode([0x48, 0x8b, 0x0d, 0x00, 0x01, 0x00, 0x00, 0x64, 0x48, 0x89, 0x11, 0xc3])
        #expect(slot == .slot(0x1107))
        let memory = ByteMemory(base: 0x5107, [0xe8] + [UInt8](repeating: 0xff, count: 7))
        #expect(slot?.offset(in: memory, bias: 0x4000) == -24)
        #expect(slot?.offset(in: memory, bias: 0) == nil)
        #expect(decode([0xc3]) == nil)
        #expect(decode([]) == nil)
    }

    @Test(arguments: [
        ("p.(*Pool).Get", "p.(*Pool).Get", true), ("p.(*Pool).Get", "p.(*Pool[go.shape.*uint8]).Get", true),
        ("p.(*Pool[...]).Get", "p.(*Pool[go.shape.[]uint8]).Get", true), ("p.F", "p.F[int]", true),
        ("p.(*Pool[go.shape.*uint8]).Get", "p.(*Pool[...]).Get", true),
        ("p.(*Pool[go.shape.*uint8]).Get", "p.(*Pool[go.shape.int]).Get", false),
        ("p.(*Pool).Get", "p.(*Pool[int]).Get.func1", false), ("p.(*Pool).Get", "p.(*Pool).Getter", false),
        ("p.(*Pool[...]).Get", "p.(*Pool).Get", false), ("p.F", "", false),
        ("g.org/p.F", "x/vendor/g.org/p.F", true), ("g.org/p.F", "vendor/g.org/p.F", true),
        ("g.org/p.F", "x/vendor/y/vendor/g.org/p.F", true), ("g.org/p.F", "xvendor/g.org/p.F", false),
        ("g.org/p.F", "x/vendor/h/g.org/p.F", false), ("x/vendor/g.org/p.F", "x/vendor/g.org/p.F", true),
        ("x/vendor/g.org/p.F", "y/vendor/g.org/p.F", false), ("p.F", "p.F[x/vendor/q.T]", true),
        ("q.T", "p.F[x/vendor/q.T]", false), ("p.(*Pool).Get", "x/vendor/p.(*Pool[go.shape.int]).Get", true),
        ("g.in/demo.v1.F", "g.in/demo%2ev1.F", true), ("g.in/demo%2ev1.F", "g.in/demo%2ev1.F", true),
        ("g.in/demo.v1.F", "x/vendor/g.in/demo%2ev1.F", true), ("g.in/demo.v1.F", "g.in/demo%2ev2.F", false),
        ("p.F", "p.F%", false), ("p.F", "p.F%2", false), ("p.F", "%", false),
    ])
    func nameMatches(_ wanted: String, _ candidate: String, _ isMatch: Bool) {
        let found = Array(candidate.utf8).withUnsafeBytes {
            GoFunctionName(wanted).matches($0, isSpecial: GoFunctionName.isSpecial($0))
        }
        #expect(found == isMatch)
    }
}
