// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import FoundationEssentials
import Glibc
import Reports
import Testing
import TraceModel
import TraceScripts

/// Whole reports, byte for byte. POOLSCOPE_RECORD_SNAPSHOTS=1 writes them anew and fails, so that a recording is never
/// taken for a pass.
@Suite(.timeLimit(.minutes(15))) struct SnapshotTests {
    @Test(arguments: ["text", "json"]) func leakingService(_ format: String) throws {
        try expectSnapshot("leaking-service", format, report(.leakingService()))
    }

    @Test(arguments: ["text", "json"]) func healthyService(_ format: String) throws {
        try expectSnapshot("healthy-service", format, report(.healthyService()))
    }

    /// A trace that was cut off and lost records: nothing is proven, and what is missing is said.
    @Test(arguments: ["text"]) func lossyTrace(_ format: String) throws {
        var script = TraceScript.leakingService()
        script.end = nil
        script.loss(from: 9000, to: 10_000, kind: .poolRelease, count: 14)
        script.loss(from: 9000, to: 10_000, kind: .socketIO, count: 1203)
        script.plan.blindSpots = ["io_uring is in use: receives and sends through it are not seen."]
        script.plan.kernelProbes.append(
            PlannedKernelProbe(
                name: "task_exit", mechanism: nil, hooks: [], records: ["task_exit"], note: "not permitted (EPERM)"))
        try expectSnapshot("lossy-trace", format, report(script))
    }

    /// The wording of what a report can have.
    @Test(arguments: zip(TraceScript.everything().indices, names)) func everything(_ index: Int, _ name: String) throws
    {
        try expectSnapshot(name, "text", report(TraceScript.everything()[index]))
    }

    private static let names = [
        "lossy-leaks", "names", "peers-and-sums", "healthy-service", "failures", "roomy-pool", "cut-off",
    ]

    @Test func everyScriptHasAName() { #expect(Self.names.count == TraceScript.everything().count) }

    private func expectSnapshot(_ name: String, _ format: String, _ report: Report) throws {
        let renderer = try #require(ReportRegistry.renderer(format: format))
        let output = renderer.render(report, RenderOptions())
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let path = "/\(folder)/Snapshots/\(name).\(format == "text" ? "txt" : format)"
        if getenv("POOLSCOPE_RECORD_SNAPSHOTS") != nil {
            try output.write(toFile: path, atomically: true, encoding: .utf8)
            Issue.record("recorded \(name).\(format): review it")
            return
        }
        let expected = try String(contentsOfFile: path, encoding: .utf8)
        #expect(output == expected)
    }
}
