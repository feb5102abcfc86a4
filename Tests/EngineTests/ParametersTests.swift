import Testing
@testable import Engine
@Test("x") func x() {}
