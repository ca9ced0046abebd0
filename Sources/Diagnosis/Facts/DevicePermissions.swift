import Foundation

/// Who may open the files of capture devices.
package struct DevicePermissions: Sendable {
    /// The user.
    package var userID: UInt32
    /// All groups that he is in.
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
