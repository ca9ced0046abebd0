/// A place in a text file, as editors count: the first line and column are 1.
package struct DocumentPosition: Hashable, Sendable, CustomStringConvertible {
    /// The file's path, as the user gave it.
    package var file: String
    /// The line, from 1.
    package var line: Int
    /// The column in Unicode scalars, from 1.
    package var column: Int

    /// Creates the position from its parts.
    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line):\(column)" }
}
