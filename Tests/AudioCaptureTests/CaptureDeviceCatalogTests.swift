import Foundation
import Testing

@testable import AudioCapture

@Suite
struct CaptureDeviceCatalogTests {
    @Test func listingWorksOnAnyMachineAndOffersOnlyWhatCanHear() throws {
        let devices = try CaptureDeviceCatalog.list()
        #expect(Set(devices.map(\.name)).count == devices.count)
        for device in devices {
            #expect(!["null", "upmix", "samplerate"].contains(device.name))
            #expect(!device.description.contains("\n"))
            if device.availability == .available {
                #expect(!device.formats.isEmpty)
                #expect(device.channels != nil)
            }
        }
    }

    @Test func whatADeviceDeliversIsAskedOfTheDeviceWhichIsClosedAgain() throws {
        let world = try MicrophoneWorld(
            content: Data(count: 8_192),
            format: "S24_3LE",
            channels: 2,
            rateHz: 44_100
        )
        let capabilities = try DeviceCapabilities(
            of: "mic",
            configuration: world.configuration
        )
        #expect(capabilities.formats == [.packedInt24])
        #expect(capabilities.ratesHz == [44_100])
        #expect(capabilities.channels == 2...2)
        #expect(try world.value(.openNow) == 0)
    }

    @Test func whatAConverterCouldDoIsNotWhatTheDeviceDelivers() throws {
        let world = try MicrophoneWorld(
            content: Data(count: 8_192),
            rateHz: 44_100,
            otherDevices: "pcm.converted { type plug slave.pcm mic }"
        )
        let capabilities = try DeviceCapabilities(
            of: "converted",
            configuration: world.configuration
        )
        #expect(capabilities.ratesHz == [44_100])
    }
}
