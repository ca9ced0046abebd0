import ArgumentParser
import AudioCapture
import Evaluation
import Messages
import Settings
import SoundDatasets

/// `earwitness devices`: what can be listened to.
struct DevicesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "Lists the capture devices with stable names, formats and rates."
    )

    @Option(help: "text or json.") var format = ReportFormat.text
    @OptionGroup var service: ServiceOptions

    func run() throws {
        defer { remarkOnPrograms() }
        let devices = try CaptureDeviceCatalog.list()
        switch format {
        case .json:
            for device in devices {
                try StandardOutput.writeLine(device.json.text)
            }
        case .text:
            guard !devices.isEmpty else {
                StandardError.write(
                    "No capture device found. Plug in a microphone, or try 'earwitness run --source demo'.\n"
                )
                return
            }
            try StandardOutput.write(
                TextTable(
                    header: [
                        "device", "state", "formats", "rates (Hz)", "channels", "description",
                    ],
                    rows: devices.map(\.cells)
                ).text
            )
        }
    }
}

extension DevicesCommand {
    /// Says what else is listened to: a program is no device, but a source.
    private func remarkOnPrograms() {
        // What is wrong with the configuration is another command's business.
        let sources = (try? MonitorConfiguration.load(at: service.location).sources) ?? []
        for source in sources where source.input.isProgram {
            StandardError.writeMessage("the source '\(source.name)' is a program: \(source.input)")
        }
    }
}

extension CaptureDevice {
    fileprivate var json: JSONValue {
        var reason: String?
        if case .unavailable(let error) = availability { reason = error.description }
        let formats: [JSONValue] = formats.map { .string($0.rawValue) }
        let rates: [JSONValue] = ratesHz.map { .integer(Int64($0)) }
        let channels: JSONValue =
            channels.map { range in
                .array([.integer(Int64(range.lowerBound)), .integer(Int64(range.upperBound))])
            } ?? .null
        return .object([
            .init("name", .string(name)), .init("description", .string(description)),
            .init("unavailable", .string(reason)), .init("formats", .array(formats)),
            .init("rates_hz", .array(rates)), .init("channels", channels),
        ])
    }

    fileprivate var cells: [String] {
        let state =
            switch availability {
            case .available: "available"
            case .unavailable(.deviceBusy): "busy"
            case .unavailable(.permissionDenied): "not permitted"
            case .unavailable: "unavailable"
            }
        let rates = ratesHz.map { "\($0)" }.joined(separator: " ")
        return [
            name, state, formats.map(\.rawValue).joined(separator: " "),
            rates,
            channels.map(Self.text) ?? "",
            description.replacing("\n", with: " "),
        ]
    }

    private static func text(_ channels: ClosedRange<Int>) -> String {
        let (least, most) = (channels.lowerBound, channels.upperBound)
        return least == most ? "\(least)" : "\(least)-\(most)"
    }
}
