import NeuralNetwork

/// A convolution by its definition: plain loops in double precision over [height, width, channels].
struct ConvolutionReference {
    var weights: [Float]
    var bias: [Float]
    var inputChannels: Int
    var outputChannels: Int
    var groups: Int
    var geometry: ConvolutionGeometry

    init(
        inputChannels: Int,
        outputChannels: Int,
        groups: Int,
        geometry: ConvolutionGeometry,
        random: inout RandomNumbers
    ) {
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.groups = groups
        self.geometry = geometry
        let taps = geometry.kernelHeight * geometry.kernelWidth
        weights = random.floats(outputChannels * (inputChannels / groups) * taps)
        bias = random.floats(outputChannels)
    }

    func run(_ input: [Float], height: Int, width: Int) -> [Double] {
        let outputHeight = geometry.outputHeight(for: height)
        let outputWidth = geometry.outputWidth(for: width)
        var output: [Double] = []
        for y in 0..<outputHeight {
            for x in 0..<outputWidth {
                for channel in 0..<outputChannels {
                    output.append(sum(input, height, width, y, x, channel))
                }
            }
        }
        return output
    }

    private func sum(
        _ input: [Float],
        _ height: Int,
        _ width: Int,
        _ y: Int,
        _ x: Int,
        _ channel: Int
    ) -> Double {
        let inputs = inputChannels / groups
        let firstInput = channel / (outputChannels / groups) * inputs
        var total = Double(bias[channel])
        for kernelRow in 0..<geometry.kernelHeight {
            let row =
                y * geometry.strideHeight + kernelRow * geometry.dilationHeight - geometry.padTop
            guard row >= 0, row < height else { continue }
            for kernelColumn in 0..<geometry.kernelWidth {
                let column =
                    x * geometry.strideWidth + kernelColumn * geometry.dilationWidth
                    - geometry.padLeft
                guard column >= 0, column < width else { continue }
                for i in 0..<inputs {
                    let weight = weights[
                        ((channel * inputs + i) * geometry.kernelHeight + kernelRow)
                            * geometry.kernelWidth + kernelColumn
                    ]
                    let value = input[(row * width + column) * inputChannels + firstInput + i]
                    total += Double(weight) * Double(value)
                }
            }
        }
        return total
    }
}
