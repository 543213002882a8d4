// SPDX-License-Identifier: Apache-2.0
import Testing

/// The suites that record this very process: one after the other, as each counts what the process does.
@Suite(.serialized, .timeLimit(.minutes(15))) enum KernelSuites {}
