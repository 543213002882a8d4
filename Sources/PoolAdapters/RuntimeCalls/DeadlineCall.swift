// SPDX-License-Identifier: Apache-2.0
import CTraceRecords
import TargetInspection
import TraceModel

/// Deadlines of reads and writes (src/internal/poll/fd_poll_runtime.go, Go 1.19 to 1.27): `SetDeadline`,
/// `SetReadDeadline` and `SetWriteDeadline` of every connection pass through it.
///
///     func setDeadlineImpl(fd *FD, t time.Time, mode int) error
///
/// Drivers may call it twice for each request, at more than a microsecond each: on request only. The kernel side tells of
/// changes alone.
struct DeadlineCall: RuntimeCall {
    let name = "deadlines"
    let record = RecordKind.deadline
    let function = "internal/poll.setDeadlineImpl"
    let entryRole = ps_call_role.deadline
    let descriptorField: (field: GoField, known: UInt32)? = (
        GoField("Sysfd", of: GoStructureName(package: "internal/poll", name: "FD")), known: 16
    )
    let option: String? = "--deadlines"
}
