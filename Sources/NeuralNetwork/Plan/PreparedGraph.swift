/// A graph in the form that plans are made from, with the weights that all its plans share.
struct PreparedGraph: Sendable {
    /// The rewritten graph.
    let graph: PlanGraph
    /// Its constants.
    let constants: ConstantStorage
    /// Its weights as kernels want them.
    let packing = PackingCache()

    /// Rewrites a model's graph for plans of whole windows, or of a stream.
    ///
    /// - Parameters:
    ///   - model: The model as read from its file.
    ///   - options: The shapes that the model leaves open, and limits.
    ///   - fusesResiduals: Whether sums of two branches become part of a convolution, which a
    ///     stream cannot have.
    ///   - timeAxis: The input's axis that is time, where it matters.
    /// - Throws: ``ModelError`` when the model cannot run.
    init(
        _ model: Model,
        _ options: LoadOptions,
        fusesResiduals: Bool,
        timeAxis: Int? = nil
    ) throws(ModelError) {
        let imported = try GraphImporter.planGraph(for: model, options: options)
        graph = try LayoutPass.apply(
            to: FusionPass.apply(to: imported, fusesResiduals: fusesResiduals),
            timeAxis: timeAxis
        )
        constants = try ConstantStorage(graph, maximumBytes: options.maximumBytes)
    }
}
