import ArgumentParser
import SoundDatasets

extension EventFormat: ExpressibleByArgument {}
