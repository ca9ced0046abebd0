import ArgumentParser
import EventExports

extension EventFormat: ExpressibleByArgument {}
