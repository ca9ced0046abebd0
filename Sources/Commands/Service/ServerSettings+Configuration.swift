import Foundation
import MonitorServer
import Settings

extension ServerSettings {
    /// Where the API listens under a configuration.
    ///
    /// - Throws: When the token can't be read.
    init(configuration: MonitorConfiguration, location: StateLocation) throws(ServerError) {
        self.init(socketPath: location.socketPath)
        socketMode = configuration.web.socketMode
        socketGroup = configuration.web.socketGroup
        clipsDirectory = location.clipsDirectory
        listen = configuration.web.listen.map { TCPAddress(host: $0.host, port: $0.port) }
        if let path = configuration.web.tokenFile {
            token = try AccessToken(
                reference: path,
                environment: ProcessInfo.processInfo.environment
            )
        }
    }
}
