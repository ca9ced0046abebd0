internal import CLinuxSupport
import Foundation
@preconcurrency import Glibc

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

    /// Every process that has a capture device open, as far as this user may see.
    ///
    /// The kernel names the owner of a running stream; a process that has only opened the device is
    /// found by its open files.
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

/// Who may open the files of capture devices.
package struct DevicePermissions: Sendable {
    /// The user.
    package var userID: UInt32
    /// All groups of the user.
    package var groupIDs: Set<UInt32>

    /// The rights of a user.
    package init(userID: UInt32, groupIDs: Set<UInt32>) {
        self.userID = userID
        self.groupIDs = groupIDs
    }

    /// The capture devices that the user may not open; root may open all.
    ///
    /// - Parameter folder: `/dev/snd`, or a test's copy.
    /// - Returns: Their paths.
    package func forbidden(in folder: String = "/dev/snd") -> [String] {
        guard userID != 0 else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix("pcmC") && $0.hasSuffix("c") }.sorted()
            .map { "\(folder)/\($0)" }.filter { !mayOpen($0) }
    }

    private func mayOpen(_ path: String) -> Bool {
        guard let facts = try? FileManager.default.attributesOfItem(atPath: path),
            let mode = facts[.posixPermissions] as? Int,
            let owner = (facts[.ownerAccountID] as? NSNumber)?.uint32Value,
            let group = (facts[.groupOwnerAccountID] as? NSNumber)?.uint32Value
        else { return true }
        let shift = owner == userID ? 6 : groupIDs.contains(group) ? 3 : 0
        return (mode >> shift) & 0o6 == 0o6
    }
}

/// What systemd says of the unit `earwitness.service`.
package struct UnitFacts: Equatable, Sendable {
    /// Whether the unit is known: `loaded`, `not-found`, `masked`.
    package var loadState: String
    /// Whether it runs: `active`, `inactive`, `failed`, `activating`.
    package var activeState: String
    /// The same in detail, such as `running` or `auto-restart`.
    package var subState: String
    /// Whether it is started at boot: `enabled`, `disabled`, `static`.
    package var fileState: String
    /// How often systemd has restarted it since it was started.
    package var restartCount: Int
    /// How its last run ended: `success`, `exit-code`, `signal`, `watchdog`.
    package var result: String

    /// The names of the properties that are asked for.
    package static let properties = [
        "LoadState", "ActiveState", "SubState", "UnitFileState", "NRestarts", "Result",
    ]

    /// Reads what `systemctl show --property=…` prints; nil if it prints no unit.
    package init?(properties text: String) {
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
        guard let loadState = values["LoadState"] else { return nil }
        self.loadState = loadState
        activeState = values["ActiveState"] ?? ""
        subState = values["SubState"] ?? ""
        fileState = values["UnitFileState"] ?? ""
        restartCount = Int(values["NRestarts"] ?? "") ?? 0
        result = values["Result"] ?? ""
    }

    /// Asks systemd; nil where it does not run this machine.
    package static func read(unit: String = "earwitness.service") -> UnitFacts? {
        guard FileManager.default.fileExists(atPath: "/run/systemd/system") else { return nil }
        let properties = properties.joined(separator: ",")
        // A bus that hangs must not hang the caller.
        return CommandOutput("timeout 5 systemctl show --property=\(properties) \(unit)")
            .flatMap { UnitFacts(properties: $0.text) }
    }
}

/// What a program of the system prints.
struct CommandOutput {
    let text: String

    /// Runs a fixed command line; nil if it cannot be run or fails.
    init?(_ line: String) {
        guard let pipe = popen("\(line) 2>/dev/null", "re") else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = fread(&buffer, 1, buffer.count, pipe)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        guard pclose(pipe) == 0 else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
    }
}

/// The clock of this machine.
package enum ClockState {
    /// Whether the kernel's clock is synchronised; nil if unknown.
    package static func isSynchronized() -> Bool? {
        switch linux_clock_is_synchronized() {
        case 1: true
        case 0: false
        default: nil
        }
    }
}
