// SPDX-License-Identifier: Apache-2.0

/// All pool libraries that poolscope knows. To add one: its file in this folder, and its line here.
public enum AdapterRegistry {
    /// In the order in which they are looked for and plans list them.
    public static let all: [any PoolAdapter] = [
        DatabaseSQLAdapter(),
        PGXPoolAdapter.version5,
        PGXPoolAdapter.version4,
        RedigoAdapter(),
        GoRedisAdapter.version9,
        GoRedisAdapter.version8,
        MongoDBAdapter(),
        HTTPTransportAdapter(),
        GoSNMPAdapter(),
        NetDialAdapter(),
    ]
}
