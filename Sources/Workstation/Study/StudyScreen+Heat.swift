import Radiology
import Terminal

// What the model looked at, laid over the picture. It is fetched when it is asked for: the map is
// nothing a study needs, and keeping one for every image would be.
extension StudyScreen {
  /// A map as far as it has come.
  enum HeatState: Sendable, Hashable {
    case loading
    case ready(HeatMap)
    case failed(String)
  }

  /// The map over the image that is shown, where it may be.
  var shownHeat: HeatMap? {
    guard showsHeat, !hidesAnswer, let instance, case .ready(let map)? = heat[instance.id] else {
      return nil
    }
    return map
  }

  /// The model whose map it would be; none where no model judged or its answer is hidden.
  var heatModel: ModelVersion.ID? {
    hidesAnswer || row.triage?.probability == nil ? nil : row.triage?.model
  }

  /// The map that is to be shown, if it has to be fetched.
  mutating func wantedHeat() -> [Effect] {
    guard showsHeat, let model = heatModel, let instance, image != nil, heat[instance.id] == nil
    else { return [] }
    heat[instance.id] = .loading
    return [.loadHeat(instance, model: model)]
  }

  /// What the marks mean, in place of the pane's title: it is never left out.
  var heatTitle: String? {
    guard showsHeat, !hidesAnswer, let instance else { return nil }
    switch heat[instance.id] {
    case .ready?:
      return "HEAT "
        + HeatMap.Level.allCases.map { "\($0.glyph)\($0.percent)" }.joined(separator: " ") + " %"
    case .loading?: return "HEAT …"
    case .failed(let reason)?: return "NO HEAT: \(reason)"
    case nil: return nil
    }
  }
}

extension Workstation {
  /// Boxes, then heat where a model judged, then the bare image.
  mutating func stepOverlay() -> [Effect] {
    withStudy { study, _ in
      if study.showsHeat {
        (study.showsHeat, study.showsRegions) = (false, false)
      } else if study.showsRegions {
        study.showsHeat = study.heatModel != nil
        study.showsRegions = study.showsHeat
        // What failed once is tried again when it is asked for again.
        study.heat = study.heat.filter { if case .failed = $0.value { false } else { true } }
      } else {
        study.showsRegions = true
      }
    } + overlayHint()
  }

  private mutating func overlayHint() -> [Effect] {
    guard let study else { return [] }
    if study.showsHeat {
      notices.hint =
        "Heat: where the model saw something; "
        + "\(keymap.key("overlay")) hides it and the boxes"
    } else if !study.showsRegions {
      notices.hint = "The boxes are hidden; \(keymap.key("overlay")) shows them"
    }
    return []
  }

  mutating func take(_ state: StudyScreen.HeatState, of instance: Instance.ID) -> [Effect] {
    guard study?.heat[instance] != nil else { return [] }
    study?.heat[instance] = state
    return []
  }
}

extension HeatMap {
  /// How suspicious, in steps an eye tells apart without colour.
  enum Level: Int, Sendable, CaseIterable {
    case faint, some, strong

    /// At or above so many percent.
    var percent: Int {
      switch self {
      case .faint: 10
      case .some: 30
      case .strong: 60
      }
    }

    var glyph: Character {
      switch self {
      case .faint: "."
      case .some: "+"
      case .strong: "#"
      }
    }
  }

  func level(x: Double, y: Double) -> Level? {
    guard let probability = probability(x: x, y: y) else { return nil }
    return Level.allCases.last { probability * 100 >= Float($0.percent) }
  }

  /// Marks on every second cell, so that the picture is seen between them.
  func draw(on canvas: inout Canvas, viewport: Viewport, pane: Viewport.Pane) {
    let rect = pane.rect
    canvas.clipped(to: rect) { canvas in
      for y in rect.y..<rect.endY {
        for x in stride(from: rect.x + (y & 1), to: rect.endX, by: 2) {
          let place = viewport.imagePoint(of: Position(x, y), in: pane)
          guard let level = level(x: place.x, y: place.y) else { continue }
          canvas[x, y] = Cell(level.glyph, style: .overlayOther.transparent)
        }
      }
    }
  }
}
