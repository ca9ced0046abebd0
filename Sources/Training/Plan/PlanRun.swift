/// What is the same for all steps of one pass.
struct PlanRun {
    let crew: WorkerCrew
    /// Whether batch statistics and dropout are in force.
    let isTraining: Bool
    /// What dropout draws from in this pass.
    let seed: UInt64
}
