// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import TraceModel

extension TraceMetadata {
    /// Reads a metadata block; `nil`: not its JSON, or not metadata.
    init?(type: BlockType, json: UnsafeRawBufferPointer) {
        func decode<T: Decodable>(_ type: T.Type) -> T? { try? JSONDecoder().decode(type, from: Data(json)) }
        let metadata: TraceMetadata? =
            switch type {
            case .process: decode(ProcessFacts.self).map(TraceMetadata.process)
            case .plan: decode(ProbePlan.self).map(TraceMetadata.plan)
            case .symbols: decode([StackSymbol].self).map(TraceMetadata.symbols)
            case .end: decode(TraceEnd.self).map(TraceMetadata.end)
            case .records, .schema: nil
            }
        guard let metadata else { return nil }
        self = metadata
    }
}
