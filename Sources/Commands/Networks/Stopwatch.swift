/// Takes the time of work that is done again and again.
struct Stopwatch {
    /// The rounds end when this much time has passed, at least one being timed.
    var seconds = 0.8

    /// The median time of a round in seconds; the first round, which warms up, is left out.
    func median(_ work: () throws -> Void) rethrows -> Double {
        try work()
        let clock = ContinuousClock()
        let began = clock.now
        var rounds: [Double] = []
        repeat {
            rounds.append(try clock.measure(work) / .seconds(1))
        } while (clock.now - began) / .seconds(1) < seconds
        rounds.sort()
        return rounds[rounds.count / 2]
    }
}
