import Foundation
import Radiology
import Store
import Testing

@Suite("Finding a patient")
struct PatientSearchTests {
  private func filled() throws -> Store {
    let store = try Store()
    try store.save([
      intake("1.1", patient: "4711", name: "DOE^JANE", accession: "ACC1"),
      intake("1.2", patient: "4711", name: "DOE^JANE", accession: "ACC2", digest: "b"),
      intake("1.3", patient: "99", name: "ROE^MARK", accession: "XY7", digest: "c"),
      intake("1.4", patient: "5%", name: "100%^SURE", digest: "d"),
    ])
    return store
  }

  @Test(
    "by parts of the name, by the number's beginning, by the accession's",
    arguments: ["doe", "jane doe", "DOE^JA", "471", "acc2", "doe 4711"])
  func finds(words: String) throws {
    let answer = try filled().search(for: words)
    #expect(Set(answer.studies.map(\.patient.identifier)) == ["4711"])
    // Whoever is found comes with all their studies.
    #expect(answer.studies.count == 2)
    #expect(!answer.isCut)
  }

  @Test(
    "every word has to fit, and a word has to be long enough", arguments: ["doe mark", "d", ""])
  func nobody(words: String) throws { #expect(try filled().search(for: words).studies.isEmpty) }

  @Test("in either case, also of letters that are not ASCII", arguments: ["müller", "MÜLLER ZO"])
  func cases(words: String) throws {
    let store = try filled()
    try store.save(intake("1.5", patient: "77", name: "Müller^Zoë", digest: "e"))
    #expect(try store.search(for: words).studies.map(\.id) == ["1.5"])
  }

  @Test("what SQL takes for a sign is a letter like any other")
  func signs() throws {
    let store = try filled()
    #expect(try store.search(for: "100%").studies.map(\.id) == ["1.4"])
    #expect(try store.search(for: "%%").studies.isEmpty)
    #expect(try store.search(for: "__").studies.isEmpty)
    #expect(try store.search(for: "\\\\").studies.isEmpty)
    #expect(try store.search(for: "';DROP").studies.isEmpty)
  }

  @Test("a study without a signature has nothing to read; a draft is nobody's business")
  func unsigned() throws {
    let store = try filled()
    #expect(try store.foundStudy("1.1").standing == .none)
    try store.saveDraft(
      Report(study: "1.1", sections: [], author: "Dr Osei", changed: noon))
    #expect(try store.foundStudy("1.1").standing == .none)
    #expect(throws: StoreError.notFound) { try store.foundStudy("9") }
  }

  @Test("of many patients the first fifty are told, and that there are more")
  func many() throws {
    let store = try Store()
    try store.save(
      (1...60).map { intake("2.\($0)", patient: "P\($0)", name: "SMITH^N\($0)", digest: "\($0)-") })
    let answer = try store.search(for: "smith")
    #expect(Set(answer.studies.map(\.patient.id)).count == 50)
    #expect(answer.isCut)
  }

  @Test("of a patient with very many studies the newest two hundred are told, and that it is cut")
  func longHistory() throws {
    let store = try Store()
    try store.save((1...210).map { intake("3.\($0)", patient: "P", digest: "\($0)-") })
    let answer = try store.search(for: "doe")
    #expect(answer.studies.count == 200 && answer.isCut)
  }

  @Test("a report that is signed since is told of at once, with who signed")
  func signed() throws {
    let store = try filled()
    try store.sign(report("1.3"), review: review("1.3"), by: "Dr Osei", at: noon)
    let found = try #require(try store.search(for: "roe").studies.first)
    #expect(found.standing == .final && found.author == "Dr Osei")
    #expect(found.signed.map { abs($0.timeIntervalSince(noon)) < 1 } == true)
  }
}
