import Settings
import Testing

@Suite struct StateLocationTests {
    @Test func systemdsDirectoriesComeFirst() {
        let location = StateLocation(
            environment: [
                "STATE_DIRECTORY": "/var/lib/private/earwitness:/var/lib/other",
                "RUNTIME_DIRECTORY": "/run/earwitness-2",
            ],
            userID: 0
        )
        #expect(location.databasePath == "/var/lib/private/earwitness/events.sqlite")
        #expect(location.socketPath == "/run/earwitness-2/api.sock")
        #expect(location.stateOrigin == .environment(variable: "STATE_DIRECTORY"))
    }

    @Test func rootUsesTheSystemsPlaces() {
        let location = StateLocation(
            environment: ["XDG_STATE_HOME": "/x", "XDG_RUNTIME_DIR": "/y"],
            userID: 0
        )
        #expect(location.stateDirectory == "/var/lib/earwitness")
        #expect(location.clientSocketPaths == ["/run/earwitness/api.sock"])
        #expect(location.configuration.path == "/etc/earwitness/earwitness.yaml")
        #expect(!location.configuration.isExplicit)
    }

    @Test func aUserHasPlacesOfTheirOwn() {
        let location = StateLocation(
            environment: ["HOME": "/home/kim", "XDG_RUNTIME_DIR": "/run/user/1000"],
            userID: 1000
        )
        #expect(location.overridesPath == "/home/kim/.local/state/earwitness/overrides.yaml")
        #expect(
            location.clientSocketPaths == [
                "/run/user/1000/earwitness/api.sock", "/run/earwitness/api.sock",
            ]
        )
    }

    @Test func aRelativeDirectoryInTheEnvironmentIsIgnored() {
        let location = StateLocation(
            environment: ["HOME": "/home/kim", "XDG_STATE_HOME": "state"],
            userID: 1000
        )
        #expect(location.stateDirectory == "/home/kim/.local/state/earwitness")
        #expect(location.runtimeDirectory == location.stateDirectory)
    }

    @Test func theOptionWinsOverTheEnvironment() {
        let environment = ["EARWITNESS_CONFIG": "/a.yaml"]
        #expect(ConfigurationPath(option: "/b.yaml", environment: environment).path == "/b.yaml")
        let named = ConfigurationPath(option: nil, environment: environment)
        #expect(named.path == "/a.yaml")
        #expect(named.origin.description == "environment ($EARWITNESS_CONFIG)")
    }
}
