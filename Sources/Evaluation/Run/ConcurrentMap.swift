extension Collection where Element: Sendable {
    /// Transforms all elements, several at a time.
    ///
    /// - Parameters:
    ///   - jobs: How many are worked on at a time, above 0.
    ///   - transform: What is done with one of them, on any thread.
    /// - Returns: The results in the order of the elements.
    /// - Throws: The first failure; what was not begun by then is not.
    package func concurrentMap<Result: Sendable, Failure: Error>(
        jobs: Int,
        _ transform: @escaping @Sendable (Element) throws(Failure) -> Result
    ) async throws(Failure) -> [Result] {
        precondition(jobs > 0, "Something does the work")
        let outcome = await withTaskGroup(
            of: (Int, Swift.Result<Result, Failure>).self
        ) { group -> Swift.Result<[Result], Failure> in
            var results = [Result?](repeating: nil, count: count)
            var waiting = enumerated().makeIterator()
            func startNext() {
                guard let (place, element) = waiting.next() else { return }
                group.addTask {
                    do throws(Failure) {
                        return (place, .success(try transform(element)))
                    } catch {
                        return (place, .failure(error))
                    }
                }
            }
            for _ in 0..<Swift.min(jobs, count) { startNext() }
            while let (place, result) = await group.next() {
                switch result {
                case .success(let result): results[place] = result
                case .failure(let failure): return .failure(failure)
                }
                startNext()
            }
            return .success(results.compactMap { $0 })
        }
        return try outcome.get()
    }
}
