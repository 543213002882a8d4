// SPDX-License-Identifier: Apache-2.0

// A PID that exists, but names nothing that could be inspected.
extension InspectionError {
    static func zombie(_ processID: Int32) -> Self {
        Self(
            code: .processExited, object: "\(processID)", errorNumber: nil,
            reason: "Process \(processID) has ended: it is a zombie, kept until its parent asks how it ended",
            remedy: "Start the program again and give its new PID")
    }

    static func thread(_ threadID: Int32, of processID: Int32) -> Self {
        Self(
            code: .noSuchProcess, object: "\(threadID)", errorNumber: nil,
            reason: "\(threadID) is not a process, but a thread of process \(processID)",
            remedy: "Give the PID \(processID)")
    }
}
