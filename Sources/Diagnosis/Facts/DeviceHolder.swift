import Foundation

/// A process that has a capture device open.
package struct DeviceHolder: Equatable, Sendable, CustomStringConvertible {
    /// The process.
    package var processID: Int
    /// The name of its program.
    package var program: String
    /// The device's file, such as `/dev/snd/pcmC1D0c`.
    package var device: String

    /// Creates the holder.
    package init(processID: Int, program: String, device: String) {
        self.processID = processID
        self.program = program
        self.device = device
    }

    package var description: String { "\(program) (process \(processID)) has \(device)" }

    /// Everybody who has a capture device open, as far as this user may see.
    ///
    /// The kernel names the owner of a running stream; whoever has only opened the device is found
    /// by his open files.
    /// - Parameter proc: `/proc`, or a test's copy.
    /// - Returns: Every process with every device it has.
    package static func all(proc: String = "/proc") -> [DeviceHolder] {
        var holders = streamOwners(proc: proc)
        for process in names(in: proc).compactMap(Int.init).sorted() {
            let folder = "\(proc)/\(process)/fd"
            for file in names(in: folder) {
                guard
                    let target = try? FileManager.default.destinationOfSymbolicLink(
                        atPath: "\(folder)/\(file)"
                    ), isCaptureDevice(target)
                else { continue }
                let isKnown = holders.contains { $0.processID == process && $0.device == target }
                if !isKnown {
                    holders.append(
                        DeviceHolder(
                            processID: process,
                            program: program(of: process, proc: proc),
                            device: target
                        )
                    )
                }
            }
        }
        return holders
    }

    private static func streamOwners(proc: String) -> [DeviceHolder] {
        var holders: [DeviceHolder] = []
        for card in names(in: "\(proc)/asound").sorted() {
            guard card.hasPrefix("card"), let number = Int(card.dropFirst(4)) else { continue }
            for pcm in names(in: "\(proc)/asound/\(card)").sorted() {
                guard pcm.hasPrefix("pcm"), pcm.hasSuffix("c"),
                    let device = Int(pcm.dropFirst(3).dropLast())
                else { continue }
                let folder = "\(proc)/asound/\(card)/\(pcm)"
                for part in names(in: folder).sorted() where part.hasPrefix("sub") {
                    guard let owner = owner(inStatus: "\(folder)/\(part)/status") else { continue }
                    holders.append(
                        DeviceHolder(
                            processID: owner,
                            program: program(of: owner, proc: proc),
                            device: "/dev/snd/pcmC\(number)D\(device)c"
                        )
                    )
                }
            }
        }
        return holders
    }

    /// The line `owner_pid   : 1234` of a stream's status.
    private static func owner(inStatus path: String) -> Int? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("owner_pid") }),
            let value = line.split(separator: ":").last
        else { return nil }
        return Int(value.trimmingCharacters(in: .whitespaces))
    }

    private static func program(of process: Int, proc: String) -> String {
        let name = try? String(contentsOfFile: "\(proc)/\(process)/comm", encoding: .utf8)
        return name?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "an unknown program"
    }

    private static func isCaptureDevice(_ path: String) -> Bool {
        path.hasPrefix("/dev/snd/pcmC") && path.hasSuffix("c")
    }

    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}
