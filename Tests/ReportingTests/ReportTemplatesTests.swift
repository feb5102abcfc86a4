import Foundation
import Radiology
import Testing

@testable import Reporting

@Suite("The templates of a site")
struct ReportTemplatesTests {
  private let chest = Study(
    uid: "1", patient: "", modality: "DX", bodyPart: "CHEST", arrived: Sample.date(0))

  /// What a department with these files would work with.
  private func shelf(_ files: [String: String]) throws -> ReportTemplates {
    try Tools.withFolder { home in
      let folder = home.appending(path: "templates")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
      return ReportTemplates(assets: try Assets.folder(), department: home)
    }
  }

  @Test("a department's file comes before the shipped ones, under any name")
  func department() throws {
    let own = "template: Ours\nbody-parts: CHEST\nmodalities: DX\n[impression] Impression\n"
    for name in ["chest-radiograph.txt", "thorax.txt"] {
      let shelf = try shelf([name: own])
      #expect(shelf.fitting(chest).name == "Ours")
      #expect(shelf.flaws == [])
      #expect(shelf.summary.contains { $0.name == "Chest radiograph" } == (name == "thorax.txt"))
    }
  }

  @Test("a broken file is named with line and remedy, and its studies get the generic template")
  func broken() throws {
    let shelf = try shelf(["chest-radiograph.txt": "template: Ours\n[findings] F\nalways: {sze}\n"])
    #expect(shelf.fitting(chest).name == "Any study")
    let flaw = try #require(shelf.flaws.first)
    #expect((flaw.file, flaw.line) == ("templates/chest-radiograph.txt", 3))
    for words in ["{sze} is no value here", "line 3", "generic template", "mend the file"] {
      #expect(flaw.description.contains(words), "\(flaw)")
    }
  }

  @Test("a broken generic template leaves the shipped one, and no file at all a bare one")
  func neverBlank() throws {
    let other = Study(uid: "1", patient: "", arrived: Sample.date(0))
    let shelf = try shelf(["generic.txt": "nonsense"])
    #expect(shelf.flaws.count == 1)
    #expect(shelf.fitting(other).sections.contains { $0.key == "technique" })
    try Tools.withFolder { empty in
      let bare = ReportTemplates(assets: empty).fitting(other)
      #expect(bare.sections.filter(\.isRequired).map(\.key) == ["findings", "impression"])
    }
  }

  @Test("what is no text or no file is a flaw, not a crash")
  func hostile() throws {
    try Tools.withFolder { home in
      let folder = home.appending(path: "templates")
      try FileManager.default.createDirectory(
        at: folder.appending(path: "folder.txt"), withIntermediateDirectories: true)
      try Data([0xff, 0xfe, 0x00]).write(to: folder.appending(path: "bytes.txt"))
      let shelf = ReportTemplates(assets: try Assets.folder(), department: home)
      #expect(shelf.flaws.map(\.file) == ["templates/bytes.txt", "templates/folder.txt"])
      #expect(shelf.fitting(chest).name == "Chest radiograph")
    }
  }

  @Test("templates that are there and cannot be read are a flaw")
  func unreadable() throws {
    try Tools.withFolder { home in
      try Data("a file".utf8).write(to: home.appending(path: "templates"))
      let shelf = ReportTemplates(assets: try Assets.folder(), department: home)
      #expect(shelf.flaws.map(\.file) == ["templates"])
    }
  }

  @Test("shared snippets reach every template, and a template's own meaning holds")
  func snippets() throws {
    let shelf = try shelf([
      "snippets.txt": "# ours\nsnippet: clin Ours.\nsnippet: new New.\n",
      "a.txt": "template: A\nbody-parts: CHEST\nmodalities: DX\nsnippet: new Own.\n[a] A\n",
    ])
    let snippets = shelf.fitting(chest).snippets
    #expect(snippets.first { $0.abbreviation == "new" }?.phrase.shown == "Own.")
    #expect(snippets.first { $0.abbreviation == "clin" }?.phrase.shown == "Ours.")
    #expect(snippets.contains { $0.abbreviation == "disc" })
    #expect(try self.shelf(["snippets.txt": "[a] A"]).flaws.first?.line == 1)
  }

  @Test("a phrase asks for one pick after the other")
  func picks() throws {
    let phrase = try Phrase("Effusion, {small|large}.\\nOn the {right|left}.")
    #expect(phrase.words(picking: []).words == "Effusion, ")
    #expect(phrase.words(picking: []).next == ["small", "large"])
    #expect(phrase.words(picking: ["large"]).next == ["right", "left"])
    let whole = phrase.words(picking: ["large", "left"])
    #expect(whole.words == "Effusion, large.\nOn the left." && whole.next == nil)
  }
}
