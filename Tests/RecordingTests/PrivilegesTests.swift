// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Recording

@Suite(.timeLimit(.minutes(15))) struct PrivilegesTests {
    private static let narrow: UInt64 = 1 << 2 | 1 << 12 | 1 << 19 | 1 << 38 | 1 << 39
    private static let administrator: UInt64 = 1 << 21
    private static let override: UInt64 = 1 << 1

    @Test("Of root's capabilities only the five stay")
    func root() {
        #expect(Privileges.needed(of: (1 << 41) - 1) == Self.narrow)
        #expect(Privileges.needed(of: Self.narrow) == Self.narrow)
        #expect(Privileges.needed(of: 0) == 0)
    }

    @Test("Before Linux 5.8 root has no CAP_BPF and CAP_PERFMON: CAP_SYS_ADMIN stays")
    func before58() {
        let root: UInt64 = (1 << 38) - 1
        #expect(Privileges.needed(of: root) == 1 << 2 | 1 << 12 | 1 << 19 | Self.administrator)
    }

    @Test("CAP_DAC_OVERRIDE stays only where it stands for CAP_DAC_READ_SEARCH, as in a container")
    func container() {
        let container = Self.narrow & ~(1 << 2) | Self.override
        #expect(Privileges.needed(of: container) == container)
        #expect(Privileges.needed(of: Self.narrow | Self.override) == Self.narrow)
    }
}
