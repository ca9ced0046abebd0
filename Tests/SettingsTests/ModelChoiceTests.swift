import Testing

@testable import Settings

@Suite struct ModelChoiceTests {
    private func changed(_ text: String, _ models: [String], source: String? = nil) throws -> String
    {
        try ModelChoice(models: models, source: source).applied(to: text, file: "e.yaml")
    }

    @Test func theSettingIsReplacedAndEverythingElseStays() throws {
        let text = """
            # My house.
            gate: {open_dbfs: -50}   # quiet
            model: household-1   # the default

            log: info
            """
        #expect(
            try changed(text, ["yamnet", "birds"])
                == text.replacing("model: household-1   #", with: "models: [yamnet, birds]  #")
        )
        #expect(
            try changed(text, ["yamnet"]) == text.replacing("household-1   #", with: "yamnet  #")
        )
    }

    @Test func aListOverSeveralLinesBecomesOneLine() throws {
        let block = "models:\n  - a   # one\n  - b\nlog: info\n"
        #expect(try changed(block, ["c"]) == "model: c\nlog: info\n")
        let brackets = "log: info\nmodels: [a,\n  b\n  ]\nweb: {listen: off}\n"
        #expect(
            try changed(brackets, ["c", "d"])
                == "log: info\nmodels: [c, d]\nweb: {listen: off}\n"
        )
    }

    @Test func aFileWithoutTheSettingGetsItBehindTheSamplesLineOrAtTheEnd() throws {
        #expect(
            try changed("log: info\n#model: household-1\n# more\n", ["yamnet"])
                == "log: info\n#model: household-1\nmodel: yamnet\n# more\n"
        )
        #expect(try changed("log: info", ["yamnet"]) == "log: info\nmodel: yamnet\n")
        #expect(try changed("", ["/a b/it's"]) == "model: '/a b/it''s'\n")
    }

    @Test func theModelsOfOneSourceAreSetAlone() throws {
        let text = """
            sources:
              - name: porch
                device: hw:1
              - device: hw:2
                models:
                  - a
                name: garden
            model: household-1
            """
        let porch = try changed(text, ["birds"], source: "porch")
        #expect(porch == text.replacing("porch\n", with: "porch\n    models: [birds]\n"))
        let garden = try changed(text, ["birds", "b"], source: "garden")
        #expect(garden == text.replacing("models:\n      - a\n", with: "models: [birds, b]\n"))
    }

    @Test(arguments: [
        ("{model: a, log: info}", nil as String?),
        ("sources: [{name: porch, device: demo}]", "porch"),
        ("gate: {open_dbfs: loud}", nil),
    ])
    func aFormThatCannotBeChangedSafelyIsLeftToThePerson(text: String, source: String?) {
        #expect {
            try changed(text, ["yamnet"], source: source)
        } throws: { error in
            "\(error)".contains("Cannot change the models in 'e.yaml'")
                && "\(error)".contains("by hand")
        }
    }
}
