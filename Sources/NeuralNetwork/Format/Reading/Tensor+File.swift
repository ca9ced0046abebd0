private import Foundation
private import Platform
private import SwiftProtobuf

extension Tensor {
    /// Reads a file that holds a single tensor, as ONNX's own test data does.
    ///
    /// - Throws: ``ONNXFileError`` when the file cannot be read or is not a tensor.
    package init(path: String) throws(ONNXFileError) {
        let message: Onnx_TensorProto
        do {
            let content = try Data(contentsOf: URL(fileURLWithPath: path))
            message = try Onnx_TensorProto(serializedBytes: [UInt8](content))
        } catch {
            throw .unreadable(path: path, reason: FileFailure.reason(error))
        }
        try self.init(message)
    }
}
