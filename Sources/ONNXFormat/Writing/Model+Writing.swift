private import FileFailures
private import Foundation
private import SwiftProtobuf

extension Model {
    /// Writes the model to a file, replacing one that is there in a single step.
    ///
    /// - Throws: ``ONNXFileError`` when the file cannot be written.
    package func write(path: String) throws(ONNXFileError) {
        let bytes = try serialized()
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw .unwritable(path: path, reason: FileFailure.reason(error))
        }
    }

    /// The bytes of an `.onnx` file with this content; equal models give equal bytes.
    ///
    /// - Throws: ``ONNXFileError`` when the model is larger than the format allows.
    package func serialized() throws(ONNXFileError) -> [UInt8] {
        var message = Onnx_ModelProto()
        message.irVersion = Int64(irVersion)
        message.producerName = producerName
        message.producerVersion = producerVersion
        message.graph = Onnx_GraphProto(graph)
        message.opsetImport = operatorSets.map { set in
            var entry = Onnx_OperatorSetIdProto()
            entry.domain = set.domain
            entry.version = Int64(set.version)
            return entry
        }
        message.metadataProps = metadata.map { pair in
            var entry = Onnx_StringStringEntryProto()
            entry.key = pair.key
            entry.value = pair.value
            return entry
        }
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        do {
            return try message.serializedBytes(options: options)
        } catch {
            throw .malformedGraph(reason: "it cannot be written (\(error))")
        }
    }
}
