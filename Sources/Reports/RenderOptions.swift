// SPDX-License-Identifier: Apache-2.0
import Diagnosis

/// How a report is shown. Renderers that it does not concern ignore it.
public struct RenderOptions: Sendable {
    /// Terminal colours. Off unless the caller knows that the output is a terminal.
    public var isColored: Bool

    public init(isColored: Bool = false) { self.isColored = isColored }
}
