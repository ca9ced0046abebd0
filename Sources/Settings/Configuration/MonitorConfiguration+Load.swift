extension MonitorConfiguration {
    /// Reads the configuration, its drop-ins and the thresholds set by command.
    ///
    /// - Parameter location: Where the files are.
    /// - Returns: The configuration that is in force.
    /// - Throws: All problems of all files at once.
    package static func load(
        at location: StateLocation
    ) throws(ConfigurationError)
        -> MonitorConfiguration
    {
        try load(location.configuration, overridesPath: location.overridesPath)
    }

    /// The problems of a configuration with its drop-ins, none if it can be used.
    ///
    /// - Parameters:
    ///   - main: The configuration file; the standard one need not be there.
    ///   - models: Finds the models that a configuration names; nil if they are not known.
    /// - Returns: The problems in the order of the files.
    /// - Throws: ``ConfigurationError/missing(path:)`` or
    ///   ``ConfigurationError/unreadable(path:reason:)``.
    package static func check(
        _ main: ConfigurationPath,
        models: (MonitorConfiguration) -> [ModelRules]? = { _ in nil }
    ) throws(ConfigurationError)
        -> [DocumentProblem]
    {
        do {
            let configuration = try load(main, overridesPath: nil)
            return models(configuration).map(configuration.unknownNames) ?? []
        } catch .invalid(let problems) {
            return problems
        }
    }

    /// The drop-ins of a configuration: `NAME.d/*.yaml` beside `NAME.yaml`, by name.
    package static func dropIns(of path: String) -> [String] {
        guard path.hasSuffix(".yaml") else { return [] }
        let folder = path.dropLast(".yaml".count) + ".d"
        return TextFile.names(inFolder: String(folder))
            .filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }
            .sorted().map { "\(folder)/\($0)" }
    }

    /// Reads a configuration with its drop-ins.
    ///
    /// - Parameters:
    ///   - main: The configuration file; the standard one need not be there.
    ///   - overridesPath: The thresholds set by command; nil: without them.
    /// - Returns: The configuration.
    /// - Throws: All problems of all files at once.
    package static func load(
        _ main: ConfigurationPath,
        overridesPath: String?
    ) throws(ConfigurationError) -> MonitorConfiguration {
        let isThere = main.isExplicit || TextFile.exists(main.path)
        return try load(
            files: (isThere ? [main.path] : []) + dropIns(of: main.path),
            overridesPath: overridesPath
        )
    }

    /// Lays `files` over one another, the first at the bottom.
    static func load(
        files: [String],
        overridesPath: String?
    ) throws(ConfigurationError)
        -> MonitorConfiguration
    {
        var configuration = MonitorConfiguration()
        var reading = DocumentReading()
        for file in files {
            let text = try TextFile.read(file)
            do {
                let document = try YAMLReader.read(text, file: file, reading: &reading)
                settings.read(document, path: "", into: &configuration, reading: &reading)
            } catch {
                reading.report(error)
            }
        }
        configuration.files = files
        configuration.origins = reading.positions.mapValues { .file($0) }
        configuration.letLastNameOfModelsWin()
        if let overridesPath {
            configuration.readOverrides(overridesPath)
        }
        for problem in configuration.contradictions() {
            reading.report(problem)
        }
        guard reading.problems.isEmpty else { throw .invalid(reading.problems) }
        return configuration
    }

    /// Drops `models` of a file if a later one sets `model`.
    private mutating func letLastNameOfModelsWin() {
        guard case .file(let one)? = origins["model"], case .file(let several)? = origins["models"],
            let oneFile = files.firstIndex(of: one.file),
            let severalFile = files.firstIndex(of: several.file), oneFile > severalFile
        else { return }
        models = nil
        origins["models"] = nil
    }

    /// Reads the thresholds that were set by command, which may have changed meanwhile.
    package mutating func readOverrides(_ path: String) {
        thresholds = ThresholdOverrides.read(path)
        origins.merge(thresholds.positions.mapValues { .file($0) }) { _, newer in newer }
    }
}
