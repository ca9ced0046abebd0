internal import TensorKernels

/// Weights that were rearranged for kernels, so that the parts of one node share them.
final class PackingCache {
    private struct ConvolutionKey: Hashable {
        let node: Int
        let geometry: ConvolutionGeometry
    }

    private var convolutions: [ConvolutionKey: PackedConvolution] = [:]
    private var matrices: [Int: PackedMatrix] = [:]

    /// The rearranged weights of a convolution, made when they are asked for first.
    func convolution(
        node: Int,
        geometry: ConvolutionGeometry,
        make: () -> PackedConvolution
    ) -> PackedConvolution {
        let key = ConvolutionKey(node: node, geometry: geometry)
        if let known = convolutions[key] { return known }
        let made = make()
        convolutions[key] = made
        return made
    }

    /// The rearranged weights of a matrix product, made when they are asked for first.
    func matrix(node: Int, make: () -> PackedMatrix) -> PackedMatrix {
        if let known = matrices[node] { return known }
        let made = make()
        matrices[node] = made
        return made
    }
}
