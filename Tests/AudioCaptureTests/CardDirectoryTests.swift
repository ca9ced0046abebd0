import Foundation
import TestSupport
import Testing

@testable import AudioCapture

@Suite
struct CardDirectoryTests {
    @Test(
        arguments: [
            ("hw:1,0", "Mic", "hw:Mic,0"),
            ("hw:1", "Mic", "hw:CARD=Mic"),
            ("plughw:CARD=Mic,DEV=0", "Mic_1", "plughw:CARD=Mic_1,DEV=0"),
            ("dsnoop:Mic", "Camera", "dsnoop:CARD=Camera"),
        ])
    func aNameIsMovedToAnotherCard(name: String, card: String, expected: String) {
        #expect(CardDeviceName(name)?.onCard(card) == expected)
    }

    @Test(arguments: ["default", "pulse", "plug:dsnoop", "mic", "hw:"])
    func aNameThatMeansNoCardIsNotTouched(name: String) {
        #expect(CardDeviceName(name) == nil)
    }

    @Test func cardsAreReadFromTheKernel() throws {
        let kernel = try KernelFolder()
        try kernel.plug(number: 0, id: "PCH")
        try kernel.plug(number: 2, id: "Mic", usbPath: "1-2.4", product: "0014", serial: "A7")
        let directory = CardDirectory(root: kernel.soundFolder)
        #expect(
            directory.cards() == [
                CardIdentity(number: 0, id: "PCH"),
                CardIdentity(
                    number: 2,
                    id: "Mic",
                    usbPath: "1-2.4",
                    usbProduct: "0d8c:0014",
                    usbSerial: "A7"
                ),
            ]
        )
        for name in ["hw:2,0", "plughw:CARD=Mic,DEV=0", "hw:Mic"] {
            let device = try #require(CardDeviceName(name))
            #expect(directory.card(named: device)?.number == 2)
        }
    }

    @Test func aMachineWithoutSoundHasNoCards() {
        #expect(CardDirectory(root: "/nonexistent").cards().isEmpty)
    }

    @Test func theSameCardIsFoundUnderAnotherNumberAndId() throws {
        let kernel = try KernelFolder()
        try kernel.plug(number: 1, id: "Mic", usbPath: "1-1", product: "0014", serial: "A7")
        let directory = CardDirectory(root: kernel.soundFolder)
        let before = try #require(directory.cards().first)
        try kernel.unplug(number: 1)
        #expect(directory.card(like: before) == nil)
        // Another of the make takes its number and id; it comes back elsewhere.
        try kernel.plug(number: 1, id: "Mic", usbPath: "1-1", product: "0014", serial: "B8")
        #expect(directory.card(like: before) == nil)
        try kernel.plug(number: 3, id: "Mic_1", usbPath: "1-4", product: "0014", serial: "A7")
        #expect(directory.card(like: before)?.id == "Mic_1")
    }

    @Test func cardsWithoutSerialNumberAreToldApartByTheirSocket() throws {
        let kernel = try KernelFolder()
        try kernel.plug(number: 1, id: "Mic", usbPath: "1-1", product: "0014")
        let directory = CardDirectory(root: kernel.soundFolder)
        let before = try #require(directory.cards().first)
        try kernel.unplug(number: 1)
        try kernel.plug(number: 1, id: "Mic", usbPath: "1-3", product: "0014")
        try kernel.plug(number: 2, id: "Mic_1", usbPath: "1-1", product: "0014")
        #expect(directory.card(like: before)?.id == "Mic_1")
        // In another socket it is still better than none; a camera is not.
        try kernel.unplug(number: 2)
        #expect(directory.card(like: before)?.id == "Mic")
        try kernel.unplug(number: 1)
        try kernel.plug(number: 1, id: "Camera", usbPath: "1-1", product: "0999")
        #expect(directory.card(like: before) == nil)
    }

    @Test func aDeviceThatComesBackUnderAnotherIdIsOpenedUnderThatId() throws {
        let kernel = try KernelFolder()
        try kernel.plug(number: 1, id: "Mic", usbPath: "1-1", product: "0014", serial: "A7")
        // Only the card that is named exists for ALSA: opening another fails.
        let world = try MicrophoneWorld(
            content: Data(count: 8_192),
            otherDevices: """
                pcm.hw {
                    @args [ CARD ]
                    @args.CARD { type string }
                    @func refer
                    name { @func concat strings [ "pcm.card_" $CARD ] }
                }
                pcm.card_Mic mic
                """
        )
        var opener = DeviceOpener(
            settings: CaptureSettings(device: "hw:Mic"),
            configuration: world.configuration
        )
        opener.directory = CardDirectory(root: kernel.soundFolder)
        #expect(try opener.open(runningHz: nil).stream.rateHz == 16_000)

        try kernel.unplug(number: 1)
        try kernel.plug(number: 1, id: "Mic", usbPath: "1-1", product: "0999")
        #expect(throws: CaptureError.noSuchDevice(device: "hw:Mic")) {
            try opener.open(runningHz: 16_000)
        }
        try kernel.plug(number: 2, id: "Mic_1", usbPath: "1-4", product: "0014", serial: "A7")
        // ALSA is asked for the id that the card has now, which this configuration lacks.
        #expect(throws: CaptureError.noSuchDevice(device: "hw:CARD=Mic_1")) {
            try opener.open(runningHz: 16_000)
        }
    }
}

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
