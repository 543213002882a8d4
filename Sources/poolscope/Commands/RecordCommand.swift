// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc
import Recording

struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Attach to a running process and record it into a trace.",
        discussion: """
            Needs root, or CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE, CAP_NET_ADMIN and CAP_DAC_READ_SEARCH; keeps no more \
            than these. The process is read, never stopped or changed. Ends at Ctrl-C, after --duration, or with the process, and prints what 'analyze' would say.
            """)

    @OptionGroup var recording: RecordingArguments

    @Option(
        name: [.short, .long],
        help:
            "The trace to write. It must not exist. With --follow, those of other processes stand beside it: FILE.PID.pscope."
    )
    var output: String

    @Flag(
        help: """
            Record the processes that this one starts, each into a trace of its own, and the program that it becomes. \
            Keeps the privileges to do so.
            """)
    var follow = false

    @Flag(name: [.short, .long], help: "Print neither progress nor the summary.")
    var quiet = false

    @OptionGroup var analysis: AnalysisOptions

    func run() throws {
        try reportingFailure {
            // Before anything is armed: a configuration that cannot be used must not cost a recording.
            let (rules, failOn) = try analysis.settings()
            var options = try recording.options(output: output)
            try Privileges.require()
            let isLive = !quiet && StandardError.isTerminal
            let pid = recording.pid
            let target = try InspectedTarget(processID: pid)
            let followers = follow ? Followers(of: self) : nil
            if let followers { options.onChild = { followers.record($0) } }
            options.onNote = { StandardError.write((isLive ? "\n" : "") + "note: \($0)") }
            // A reader of the messages that goes away must not end the recording.
            signal(SIGPIPE, SIG_IGN)
            let recorder = try Recorder(target: target, options: options)
            for spot in recorder.plan.blindSpots { StandardError.write("note: \(spot)") }
            if !quiet {
                StandardError.write(
                    "Recording \(target.process.name) (\(pid)) into \(output): "
                        + "\(recorder.plan.points.count) probes in \(recorder.plan.pools.count) pools. Ctrl-C ends it.")
            }
            let end: RecordingEnd
            do {
                end = try recorder.run { progress in
                    if isLive { StandardError.writeOver(progress.line) }
                }
            } catch {
                followers?.finish(after: .writeFailed)
                throw error
            }
            if isLive { StandardError.write("") }
            followers?.finish(after: end)
            let failure = recorder.failure
            if quiet {
                if let failure { throw failure }
                return
            }
            StandardError.write("Recording ended: \(end.rawValue).")
            if end == .targetExecuted, !follow {
                StandardError.write("note: record it again, or with --follow, for what the new program does.")
            }
            for trace in followers?.traces ?? [] { StandardError.write("Also recorded: \(trace)") }
            signal(SIGPIPE, SIG_DFL)
            let code = try Analysis.print(trace: output, format: "text", options: rules, failOn: failOn)
            throw failure ?? code
        }
    }
}

extension RecordCommand {
    /// The command that records another process in the same way, quietly.
    func arguments(processID: Int32, output: String, remaining: Duration?) -> [String] {
        let duration = remaining.map { ["--duration", "\(max(1, $0.wholeNanoseconds / 1_000_000))ms"] } ?? []
        return ["record", "--pid", "\(processID)", "--output", output, "--quiet", "--follow"] + duration
            + recording.words
    }
}
