/// Channels of a convolution in and out, and the groups they fall into.
struct ConvolutionChannels: Hashable, Sendable {
    let input: Int
    let output: Int
    let groups: Int

    init(input: Int, output: Int, groups: Int) {
        precondition(
            groups > 0 && input > 0 && output > 0 && input % groups == 0 && output % groups == 0,
            "\(input) to \(output) channels in \(groups) groups"
        )
        self.input = input
        self.output = output
        self.groups = groups
    }

    var inputPerGroup: Int { input / groups }
    var outputPerGroup: Int { output / groups }
    /// Columns of a group's packed weights.
    var paddedPerGroup: Int { paddedToPanels(outputPerGroup) }

    /// The bias of each group, padded to whole panels; zero if there is none.
    func pack(bias: [Float]?) -> FloatMemory {
        let packed = FloatMemory(count: groups * paddedPerGroup)
        guard let bias else { return packed }
        precondition(bias.count == output, "a bias of \(bias.count) for \(output) channels")
        for group in 0..<groups {
            let part = Array(bias[group * outputPerGroup..<(group + 1) * outputPerGroup])
            packed.slice(at: group * paddedPerGroup, count: paddedPerGroup)
                .update(from: part.span)
        }
        return packed
    }
}
