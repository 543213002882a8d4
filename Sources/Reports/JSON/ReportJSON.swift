// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// A report as a JSON document: the parts that are about the whole trace.
struct ReportJSON {
    private static let leaseLimit = 256
    let report: Report

    var document: JSONValue {
        let whole = self.whole
        guard !report.analysis.cutOffs.isEmpty, case .object(let keys) = whole else { return whole }
        return .object(keys + [("cut_off", .array(report.analysis.cutOffs.map(cutOff)))])
    }

    private func cutOff(_ cutOff: CutOff) -> JSONValue {
        let rules = RuleRegistry.all.filter { $0.cutOffs.contains(cutOff.kind) }
        return [
            "kind": .string(cutOff.kind.rawValue), "count": .unsigned(cutOff.count),
            "limit": .number(Int64(cutOff.kind.limit)), "rules": .array(rules.map { .string($0.id) }),
            "text": .string(cutOff.sentence),
        ]
    }

    private var whole: JSONValue {
        let analysis = report.analysis
        return [
            "schema": .string(JSONRenderer.schema),
            "verdict": .string(report.worstSeverity?.rawValue ?? "clean"),
            "trace": trace,
            "process": process,
            "rules": .array(report.decisions.map(decision)),
            "findings": .array(report.findings.map { FindingJSON.value($0, in: analysis) }),
            "suppressed": .array(report.suppressed.map(suppressed)),
            "unused_suppressions": .array(report.idleSuppressions.map(suppression)),
            "advice": .array(report.advice.map(FindingJSON.value)),
            "pools": .array(analysis.pools.map { PoolJSON.value($0, in: analysis) }),
            "open_leases": .array(analysis.openLeases.prefix(Self.leaseLimit).map { FindingJSON.lease($0, analysis) }),
            "waiting_reads": .array(analysis.waitingReads.map { FindingJSON.waitingRead($0, analysis) }),
            "endpoints": .array(analysis.endpoints.map(endpoint)),
            "connection_setups": .array(analysis.births.map { BirthJSON.value($0, in: analysis) }),
            "name_lookups": .array(analysis.nameLookups.map(BirthJSON.value)),
            "name_servers": .array(analysis.nameServers.map { NameServerJSON.value($0, in: analysis) }),
            "started_processes": startedProcesses,
            "new_program": newProgram,
            "unexpected_datagrams": .array(analysis.strayDatagrams.map(stray)),
            "aggregated": SumJSON.value(analysis),
            "coverage": coverage,
            "losses": .array(analysis.losses.map(loss)),
            "trace_anomalies": irregularities,
            "thresholds": thresholds,
        ]
    }

    private var trace: JSONValue {
        let analysis = report.analysis
        return [
            "started_ns": .unsigned(analysis.startedAt.nanoseconds),
            "duration_ns": JSONValue(analysis.duration),
            "started_at": JSONValue(analysis.wallClock?.text(of: analysis.startedAt)),
            "ended_because": JSONValue(analysis.end?.reason),
            "is_complete": .bool(analysis.end != nil),
            "records": Self.counts(
                Dictionary(uniqueKeysWithValues: analysis.recordCounts.map { ($0.key.name, $0.value) })),
            "open_leases": .unsigned(UInt64(analysis.openLeases.count)),
            "waiting_reads": .unsigned(UInt64(analysis.waitingReads.count) &+ analysis.unlistedWaitingReads),
            "open_sockets": .unsigned(analysis.openSockets),
            "descriptors": JSONValue(analysis.descriptors?.descriptors),
            "descriptor_limit": JSONValue(analysis.descriptors?.limit),
        ]
    }

    private var process: JSONValue {
        guard let process = report.analysis.process else { return .null }
        return [
            "pid": .number(Int64(process.processID)), "name": .string(process.name),
            "executable": .string(process.executable), "build_id": JSONValue(process.buildID),
            "go_version": JSONValue(process.goVersion), "host": .string(process.hostName),
            "kernel": .string(process.kernelRelease), "machine": .string(process.machine),
            "recorder": .string(process.recorderVersion),
        ]
    }

    private func decision(_ decision: RuleDecision) -> JSONValue {
        let (verdict, reason): (String, Reason?) =
            switch decision.verdict {
            case .findings(let findings): (findings.isEmpty ? "suppressed" : "findings", nil)
            case .disabled: ("disabled", nil)
            case .clean: ("clean", nil)
            case .notEvaluated(let reason): ("not evaluated", reason)
            }
        return [
            "rule": .string(decision.rule), "verdict": .string(verdict), "reason": JSONValue(reason?.text),
            "reason_kind": JSONValue(reason?.kind.rawValue),
            "findings": .unsigned(UInt64(decision.findings.count)),
            "suppressed": .unsigned(UInt64(decision.suppressed.count)),
            "caveats": .array(decision.caveats.map { ["kind": .string($0.kind.rawValue), "text": .string($0.text)] }),
        ]
    }

    private func suppressed(_ suppressed: SuppressedFinding) -> JSONValue {
        [
            "reason": .string(suppressed.reason),
            "finding": FindingJSON.value(suppressed.finding, in: report.analysis),
        ]
    }

