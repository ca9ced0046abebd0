import GradientKernels

/// The exponential moving average of weights.
package final class WeightAverage {
    private let decay: Float
    private let tensors: [PlanTensor]
    private let averages: [FloatBuffer]

    /// Begins with the present weights.
    package init(decay: Float, of tensors: [PlanTensor]) {
        self.decay = decay
        self.tensors = tensors
        averages = tensors.map { FloatBuffer($0.values.array) }
    }

    /// What has to be kept to go on later, in the order of the tensors.
    var state: [FloatBuffer] { averages }

    /// Takes the present weights into the average.
    package func update() {
        for (tensor, average) in zip(tensors, averages) {
            WeightKernels.blend(tensor.values.all, share: 1 - decay, into: average.all)
        }
    }

    /// Swaps the average and the present weights; twice restores both.
    package func exchange() {
        for (tensor, average) in zip(tensors, averages) {
            let present = tensor.values.array
            tensor.values.all.update(from: average.all)
            average.all.update(from: present)
        }
    }
}
