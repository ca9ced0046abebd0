private import Platform
private import SwiftProtobuf

extension Model {
    /// Writes the model to a file, replacing one that is there in a single step.
    ///
    /// A loss of power leaves the old file or the new one.
    /// - Throws: ``ONNXFileError`` when the model is larger than the format allows, or
    ///   Platform's `FileWriteError` when the file can't be written.
    package func write(path: String) throws {
        try OutputFile.write(serialized(), to: path, isDurable: true)
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
            throw .malformedGraph(reason: "it does not fit into the format")
        }
    }
}
