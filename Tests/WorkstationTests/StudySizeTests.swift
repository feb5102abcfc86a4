import Radiology
import Terminal
import Testing

@testable import Workstation

@Suite("An open study on any terminal")
struct StudySizeTests {
  /// Keys that open every pane and mode of a study.
  private static let tours = [
    "", "n\n", "Z", "\t", "\tZ", "r", "c", "x", "b\nLJ", "e", "d\nLJ\n", "w", "o", "oo", "p", "pZ",
    "R", "+++", "d\n", "S",
  ]

  private func opened(_ tour: String, sixel: Bool) -> Workstation {
    var capabilities = Capabilities(colours: .palette256, unicode: true)
    capabilities.sixel = sixel
    var workstation = Workstation.onWorklist(Fixture.options(capabilities: capabilities))
    _ = workstation.press(.enter)
    let row = Fixture.rows[0]
    let earlier = Fixture.row(77, name: "DOE^JANE", probability: 0.9)
    _ = workstation.update(
      .studyOpened(
        OpenStudy(row: row, instances: [Fixture.instance(row)], priors: [earlier])))
    _ = workstation.update(.imageLoaded("1.2.2.1", Fixture.image))
    for character in tour {
      switch character {
      case "\n": _ = workstation.press(.enter)
      case "\t": _ = workstation.press(.tab)
      default: workstation.type(String(character))
      }
    }
    _ = workstation.update(.priorLoaded("1.2.77", [Fixture.instance(earlier)]))
    _ = workstation.update(.imageLoaded("1.2.77.1", Fixture.image))
    _ = workstation.update(
      .heatLoaded(
        HeatMap(
          instance: "1.2.2.1", cells: 2, probabilities: [0.9, 0.4, 0.2, 0], x: -5, y: 0,
          cellWidth: 100, cellHeight: 120)))
    return workstation
  }

  @Test("is drawn at every size from one cell to 300 by 90", arguments: tours)
  func sizes(tour: String) {
    let workstation = opened(tour, sixel: true)
    for (width, height) in [
      (1, 1), (2, 90), (59, 16), (60, 15), (60, 16), (61, 17), (99, 30), (100, 16), (149, 20),
      (150, 16), (300, 16), (300, 90),
    ] {
      let canvas = workstation.canvas(width, height)
      #expect(canvas.text.split(separator: "\n", omittingEmptySubsequences: false).count <= height)
      if let cursor = canvas.cursor { #expect(canvas.bounds.contains(cursor)) }
      for picture in canvas.pictures {
        #expect(picture.rect.intersection(canvas.bounds) == picture.rect)
        guard width < 70 else { continue }
        let raster = picture.raster()
        #expect(raster.pixels.count == raster.width * raster.height)
      }
    }
  }

  @Test("comes through a storm of resizes as it was", arguments: tours)
  func storm(tour: String) {
    var random = SplitMix(seed: 11)
    var workstation = opened(tour, sixel: false)
    _ = workstation.update(.input(.resize(width: 100, height: 30)))
    let (work, before) = (workstation.study?.work, workstation.screen())
    for _ in 0..<200 {
      let width = 1 + Int(random.next() % 300)
      let height = 1 + Int(random.next() % 90)
      let effects = workstation.update(.input(.resize(width: width, height: height)))
      #expect(effects == [.repaint])
    }
    _ = workstation.update(.input(.resize(width: 100, height: 30)))
    #expect(workstation.study?.work == work)
    #expect(workstation.screen() == before)
  }
}