    private func suppression(_ suppression: Suppression) -> JSONValue {
        [
            "rule": .string(suppression.rule), "subject": JSONValue(suppression.subject),
            "function": JSONValue(suppression.function), "reason": .string(suppression.reason),
        ]
    }

    private func endpoint(_ endpoint: EndpointSummary) -> JSONValue {
        [
            "endpoint": .string(endpoint.endpoint.description), "name": JSONValue(endpoint.name),
            "is_listening": .bool(endpoint.isAccepting),
            "protocol": .unsigned(UInt64(endpoint.protocolNumber)), "sockets": .unsigned(endpoint.sockets),
            "open_sockets": .unsigned(endpoint.openSockets), "connects": .unsigned(endpoint.connects),
            "failed_connects": .unsigned(endpoint.failedConnects), "received_bytes": .unsigned(endpoint.receivedBytes),
            "sent_bytes": .unsigned(endpoint.sentBytes), "round_trip_ns": JSONValue(endpoint.roundTrip),
            "retransmits": .unsigned(endpoint.retransmits),
            "closed_windows": FindingJSON.closedWindows(endpoint.closedWindows, report.analysis),
        ]
    }

    private var startedProcesses: JSONValue {
        guard let started = report.analysis.startedProcesses else { return .null }
        return [
            "count": .unsigned(started.count),
            "pids": .array(started.processIDs.map { .unsigned(UInt64($0)) }),
            "first": FindingJSON.event(started.first, report.analysis),
        ]
    }

    private var newProgram: JSONValue {
        guard let program = report.analysis.newProgram else { return .null }
        return ["path": .string(program.path), "event": FindingJSON.event(program.event, report.analysis)]
    }

    private func stray(_ stray: StrayDatagrams) -> JSONValue {
        [
            "local": JSONValue(stray.local?.description),
            "descriptor": stray.descriptor.map { .number(Int64($0)) } ?? .null,
            "peer": .string(stray.peer.peer.description), "datagrams": .unsigned(stray.peer.receivedDatagrams),
            "bytes": .unsigned(stray.peer.receivedBytes),
            "first": FindingJSON.event(stray.peer.first, report.analysis),
        ]
    }

    private var coverage: JSONValue {
        guard let plan = report.analysis.plan else { return .null }
        let probes = plan.kernelProbes.map { probe -> JSONValue in
            [
                "probe": .string(probe.name), "mechanism": JSONValue(probe.mechanism),
                "hooks": .array(probe.hooks.map(JSONValue.string)),
                "records": .array(probe.records.map(JSONValue.string)), "note": JSONValue(probe.note),
            ]
        }
        let pools = plan.pools.map { pool -> JSONValue in
            [
                "adapter": .string(pool.adapter), "version": JSONValue(pool.version),
                "is_complete": .bool(pool.isComplete), "note": JSONValue(pool.note),
            ]
        }
        return [
            "kernel_probes": .array(probes), "pool_libraries": .array(pools),
            "runtime_calls": plan.runtimeCalls.map { .array($0.map(BirthJSON.value)) } ?? .null,
            "blind_spots": .array(plan.blindSpots.map(JSONValue.string)),
        ]
    }

    private func loss(_ window: LossWindow) -> JSONValue {
        [
            "kind": JSONValue(window.kind?.name), "count": .unsigned(window.count), "reason": .string(window.reason),
            "is_stack_only": .bool(window.isStackOnly),
            "from_ns": JSONValue(window.start - report.analysis.startedAt),
            "to_ns": JSONValue(window.end - report.analysis.startedAt),
            "cpus": .array(window.cpus.map { .unsigned(UInt64($0)) }),
        ]
    }

    private var irregularities: JSONValue {
        let counts = report.analysis.irregularities
        return [
            "out_of_order": .unsigned(counts.outOfOrder), "negative_intervals": .unsigned(counts.negativeIntervals),
            "join_conflicts": .unsigned(counts.contraryWitnesses),
            "unknown_points": .unsigned(counts.unknownPoints), "unlisted_sites": .unsigned(counts.unlistedSites),
            "unlisted_stacks": .unsigned(counts.unlistedStacks),
            "unlisted_endpoints": .unsigned(counts.unlistedEndpoints),
            "unplaced_handshakes": .unsigned(counts.unplacedHandshakes),
            "unreadable_name_messages": .unsigned(counts.unreadableNameMessages),
            "unlisted_name_queries": .unsigned(counts.unlistedNameQueries),
            "unlisted_connection_setups": .unsigned(counts.unlistedBirths),
            "lost_at_unknown_times": Self.counts(report.analysis.end?.lost ?? [:]),
            "attempted": Self.counts(report.analysis.end?.attempted ?? [:]),
        ]
    }

    private var thresholds: JSONValue {
        .object(
            RuleRegistry.thresholds.map { setting in
                switch setting.value(in: report.thresholds) {
                case .duration(let duration): (setting.name + "_ns", JSONValue(duration))
                case .count(let count): (setting.name, .unsigned(count))
                case .number(let number): (setting.name, .fraction(number))
                }
            })
    }

    private static func counts(_ counts: [String: UInt64]) -> JSONValue {
        .object(counts.sorted { $0.key < $1.key }.map { ($0.key, .unsigned($0.value)) })
    }
}
