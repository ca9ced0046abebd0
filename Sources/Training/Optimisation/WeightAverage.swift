import NeuralNetwork

/// The exponential moving average of weights.
package final class WeightAverage {
    private let decay: Float
    private let tensors: [PlanTensor]
    private let averages: [FloatMemory]

    /// Begins with the present weights.
    package init(decay: Float, of tensors: [PlanTensor]) {
        self.decay = decay
        self.tensors = tensors
        averages = tensors.map { FloatMemory($0.values.toArray()) }
    }

    /// What has to be kept to go on later, in the order of the tensors.
    var state: [FloatMemory] { averages }

    /// Takes the present weights into the average.
    package func update() {
        for (tensor, average) in zip(tensors, averages) {
            WeightKernels.blend(
                tensor.values.readOnly,
                share: 1 - decay,
                into: average.slice
            )
        }
    }

    /// Swaps the average and the present weights; twice restores both.
    package func exchange() {
        for (tensor, average) in zip(tensors, averages) {
            let present = tensor.values.toArray()
            tensor.values.slice.update(from: average.readOnly)
            average.slice.update(from: present.span)
        }
    }
}
