// SPDX-License-Identifier: Apache-2.0

extension GoRuntimeLayout {
    private static let goroutine = GoStructureName(package: "runtime", name: "g")
    private static let thread = GoStructureName(package: "runtime", name: "m")
    /// The first whose calling convention and function table are those of the later ones.
    private static let oldest = GoVersion(minor: 19)

    /// From the program's own types; what they do not tell, from the table of its Go version.
    ///
    /// - Throws: `unsupportedGo` when goroutines cannot be told apart.
    public init(
        fields: inout GoFieldResolver, version: GoVersion?, threadLocalOffset: Int64? = nil,
        path: String = "The program"
    ) throws(InspectionError) {
        if let version, version < Self.oldest {
            throw .unsupportedGo(path, "the layout of goroutines in \(version) is not known")
        }
        let table = version.flatMap { try? GoRuntimeLayout(version: $0) }
        let origin = GoFieldOrigin.table(version?.description ?? "no version")
        func find(
            _ name: String, of structure: GoStructureName, bytes: UInt32, _ known: UInt32??, loss: String
        ) -> UInt32? {
            let fallback = (known ?? nil).map { GoFieldPlace(offset: $0, size: bytes, origin: origin) }
            return fields.place(of: GoField(name, of: structure), bytes: bytes, table: fallback, loss: loss)?.offset
        }
        /// Read along with the field before it, as the next word.
        func adjoins(_ name: String, _ place: UInt32?, loss: String) -> UInt32? {
            guard let place else { return nil }
            let (next, overflow) = place.addingReportingOverflow(8)
            let holds =
                !overflow
                && fields.confirms(
                    [GoField(name, of: Self.goroutine)], at: next, bytes: 8,
                    versions: version?.description ?? "no version", loss: loss)
            return holds ? place : nil
        }
        let identity = "which goroutine does something"
        let goroutineID = find("goid", of: Self.goroutine, bytes: 8, table?.goroutineID, loss: identity)
        let machine = find("m", of: Self.goroutine, bytes: 8, table?.machine, loss: identity)
        let current = find("curg", of: Self.thread, bytes: 8, table?.currentGoroutine, loss: identity)
        guard let goroutineID, let machine, let current else {
            let name = version.map { "\($0)" } ?? "its Go version"
            throw .unsupportedGo(path, "the layout of goroutines in \(name) is not known")
        }
        self.goroutineID = goroutineID
        self.machine = machine
        currentGoroutine = current
        status = find(
            "atomicstatus", of: Self.goroutine, bytes: 4, table?.status, loss: "whether the holder of a lease has ended"
        )
        waitReason = find(
            "waitreason", of: Self.goroutine, bytes: 1, table?.waitReason, loss: "what the holder of a lease waits for")
        let stacks = "where the holder of a lease is now"
        let stack = find("stack.lo", of: Self.goroutine, bytes: 8, table?.stack, loss: stacks)
        self.stack = adjoins("stack.hi", stack, loss: stacks)
        let scheduled = find("sched.sp", of: Self.goroutine, bytes: 8, table?.scheduled, loss: stacks)
        self.scheduled = adjoins("sched.pc", scheduled, loss: stacks)
        let systemCall = find("syscallsp", of: Self.goroutine, bytes: 8, table?.systemCall, loss: stacks)
        self.systemCall = adjoins("syscallpc", systemCall, loss: stacks)
        schedulerGoroutine = table?.schedulerGoroutine
        signalGoroutine = table?.signalGoroutine
        self.threadLocalOffset = threadLocalOffset
        fields.note(
            "runtime.g from %fs", at: threadLocalOffset, bytes: 8, origin: .code("runtime.gogo"),
            reason: threadLocalOffset == nil ? "the code of runtime.gogo is not of a known form" : nil,
            loss: "which goroutine calls C code that uses a socket")
    }
}
