// SPDX-License-Identifier: Apache-2.0
import Diagnosis
public import ArgumentParser
import Glibc
public import KernelProbes
public import Recording

/// What `record` and `top` have in common: which process is recorded, and how.
struct RecordingArguments: ParsableArguments {
    @Option(name: [.short, .long], help: "The process to record.")
    var pid: Int32

    @Option(help: "Stop after this time, such as 30s or 1h30m.", transform: DurationArgument.parse)
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

    @Option(help: "Time between two lists of all sockets. (default: 5s)", transform: DurationArgument.parse)
    var snapshotInterval: DurationArgument?

    /// Its name before.
    @Option(help: .hidden, transform: DurationArgument.parse)
    var census: DurationArgument?

    @Option(
        help: """
            How receives and sends are recorded: each one (full), in sums by socket (aggregate), or each one until there \
            are more than --call-limit a second or they cost more than --cost-limit, then in sums for the busiest \
            sockets (auto).
            """)
    var detail: Detail = .auto

    @Option(help: "Receives and sends a second that --detail auto records one by one.")
    var callLimit = DetailLimits().callsPerSecond

    @Option(
        help: "Percent of the process's CPU time that recording its receives and sends may take with --detail auto.")
    var costLimit = DetailLimits().costShare * 100

    @Option(help: "Memory for records on their way from the kernel, in MiB.")
    var ring: Int = 8

    /// For tests: fewer than the kernel allows, so that some are missed.
    @Option(help: ArgumentHelp("Calls of a function with a kretprobe that may be in flight.", visibility: .hidden))
    var maximumReturns: Int?

    @Option(help: "BTF of the running kernel, for kernels without their own.")
    var btf: String?

    func validate() throws {
        if pid <= 0 { throw ValidationError("The process ID must be greater than 0.") }
        // Each of its own records would make another.
        if pid == getpid() { throw ValidationError("poolscope cannot record itself.") }
        if callLimit == 0 { throw ValidationError("The limit of calls a second must be greater than 0.") }
        if !(0.1...100).contains(costLimit) {
            throw ValidationError("The limit of what a recording costs must be 0.1 to 100 percent.")
        }
        if let maximumReturns, !(1...4096).contains(maximumReturns) {
            throw ValidationError("Of calls in flight there must be 1 to 4096.")
        }
        if !(1...1024).contains(ring) { throw ValidationError("The ring must have 1 to 1024 MiB.") }
    }

    /// - Parameter output: where the trace is kept; `nil`: nowhere.
    /// - Throws: `PoolsFileError`, `ValidationError` when the pools that are asked for are not there.
    func options(output: String?) throws -> RecorderOptions {
        var options = RecorderOptions(output: output)
        options.adapters = try pools.adapters()
        options.replaceExisting = force
        options.duration = duration?.duration
        if let census = snapshotInterval ?? census { options.censusInterval = census.duration }
        options.mechanism = attach
        options.btfPath = btf
        options.ringBytes = ring << 20
        options.maximumReturns = maximumReturns
        options.detail = detail
        options.detailLimits.callsPerSecond = callLimit
        options.detailLimits.costShare = costLimit / 100
        options.recordsPools = !noPools
        options.requestedPools = Set(pools.requested)
        options.requestedCalls = deadlines ? ["--deadlines"] : []
        options.version = Poolscope.version
        return options
    }

    /// As they are given on a command line, but for the process and the time.
    var words: [String] {
        var words = ["--ring", "\(ring)", "--detail", detail.rawValue]
        words += ["--call-limit", "\(callLimit)", "--cost-limit", "\(costLimit)"]
        func add(_ name: String, _ value: String?) { if let value { words += [name, value] } }
        add("--snapshot-interval", (snapshotInterval ?? census).map { "\($0.duration.wholeNanoseconds)ns" })
        add("--attach", attach?.rawValue)
        add("--maximum-returns", maximumReturns.map(String.init))
        add("--btf", btf)
        add("--pool-definitions", pools.definitions)
        for pool in pools.requested { add("--enable-pool", pool) }
        if force { words.append("--force") }
        if noPools { words.append("--no-pools") }
        if deadlines { words.append("--deadlines") }
        return words
    }
}

extension Detail: ExpressibleByArgument {
    public init?(argument: String) {
        // Its name before.
        self.init(rawValue: argument == "summary" ? Detail.aggregate.rawValue : argument)
    }
}

extension AttachMechanism: ExpressibleByArgument {
    fileprivate static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
