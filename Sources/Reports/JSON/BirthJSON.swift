// SPDX-License-Identifier: Apache-2.0
import Diagnosis
import TraceModel

/// How connections came into being, as JSON.
enum BirthJSON {
    static func value(_ birth: BirthSummary, in analysis: TraceAnalysis) -> JSONValue {
        [
            "endpoint": .string(birth.endpoint.description),
            "pool": JSONValue(birth.pool.flatMap { analysis.pool($0)?.name }),
            "connections": .unsigned(birth.connections), "without_name": .unsigned(birth.withoutName),
            "failed_handshakes": .unsigned(birth.failedHandshakes),
            "lookup": PoolJSON.statistics(birth.lookup), "connect": PoolJSON.statistics(birth.connect),
            "tls": PoolJSON.statistics(birth.handshake), "session_startup": PoolJSON.statistics(birth.startUp),
            "total": PoolJSON.statistics(birth.total),
        ]
    }

    static func value(_ lookup: NameLookupSummary) -> JSONValue {
        [
            "name": .string(lookup.name), "lookups": .unsigned(lookup.lookups), "failures": .unsigned(lookup.failures),
            "duration": PoolJSON.statistics(lookup.duration),
        ]
    }

    static func value(_ call: PlannedRuntimeCall) -> JSONValue {
        [
            "call": .string(call.name), "record": .string(call.record), "is_recorded": .bool(call.isArmed),
            "note": JSONValue(call.note),
        ]
    }
}
