import Foundation
import Radiology
import Testing

@testable import Gateway

@Suite("The workplace of the configuration")
struct WorkplaceTests {
  private func read(_ text: String) throws -> Workplace {
    try Workplace.read(text, file: URL(filePath: "/nowhere/\(Configuration.fileName)"))
  }

  private func complaint(_ text: String) -> String {
    do { return "\(try read(text))" } catch { return "\(error)" }
  }

  @Test("every setting is read, and what others need secrets for is left alone")
  func everything() throws {
    let workplace = try read(
      """
      [receive.tls]
      key = "not/for/readers.key"
      [workstation]
      theme = "high-contrast"
      mouse = false
      [workstation.keys]
      agree = ["y", "F7"]
      "pan left" = ["F8"]
      [roles]
      reader = ["radiology"]
      read-only = ["students", "visitors"]
      """)
    #expect(workplace.theme == .highContrast)
    #expect(workplace.usesMouse == false)
    #expect(workplace.keys.map(\.command) == ["agree", "pan left"])
    #expect(workplace.keys.map(\.keys) == [["y", "F7"], ["F8"]])
    #expect(workplace.roles?[.reader] == ["radiology"])
    #expect(workplace.roles?[.readOnly] == ["students", "visitors"])
    #expect(try read("") == .none)
  }

  @Test("the letterhead has a name, and what else a site wants to say")
  func letterhead() throws {
    let workplace = try read(
      """
      [letterhead]
      name = "Krankenhaus Süd"
      department = "Radiologie"
      address = ["Hauptstraße 1", "12345 Musterstadt"]
      phone = "+49 30 000000"
      """)
    #expect(
      workplace.letterhead
        == Letterhead(
          name: "Krankenhaus Süd", department: "Radiologie",
          address: ["Hauptstraße 1", "12345 Musterstadt"], phone: "+49 30 000000"))
    #expect(complaint("[letterhead]\nphone = \"1\"").contains("[letterhead] name is missing"))
  }

  @Test("a complaint about a key names its line, quoted or not")
  func lines() throws {
    let workplace = try read(
      """
      [workstation.keys]
      agree = ["y"]
      "pan left" = ["F8"]
      """)
    #expect(
      workplace.keys.map { "\($0.wrong("is odd"))" } == [
        "secondlook.toml, line 2: [workstation.keys] agree is odd. Nothing was started.",
        "secondlook.toml, line 3: [workstation.keys] pan left is odd. Nothing was started.",
      ])
  }

  @Test(
    "mistakes are refused with their line",
    arguments: [
      ("[workstation]\ntheme = \"pink\"", "line 2: [workstation] theme has to be one of auto"),
      ("[workstation]\nmouse = 1", "line 2: [workstation] mouse has to be true or false"),
      ("[workstation.keys]\nagree = \"y\"", "line 2: [workstation.keys] agree has to be a list"),
      ("[roles]\nreaders = [\"a\"]", "line 2: [roles] readers is not known"),
      ("[roles]\nreader = \"a\"", "line 2: [roles] reader has to be a list"),
      ("[role]\nreader = [\"a\"]", "line 1: role is not known"),
    ])
  func mistakes(text: String, sentence: String) {
    #expect(complaint(text).contains(sentence), "\(complaint(text))")
    #expect(throws: ConfigurationError.self) {
      try Configuration.read(text, file: URL(filePath: "/nowhere/secondlook.toml"))
    }
  }
}
