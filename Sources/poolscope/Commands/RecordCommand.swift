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

    @Option(name: [.short, .long], help: "The trace to write. It must not exist.")
    var output: String

    @Option(help: "Stop after this time, such as 30s or 5m.")
    var duration: DurationArgument?

    @Flag(help: "Replace an existing trace of your own.")
    var force = false

    @Option(help: "How to attach in the kernel (\(AttachMechanism.names)) instead of the best it offers.")
    var attach: AttachMechanism?

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
    var ring: Int = 16

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
            let end = try recorder.run { progress in
                if isLive { StandardError.writeOver(progress.line) }
            }
            if isLive { StandardError.write("") }
            let failure = recorder.failure
            if quiet {
                if let failure { throw failure }
                return
            }
            StandardError.write("Recording ended: \(end.rawValue).")
            signal(SIGPIPE, SIG_DFL)
            let code = try Analysis.print(trace: output, format: "text", options: rules, failOn: failOn)
            throw failure ?? code
        }
    }
}

extension Detail: ExpressibleByArgument {}

extension AttachMechanism: ExpressibleByArgument {
    fileprivate static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
