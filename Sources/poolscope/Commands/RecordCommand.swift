// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
import Glibc
public import KernelProbes
public import Recording

struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Attach to a running process and record it into a trace.",
        discussion: """
            Needs root, or CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE, CAP_NET_ADMIN and CAP_DAC_READ_SEARCH; keeps no more \
            than these. The process is read, never stopped or changed. Ends at Ctrl-C, after --duration, or with the process, and prints what 'analyze' would say.
            """)

    @Option(name: [.short, .long], help: "The process to record.")
    var pid: Int32

    @Option(
        name: [.short, .long],
        help:
            "The trace to write. It must not exist. With --follow, those of other processes stand beside it: FILE.PID.pscope."
    )
    var output: String

    @Option(help: "Stop after this time, such as 30s or 5m.")
    var duration: DurationArgument?

    @Flag(help: "Replace an existing trace of your own.")
    var force = false

    @Option(help: "How to attach in the kernel (\(AttachMechanism.names)) instead of the best it offers.")
    var attach: AttachMechanism?

    @Flag(
        help: """
            Record the processes that this one starts, each into a trace of its own, and the program that it becomes. \
            Keeps the privileges to do so.
            """)
    var follow = false

    @Flag(help: "Arm no probes in the process's pool libraries.")
    var noPools = false

    @OptionGroup var pools: PoolArguments

    @Flag(help: "Record the deadlines that connections are given: more than a microsecond for each that is set.")
    var deadlines = false

    @Option(help: "Time between two lists of all sockets.")
    var census: DurationArgument?

    @Option(
        help: """
            How receives and sends are recorded: each one (full), in sums by socket (summary), or each one until there \
            are more than --call-limit a second, then in sums for the busiest sockets (auto).
            """)
    var detail: Detail = .auto

    @Option(help: "Receives and sends a second that --detail auto records one by one.")
    var callLimit: UInt64 = 100_000

    @Option(help: "Memory for records on their way from the kernel, in MiB.")
    var ring: Int = 8

    @Option(help: "BTF of the running kernel, for kernels without their own.")
    var btf: String?

    @Flag(name: [.short, .long], help: "Print neither progress nor the summary.")
    var quiet = false

    @OptionGroup var analysis: AnalysisOptions

    func validate() throws {
        if pid <= 0 { throw ValidationError("The process ID must be greater than 0.") }
        // Each of its own records would make another.
        if pid == getpid() { throw ValidationError("poolscope cannot record itself.") }
        if callLimit == 0 { throw ValidationError("The limit of calls a second must be greater than 0.") }
        if !(1...1024).contains(ring) { throw ValidationError("The ring must have 1 to 1024 MiB.") }
    }

    func run() throws {
        try reportingFailure {
            // Before anything is armed: a configuration that cannot be used must not cost a recording.
            let (rules, failOn) = try analysis.settings()
            let adapters = try pools.adapters()
            try Privileges.require()
            let target = try InspectedTarget(processID: pid)
            var options = RecorderOptions(output: output)
            options.replaceExisting = force
            options.duration = duration?.duration
            if let census { options.censusInterval = census.duration }
            options.mechanism = attach
            options.btfPath = btf
            options.ringBytes = ring << 20
            options.detail = detail
            options.callLimit = callLimit
            options.recordsPools = !noPools
            options.adapters = adapters
            options.requestedPools = Set(pools.pool)
            options.requestedCalls = deadlines ? ["--deadlines"] : []
            options.version = Poolscope.version
            let followers = follow ? Followers(of: self) : nil
            if let followers { options.onChild = { followers.record($0) } }
            // A reader of the messages that goes away must not end the recording.
            signal(SIGPIPE, SIG_IGN)
            let recorder = try Recorder(target: target, options: options)
            for spot in recorder.plan.blindSpots { StandardError.write("note: \(spot)") }
            let isLive = !quiet && StandardError.isTerminal
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
            if end == .targetExecuted { followers?.record(pid) }
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
        var arguments = ["record", "--pid", "\(processID)", "--output", output, "--quiet", "--follow"]
        arguments += ["--ring", "\(ring)", "--detail", detail.rawValue, "--call-limit", "\(callLimit)"]
        func add(_ name: String, _ value: String?) { if let value { arguments += [name, value] } }
        add("--duration", remaining.map { "\(max(1, $0.wholeNanoseconds / 1_000_000))ms" })
        add("--census", census.map { "\($0.duration.wholeNanoseconds / 1_000_000)ms" })
        add("--attach", attach?.rawValue)
        add("--btf", btf)
        add("--pools", pools.pools)
        for pool in pools.pool { add("--pool", pool) }
        if force { arguments.append("--force") }
        if noPools { arguments.append("--no-pools") }
        if deadlines { arguments.append("--deadlines") }
        return arguments
    }
}

extension Detail: ExpressibleByArgument {}

extension AttachMechanism: ExpressibleByArgument {
    fileprivate static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
