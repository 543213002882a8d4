// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc
import Recording
import Reports
import TraceModel

struct TopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Watch a running process: its pools, its oldest leases, and what is wrong, live.",
        discussion: """
            Records as 'record' does, shows every second what 'analyze' would say by then, and prints the whole report at \
            the end. The trace is kept with --output only. What is shown is a second old: records may come late.
            """)

    @OptionGroup var recording: RecordingArguments

    @Option(name: [.short, .long], help: "Keep the trace in this file, too. It must not exist.")
    var output: String?

    @Option(help: "Time between two pages, a second at least. (default: 1s)", transform: DurationArgument.parse)
    var interval: DurationArgument?

    @OptionGroup var analysis: AnalysisOptions

    func run() throws {
        try reportingFailure {
            let (rules, failOn) = try analysis.settings()
            let live = LiveAnalysis(options: rules)
            var options = try recording.options(output: output)
            options.observer = live
            try Privileges.require()
            let target = try InspectedTarget(processID: recording.pid)
            // Whoever reads the pages may go away.
            signal(SIGPIPE, SIG_IGN)
            // The pages hide what is written meanwhile.
            var notes: [String] = []
            options.onNote = { notes.append($0) }
            let recorder = try Recorder(target: target, options: options)
            for spot in recorder.plan.blindSpots { StandardError.write("note: \(spot)") }
            let end = try show(live, of: recorder)
            for note in notes { StandardError.write("note: \(note)") }
            StandardError.write("Recording ended: \(end.rawValue).")
            signal(SIGPIPE, SIG_DFL)
            let code = try Analysis.print(live.finish(), format: "text", failOn: failOn)
            throw recorder.failure ?? code
        }
    }

    private func show(_ live: LiveAnalysis, of recorder: Recorder) throws -> RecordingEnd {
        let screen = Screen()
        var view = LiveView()
        let interval = interval?.duration ?? .seconds(1)
        var next = Duration.zero
        screen.open()
        defer { screen.close() }
        return try recorder.run { progress in
            // The progress comes once a second: what is due before half of the next is due now.
            guard progress.elapsed + .milliseconds(500) >= next else { return }
            next = progress.elapsed + interval
            let size = screen.size
            screen.show(
                view.page(
                    live.report(at: progress.now), columns: size.columns, rows: size.rows, isColored: screen.isColored))
        }
    }
}
