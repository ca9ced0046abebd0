import EventStore
import Foundation
import Testing

@Suite("Sources and models in the store")
struct RegistrationTests {
    private let files: TemporaryStore
    private let store: EventStore

    init() throws {
        files = try TemporaryStore()
        store = try files.open()
    }

    @Test func aSourceKeepsItsRowWhenItsDeviceChanges() throws {
        let first = try store.sourceID(named: "porch", device: "hw:1")
        #expect(try store.sourceID(named: "porch", device: "hw:2") == first)
        #expect(try store.sourceID(named: "garden") != first)
        #expect(try store.sourceNames() == ["garden", "porch"])
    }

    @Test func theSameModelKeepsItsRowsAndTakesNewLabels() throws {
        let first = try store.register(files.model)
        var relabelled = files.model
        relabelled.classes[0].label = "Barking"
        #expect(try store.register(relabelled) == first)
        #expect(try store.modelID(relabelled) == first.modelID)
        let source = try store.sourceID(named: "porch")
        let event = try store.begin(
            NewEvent(
                sourceID: source,
                classID: first.classIDs[0],
                start: noon,
                end: noon,
                peakScore: 1,
                meanScore: 1,
                levelDBFS: 0
            )
        )
        #expect(try store.event(event)?.label == "Barking")
    }

    @Test func anotherListOfClassesIsAnotherModel() throws {
        let first = try store.register(files.model)
        var longer = files.model
        longer.classes.append(ClassIdentity(name: "siren", label: "Siren"))
        let second = try store.register(longer)
        #expect(second.modelID != first.modelID)
        #expect(second.classIDs.count == 4)
        #expect(try store.register(files.model) == first)
    }
}
