import CPostgres
import Foundation

/// A connection to the fleet's database, for one thread at a time.
///
/// Every call blocks until the server has answered, its time is over or the work is cancelled. After
/// any fault but one of kind `value` the connection is of no use any more.
final class FleetDatabase {
    /// The lowest version of `fleet.sql` that has what is written here.
    static let neededVersion = 1

    private let connection: OpaquePointer
    private let cancellation: Cancellation
    private let answerMilliseconds: Int32

    /// Connects, limits how long statements may take, and checks the tables.
    ///
    /// - Parameters:
    ///   - access: How the database is reached.
    ///   - environment: The process's environment, for credentials.
    ///   - cancellation: Ends what is under way.
    /// - Throws: Why it can't be used.
    init(
        _ access: FleetAccess,
        environment: [String: String],
        cancellation: Cancellation
    ) throws(FleetFault) {
        guard cpostgres_load() else {
            throw FleetFault(
                .configuration,
                "A fleet needs libpq, which is not installed. Install it with 'apt install libpq5'."
            )
        }
        let parameters = try access.parameters(environment: environment)
        var fault = cpostgres_fault()
        let new = Self.withStrings(parameters.map(\.keyword)) { keywords in
            Self.withStrings(parameters.map(\.value)) { values in
                cpostgres_connect(
                    keywords,
                    values,
                    access.connectMilliseconds,
                    Self.isCancelled,
                    Unmanaged.passUnretained(cancellation).toOpaque(),
                    &fault
                )
            }
        }
        guard let new else { throw FleetFault(connecting: fault.text) }
        connection = new
        self.cancellation = cancellation
        answerMilliseconds = access.answerMilliseconds
        let setUp = """
            SELECT set_config('statement_timeout', '\(access.answerMilliseconds / 4 * 3)', false),
                set_config('TimeZone', 'UTC', false)
            """
        try run(setUp)
        try run("SELECT max(version) FROM fleet.version")
        let version = value(0).flatMap { Int($0) } ?? 0
        guard version >= Self.neededVersion else {
            throw FleetFault(
                .configuration,
                "The fleet's tables are of version \(version), this program needs "
                    + "\(Self.neededVersion). Run its fleet.sql there with psql."
            )
        }
    }

    deinit {
        cpostgres_close(connection)
    }

    /// Runs a statement with at most one parameter, `$1`, as one transaction.
    ///
    /// - Returns: How many rows it wrote.
    @discardableResult
    func run(_ statement: String, _ parameter: String? = nil) throws(FleetFault) -> Int {
        var fault = cpostgres_fault()
        var changed = 0
        let succeeded = cpostgres_run(
            connection,
            statement,
            parameter,
            answerMilliseconds,
            Self.isCancelled,
            Unmanaged.passUnretained(cancellation).toOpaque(),
            &changed,
            &fault
        )
        guard succeeded else {
            throw FleetFault(
                running: fault.text,
                code: fault.codeText,
                namesConstraint: fault.names_constraint
            )
        }
        return changed
    }

    /// A value of the first row that the last statement returned; nil if there is none.
    func value(_ column: Int32) -> String? {
        cpostgres_value(connection, column).map { String(cString: $0) }
    }

    private static let isCancelled: @convention(c) (UnsafeMutableRawPointer) -> Bool = { context in
        Unmanaged<Cancellation>.fromOpaque(context).takeUnretainedValue().isCancelled
    }

    /// Gives a list of texts as C has it, with NULL at its end.
    private static func withStrings<Value>(
        _ texts: [String],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
    ) -> Value {
        let copies = texts.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        let pointers = copies.map { $0.map { UnsafePointer($0) } } + [nil]
        return pointers.withUnsafeBufferPointer { list in
            guard let first = list.baseAddress else { preconditionFailure("it holds a NULL") }
            return body(first)
        }
    }
}

extension cpostgres_fault {
    fileprivate var text: String {
        withUnsafeBytes(of: words) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    fileprivate var codeText: String {
        withUnsafeBytes(of: code) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
