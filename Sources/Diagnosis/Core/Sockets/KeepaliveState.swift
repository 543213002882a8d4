// SPDX-License-Identifier: Apache-2.0

/// TCP keepalive of a socket, as far as the records tell.
struct KeepaliveState {
    /// `nil`: no option was set, and no census saw its timer.
    var isOn: Bool?
    /// TCP_KEEPIDLE; 0: not set.
    var idleSeconds: UInt32 = 0
}
