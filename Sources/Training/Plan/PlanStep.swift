/// One operation of a plan, with its gradient.
protocol PlanStep: AnyObject {
    /// What it computes.
    var outputs: [PlanTensor] { get }

    /// Computes the outputs from the inputs.
    func forward(_ run: PlanRun)

    /// Computes the inputs' gradients from the outputs' gradients and what ``forward(_:)`` left.
    func backward(_ run: PlanRun)
}
