// SPDX-License-Identifier: Apache-2.0
import Testing

/// One after the other: each recording loads BPF programs, and some tests watch the clock.
@Suite("poolscope as a user runs it", .serialized)
struct CommandTests {}
