import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("The heat map")
struct HeatTests {
  /// Four by four cells over the fixture's image, one of them above every step.
  private let map = HeatMap(
    instance: "1.2.2.1", cells: 4,
    probabilities: [0.7, 0.4, 0.15, 0.02] + [Float](repeating: 0, count: 11) + [.nan], x: 0, y: 0,
    cellWidth: 50, cellHeight: 60)

  @Test("o goes from boxes to heat to nothing and back, and asks once for the map")
  func cycle() {
    var workstation = Workstation.onStudy()
    let effects = workstation.type("o")
    let model = String(repeating: "3f9a12c07b44", count: 5) + "0000"
    #expect(effects == [.loadHeat(Fixture.instance(Fixture.rows[0]), model: model)])
    #expect(workstation.screen().contains("HEAT …"))
    _ = workstation.update(.heatLoaded(map))
    #expect(workstation.screen().contains("HEAT .10 +30 #60 %"))
    workstation.type("o")
    #expect(!workstation.screen().contains("HEAT"))
    #expect(workstation.screen().contains("boxes hidden (o)"))
    workstation.type("o")
    #expect(workstation.study?.showsRegions == true)
    #expect(workstation.type("o").isEmpty)
    #expect(workstation.screen().contains("HEAT .10 +30 #60 %"))
  }

  @Test("marks stand where the model saw something, and tell how much by their shape")
  func marks() {
    #expect(map.level(x: 10, y: 10) == .strong)
    #expect(map.level(x: 60, y: 10) == .some)
    #expect(map.level(x: 110, y: 10) == .faint)
    #expect(map.level(x: 160, y: 10) == nil)
    #expect(map.level(x: 160, y: 200) == nil, "no number is no mark")
    #expect(map.level(x: -1, y: 10) == nil && map.level(x: 10, y: 241) == nil)
    var workstation = Workstation.onStudy()
    let plain = workstation.canvas().text
    workstation.type("o")
    _ = workstation.update(.heatLoaded(map))
    let text = workstation.canvas().text
    for glyph in "+#" { #expect(text.count { $0 == glyph } > plain.count { $0 == glyph }) }
  }

  @Test("a map that cannot be had says why, and is asked for again with the next o")
  func failed() {
    var workstation = Workstation.onStudy()
    workstation.type("o")
    _ = workstation.update(.heatFailed("1.2.2.1", reason: "The model is gone."))
    #expect(workstation.screen().contains("NO HEAT: The model is gone."))
    let effects = workstation.type("ooo")
    #expect(effects.contains { if case .loadHeat = $0 { true } else { false } })
  }

  @Test("what no model judged, and what is read first, has no heat")
  func none() {
    var workstation = Workstation.onWorklist()
    workstation.type("R")
    _ = workstation.press(.enter)
    _ = workstation.update(.studyOpened(Fixture.open(Fixture.rows[0])))
    _ = workstation.update(.imageLoaded("1.2.2.1", Fixture.image))
    let hidden = workstation.type("o")
    #expect(hidden.isEmpty)
    #expect(workstation.study?.showsHeat == false)
    workstation = .onWorklist()
    workstation.type("jjj")
    _ = workstation.press(.enter)
    let row = workstation.opening ?? Fixture.rows[0]
    #expect(row.triage?.probability == nil)
    _ = workstation.update(.studyOpened(Fixture.open(row)))
    _ = workstation.update(.imageLoaded("\(row.id).1", Fixture.image))
    let refused = workstation.type("o")
    #expect(refused.isEmpty)
  }

  @Test("the marks are painted into pixels too")
  func pixels() throws {
    var capabilities = Capabilities(colours: .palette256, unicode: true)
    capabilities.sixel = true
    var workstation = Workstation.onStudy(Fixture.options(capabilities: capabilities))
    workstation.type("o")
    let before = try #require(workstation.canvas().pictures.first)
    _ = workstation.update(.heatLoaded(map))
    let after = try #require(workstation.canvas().pictures.first)
    #expect(after.version != before.version)
    #expect(after.raster().pixels != before.raster().pixels)
  }
}
