import Dispatch

/// Runs what blocks for long on another thread, so that the actor that asks for it goes on working.
///
/// - Parameters:
///   - quality: How urgent it is.
///   - body: Blocks.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws.
func runBlocking<Value: Sendable>(
    _ quality: DispatchQoS.QoSClass = .default,
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global(qos: quality).async {
            continuation.resume(with: Result { try body() })
        }
    }
}
