import ArgumentParser
import Foundation
@preconcurrency import Glibc
import Messages
import MonitorClient
import MonitorServer
import Platform
import Settings

/// `earwitness web`: who may open the page.
struct WebCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "web",
        abstract: "Lets other devices open the web page.",
        subcommands: [WebPasswordCommand.self, WebLinkCommand.self]
    )
}

/// `earwitness web password`: sets the page's password.
struct WebPasswordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password",
        abstract: "Sets the password of the web page.",
        discussion: """
            Asks for it twice. From then on the page asks everybody for it, on this machine too, and \
            whoever was signed in is signed out. Only a slow hash of it is stored.
            """
    )

    @OptionGroup var service: ServiceOptions
    @Flag(help: "Read the password from standard input, its first line.") var stdin = false
    @Flag(help: "Remove the password.") var remove = false

    func validate() throws {
        guard !(stdin && remove) else { throw ValidationError("Give --stdin or --remove.") }
    }

    func run() throws {
        let location = service.location
        try requireOwnService(location)
        let path =
            try service.loadConfiguration().web.passwordFile ?? location.webPasswordPath
        if remove {
            try removePassword(at: path)
            return
        }
        let password = try stdin ? WebPassword(hashing: Self.firstLine()) : Self.ask()
        try OutputFile.createFolder(PathText.folder(of: path))
        try OutputFile.write("\(password.hash)\n", to: path, isDurable: true, isPrivate: true)
        StandardError.writeMessage("The password is set. Who was signed in has to sign in again.")
    }

    private func removePassword(at path: String) throws {
        guard unlink(path) == 0 else {
            guard errno == ENOENT else {
                throw FileWriteError(path: path, code: errno, isCreation: true)
            }
            StandardError.writeMessage("No password was set.")
            return
        }
        StandardError.writeMessage("The password is removed. Who was signed in is signed out.")
    }

    /// Refuses to set the password of a service that this user does not run, while the system's does.
    private func requireOwnService(_ location: StateLocation) throws {
        let paths = location.clientSocketPaths
        guard paths.count > 1, FileFacts(paths[0]) == nil, FileFacts(paths[1]) != nil else {
            return
        }
        throw CommandFailure(
            .notPermitted,
            "The running service belongs to another user. Run 'sudo earwitness web password'."
        )
    }

    private static func firstLine() throws -> String {
        guard let line = readLine(strippingNewline: true) else {
            throw CommandFailure(.badData, "Standard input is empty. Pipe the password in.")
        }
        return line
    }

    private static func ask() throws -> WebPassword {
        let first = try SecretPrompt.read("New password: ")
        // What can't be used is said before it is asked for again.
        let password = try WebPassword(hashing: first)
        guard try SecretPrompt.read("The same again: ") == first else {
            throw CommandFailure(
                .badData,
                "The two passwords differ; nothing was changed. Try again."
            )
        }
        return password
    }
}

/// `earwitness web link`: a link that opens the page once.
struct WebLinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link",
        abstract: "Prints a link that opens the web page once, as on a telephone.",
        discussion: """
            On a terminal also as a QR code. Whoever opens the link first is signed in for 30 days after \
            the last visit.
            """
    )

    @OptionGroup var service: ServiceOptions
    @Option(
        help: ArgumentHelp(
            "The page's address, where a reverse proxy serves it.",
            valueName: "address"
        )
    )
    var url: String?
    @Option(help: ArgumentHelp("How long the link can be used.", valueName: "count"))
    var minutes = 10

    func validate() throws {
        guard (1...1_440).contains(minutes) else {
            throw ValidationError("--minutes is \(minutes); give 1 to 1440.")
        }
        if let url {
            guard url.hasPrefix("http://") || url.hasPrefix("https://"),
                !url.contains(where: { $0.isWhitespace || $0 == "#" })
            else {
                throw ValidationError(
                    "--url is '\(url)'; give an address such as https://home/ew/."
                )
            }
        }
    }

    func run() async throws {
        let client = try await MonitorClient.firstAnswering(at: service.location.clientSocketPaths)
        let link = try await client.makeLink(minutes: minutes)
        guard let listen = link.listen.flatMap(ListenAddress.init) else {
            throw CommandFailure(
                .configuration,
                "The page is off. Set 'web.listen: 0.0.0.0:8137' in the configuration and restart "
                    + "the service."
            )
        }
        let page = url ?? PageAddress.text(for: listen)
        let address = link.isNeeded ? LinkAddress.text(page: page, token: link.token) : page
        if url != nil || !listen.isLoopback { printCode(of: address) }
        try StandardOutput.writeLine(address)
        if link.isNeeded {
            let until = LocalTime().text(link.expires)
            StandardError.writeMessage("The link opens the page once, until \(until).")
        }
        if url == nil, listen.isLoopback {
            StandardError.writeMessage(
                "Only this machine reaches the page. For others set 'web.listen: 0.0.0.0:"
                    + "\(listen.port)' (and 'IPAddressAllow=any' with 'systemctl edit earwitness') "
                    + "and restart the service, or name a reverse proxy with --url."
            )
        }
    }

    /// Prints the QR code on a terminal, or says why there is none.
    private func printCode(of address: String) {
        guard StandardOutput.isTerminal else { return }
        do throws(QRPicture.Unavailable) {
            for line in try QRPicture(address).lines(colored: Terminal.showsColor) {
                try? StandardOutput.writeLine(line)
            }
        } catch {
            StandardError.writeMessage(error.description)
        }
    }
}
