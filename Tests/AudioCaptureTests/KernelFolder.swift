import Foundation
import TestSupport

/// A copy of what sysfs tells of sound cards, to plug cards in and out of.
final class KernelFolder {
    private let folder: TemporaryFolder
    private var root: URL { folder.url }

    var soundFolder: String { folder.file("class/sound") }

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: soundFolder,
            withIntermediateDirectories: true
        )
    }

    func plug(
        number: Int,
        id: String,
        usbPath: String? = nil,
        product: String? = nil,
        serial: String? = nil
    ) throws {
        let device = root.appendingPathComponent("devices/\(usbPath ?? "pci-\(number)")")
        let interface = device.appendingPathComponent("interface")
        try FileManager.default.createDirectory(at: interface, withIntermediateDirectories: true)
        if let product {
            try write("0d8c", to: device.appendingPathComponent("idVendor"))
            try write(product, to: device.appendingPathComponent("idProduct"))
        }
        let serialFile = device.appendingPathComponent("serial")
        try? FileManager.default.removeItem(at: serialFile)
        if let serial { try write(serial, to: serialFile) }
        let card = URL(fileURLWithPath: "\(soundFolder)/card\(number)")
        try FileManager.default.createDirectory(at: card, withIntermediateDirectories: true)
        try write(id, to: card.appendingPathComponent("id"))
        try FileManager.default.createSymbolicLink(
            at: card.appendingPathComponent("device"),
            withDestinationURL: interface
        )
    }

    func unplug(number: Int) throws {
        try FileManager.default.removeItem(atPath: "\(soundFolder)/card\(number)")
    }

    private func write(_ text: String, to file: URL) throws {
        try Data("\(text)\n".utf8).write(to: file)
    }
}
