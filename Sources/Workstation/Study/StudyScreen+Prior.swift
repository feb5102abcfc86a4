import Radiology
import Terminal

// An earlier study beside the open one. It is only looked at: no key is ever meant for it.
extension StudyScreen {
  struct Prior: Sendable, Hashable {
    let row: WorklistRow
    /// The image that fits the shown one best; none until it is known.
    var instance: Instance?
    /// There is no image of it to show.
    var isEmpty = false
  }

  /// The latest earlier study of the same kind, or else the latest.
  var comparable: WorklistRow? {
    open.priors.first {
      $0.study.modality == row.study.modality && $0.study.bodyPart == row.study.bodyPart
    } ?? open.priors.first
  }

  /// The earlier image with the same part of it in view.
  private func linked(_ viewport: Viewport, from pane: Viewport.Pane, to other: Viewport.Pane)
    -> Viewport
  {
    var linked = Viewport(
      x: viewport.x / Double(pane.columns) * Double(other.columns),
      y: viewport.y / Double(pane.rows) * Double(other.rows),
      zoom: viewport.zoom.map { $0 / pane.fit * other.fit })
    linked.clamp(in: other)
    return linked
  }

  func drawPrior(on canvas: inout Canvas, in frame: Rect, workstation: Workstation) {
    guard let prior else { return }
    let call = prior.row.review?.call?.rawValue ?? prior.row.state.word
    canvas.box(
      frame, title: "PRIOR \(prior.row.dateWords)  \(prior.row.exam)", trailing: call,
      footer: frame.width < 60
        ? ModelLimits.rest(open.limits, width: frame.width - 6)
        : "Only to compare: keys work on the left",
      titleStyle: .warning)
    let inside = frame.inset(by: 1)
    let context = workstation.studyContext
    guard let instance = prior.instance, let mine = context.pane(self), let current = image,
      case .ready(let picture)? = pictures[ShownFrame(instance: instance.id, frame: 0)],
      let pane = context.pane(frame, columns: picture.width, rows: picture.height)
    else {
      let text = "  " + priorWords(prior)
      for (line, words) in wrapped(text, toCells: max(1, inside.width - 2)).enumerated() {
        canvas.clipped(to: inside) { canvas in
          canvas.draw(words, at: Position(inside.x + 1, inside.y + 1 + line), style: .muted)
        }
      }
      return
    }
    let viewport = linked(self.viewport(in: mine), from: mine, to: pane)
    let key = PictureCache.Key(
      shown: ShownFrame(instance: instance.id, frame: 0), viewport: viewport,
      window: window(of: current.presets), isInverted: isInverted, pane: pane,
      art: workstation.capabilities.art)
    draw(picture, as: key, on: &canvas, cache: workstation.cache)
    let bar = ScaleBar(of: picture.spacing, viewport: viewport, pane: pane)
    bar.draw(on: &canvas, pane: pane)
    guard let way = workstation.capabilities.pixels else { return }
    refine(
      on: &canvas, key: key, picture: picture, way: way,
      overlay: PixelOverlay(
        boxes: [], rulers: [], bar: bar, heat: nil, placement: nil, viewport: viewport, pane: pane))
  }

  private func priorWords(_ prior: Prior) -> String {
    if prior.isEmpty { return "There is no image of it that can be shown." }
    guard let instance = prior.instance else { return "Opening the earlier study…" }
    if case .failed(let reason)? = pictures[ShownFrame(instance: instance.id, frame: 0)] {
      return "✖ No picture: \(sanitized(reason))"
    }
    return "Decoding…"
  }
}

extension Workstation {
  var priorObstacle: String? {
    if let obstacle = StudyScreen.noStudy(self) { return obstacle }
    guard study?.comparable == nil else { return nil }
    guard let elsewhere = study?.open.remotePriors.first else { return "there is no earlier study" }
    return "the earlier study is not here; secondlook pull \(sanitized(elsewhere.uid)) fetches it"
  }

  mutating func togglePrior() -> [Effect] {
    guard let row = study?.comparable, study?.prior == nil else {
      study?.prior = nil
      return []
    }
    study?.prior = StudyScreen.Prior(row: row)
    notices.hint = "The earlier study of \(row.dateWords); \(keymap.key("prior")) closes it"
    return [.loadPrior(row.id)]
  }

  /// The image of the same view, or else the first that can be shown.
  mutating func take(prior id: Study.ID, _ instances: [Instance]) -> [Effect] {
    guard let study, study.prior?.row.id == id else { return [] }
    let images = instances.filter { $0.isReadable && !$0.isDocument }
    let same = images.first {
      $0.view == study.instance?.view && $0.modality == study.instance?.modality
    }
    guard let instance = same ?? images.first else {
      self.study?.prior?.isEmpty = true
      return []
    }
    self.study?.prior?.instance = instance
    let shown = ShownFrame(instance: instance.id, frame: 0)
    guard study.pictures[shown] == nil else { return [] }
    self.study?.pictures[shown] = .loading
    return [.loadImage(instance, frame: 0)]
  }
}

extension WorklistRow {
  /// When the study was made.
  fileprivate var dateWords: String {
    study.date.map { ClockText.dicomDate(sanitized($0)) } ?? "no date"
  }
}
