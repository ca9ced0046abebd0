private import Foundation
private import Platform
private import SwiftProtobuf

extension Model {
    /// The largest file that is read, in bytes; the format itself ends at 2 GiB.
    package static let largestFile = 1 << 31

    /// Reads a model from a file.
    ///
    /// - Throws: ``ONNXFileError`` when the file cannot be read or is not a model.
    package init(path: String) throws(ONNXFileError) {
        let content: Data
        do {
            content = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw .unreadable(path: path, reason: FileFailure.reason(error))
        }
        try self.init(serialized: [UInt8](content))
    }

    /// Reads a model from the bytes of a file.
    ///
    /// - Throws: ``ONNXFileError`` when the bytes are not a model.
    package init(serialized bytes: [UInt8]) throws(ONNXFileError) {
        guard bytes.count <= Self.largestFile else {
            throw .tooLarge(byteCount: bytes.count, limit: Self.largestFile)
        }
        let message: Onnx_ModelProto
        do {
            message = try Onnx_ModelProto(serializedBytes: bytes)
        } catch {
            throw .malformed(reason: "its \(bytes.count) bytes do not parse")
        }
        guard message.hasGraph else {
            throw .malformed(reason: "no graph in its \(bytes.count) bytes")
        }
        self.init(
            irVersion: Int(message.irVersion),
            producerName: message.producerName,
            producerVersion: message.producerVersion,
            operatorSets: message.opsetImport.map {
                OperatorSet(domain: $0.domain, version: Int($0.version))
            },
            graph: try Graph(message.graph),
            metadata: message.metadataProps.map { MetadataEntry(key: $0.key, value: $0.value) }
        )
    }
}
