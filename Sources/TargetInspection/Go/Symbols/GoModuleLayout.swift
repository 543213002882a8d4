// SPDX-License-Identifier: Apache-2.0

/// Where fields lie in `runtime.moduledata`, by Go version (runtime/symtab.go of each release).
struct GoModuleLayout {
    let types: Int
    let typesEnd: Int
    let functionData: Int
    let itabLinks: Int?

    /// The newest first.
    static let all = [27, 26, 25, 19].map { GoModuleLayout(version: GoVersion(minor: $0)) }

    init(version: GoVersion) {
        switch version.minor {
        case ..<20:
            (types, typesEnd, functionData, itabLinks) = (280, 288, 304, 360)
        case 20...25:  // 1.20 put covctrs, ecovctrs before
            (types, typesEnd, functionData, itabLinks) = (296, 304, 320, 376)
        case 26:  // epclntab after gofunc
            (types, typesEnd, functionData, itabLinks) = (296, 304, 320, 384)
        default:  // 1.27: typedesclen, itaboffset, itabsize; typelinks and itablinks are gone
            (types, typesEnd, functionData, itabLinks) = (296, 312, 344, nil)
        }
    }
}
