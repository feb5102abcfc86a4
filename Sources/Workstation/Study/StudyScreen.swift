import Foundation
import Radiology
import Terminal

/// One open study: its images, what the reader decided, and the report.
struct StudyScreen: Sendable {
  /// Which pane has the keys.
  enum Focus: Sendable, Hashable { case image, findings, report }

  /// What the next keys are about; the image's border names it.
  enum Mode: Sendable, Hashable {
    case browsing
    /// The arrows change the window.
    case windowing
    /// A reason for rejecting is wanted.
    case rejecting
    /// Normal or suspicious is wanted.
    case calling
    case placing(Placement)
    /// A ruler being laid: a cross that tells the value below it and, once set, the other end.
    case measuring(Placement)
    /// A copy of the finding that moves until it is put down.
    case editing(Finding)
  }

  /// A region being drawn: a cross in image pixels and, once set, the corner opposite to it.
  struct Placement: Sendable, Hashable {
    var x: Double
    var y: Double
    var corner: Corner?

    struct Corner: Sendable, Hashable {
      let x: Double
      let y: Double
    }

    init(x: Double, y: Double, corner: Corner? = nil) {
      (self.x, self.y, self.corner) = (x, y, corner)
    }

    /// The nearest place within the image.
    init(x: Double, y: Double, corner: Corner? = nil, in pane: Viewport.Pane) {
      self.init(
        x: min(max(0, x), Double(pane.columns)), y: min(max(0, y), Double(pane.rows)),
        corner: corner)
    }
  }

  var open: OpenStudy
  var work: ReadingWork
  /// The reader has not called the study yet and wants to do so before the model's answer is shown.
  var hidesAnswer: Bool
  var history = History<ReadingWork>()
  var focus = Focus.image
  /// The focused pane has the whole screen.
  var isPaneZoomed = false
  var mode = Mode.browsing
  /// Tracking UID of the region the keys are about.
  var current: Finding.ID?
  /// The reader has gone to a region since the study was opened.
  var hasVisitedRegion = false
  /// Regions that were the current one on screen since the study was opened.
  var seen: Set<Finding.ID> = []
  /// The region that was zoomed into last, so that the same key leads back.
  var closeTo: Finding.ID?
  var imageIndex = 0
  /// At which frame each image was left, counted from 0.
  var frames: [Instance.ID: Int] = [:]
  var pictures: [ShownFrame: PictureState] = [:]
  var viewports: [Instance.ID: Viewport] = [:]
  /// Kept for the whole study, so that paging does not change the greys.
  var window: ImageWindow?
  var isInverted = false
  var showsRegions = true
  /// Over the picture lies what the model looked at.
  var showsHeat = false
  var heat: [Instance.ID: HeatState] = [:]
  /// The earlier study beside this one.
  var prior: Prior?
  var editor = ReportEditor()
  /// Where the mouse was pressed and what it is doing.
  var drag: Drag?
  /// The draft has changed since it was handed over for saving.
  var hasUnsavedDraft = false
  /// Drafts on their way to the store, by the time of the oldest change in each.
  var sentDrafts: [Date] = []
  /// The store has refused a draft, and taken none since.
  var isDraftRefused = false
  var lastEdit: Date?
  /// When the oldest change was made that is not handed over for saving.
  var unsavedSince: Date?
  var draftSaved: Date?
  /// The signature was asked for and is not confirmed yet.
  var isSigning = false
  /// The study is read once more by this reader.
  var second: SecondReading?
  /// Somebody else wrote to the study since it was opened.
  var isOvertaken = false
  /// Typing in one go is one step back, not one per letter.
  var typing: String?

  struct Drag: Sendable, Hashable {
    let button: MouseEvent.Button
    var last: Position
  }

  /// An image as far as it has come.
  enum PictureState: Sendable {
    case loading
    case ready(Picture)
    case failed(String)
  }

  init(_ open: OpenStudy, work: ReadingWork, hidesAnswer: Bool = false) {
    self.open = open
    self.work = work
    self.hidesAnswer = hidesAnswer
    current = findings.first?.id
    // What stands before it comes with the order; here the reader's own words begin.
    editor.section = work.report.sections.firstIndex(where: \.isRequired) ?? 0
  }

  var id: Study.ID { open.row.id }
  var row: WorklistRow { open.row }
  var isSigned: Bool { work.report.isSigned }
  /// Decisions about regions are over: what follows a signature changes the words only.
  var isAddendum: Bool { work.report.state == .addendum && !isSigned }
  /// The review as far as it is shown.
  var shownReview: Review { hidesAnswer ? work.review.withoutModelFindings : work.review }
  var findings: [Finding] { shownReview.findings }
  var currentFinding: Finding? { findings.first { $0.id == current } }

  /// The cross of a region that is drawn or of a ruler that is laid, while there is one.
  var cross: Placement? {
    get {
      switch mode {
      case .placing(let cross), .measuring(let cross): cross
      default: nil
      }
    }
    set {
      guard let newValue else { return mode = .browsing }
      switch mode {
      case .placing: mode = .placing(newValue)
      case .measuring: mode = .measuring(newValue)
      default: preconditionFailure("a cross moves only where there is one")
      }
    }
  }

  var instance: Instance? {
    open.instances.indices.contains(imageIndex) ? open.instances[imageIndex] : nil
  }

  /// The frame of the image that is shown; most images have one only.
  var frame: Int { instance.flatMap { frames[$0.id] } ?? 0 }
  var shown: ShownFrame? { instance.map { ShownFrame(instance: $0.id, frame: frame) } }

  var image: Picture? {
    guard let shown, case .ready(let image)? = pictures[shown] else { return nil }
    return image
  }

  var place: Place {
    switch mode {
    case .browsing:
      switch focus {
      case .image: .image
      case .findings: .findings
      case .report: .report
      }
    case .windowing: .windowing
    case .rejecting: .rejecting
    case .calling: .calling
    case .placing: .placing
    case .measuring: .measuring
    case .editing: .editing
    }
  }

  /// Findings on the image that is shown, with the one being moved at its new place.
  var shownFindings: [Finding] {
    findings.compactMap { finding in
      guard finding.region.instance == instance?.id, finding.region.frame == frame else {
        return nil
      }
      if case .editing(let moved) = mode, moved.id == finding.id { return moved }
      return finding
    }
  }

  /// Goes to another image of the study; false at the ends.
  mutating func page(by step: Int) -> Bool {
    let target = min(max(0, imageIndex + step), max(0, open.instances.count - 1))
    guard target != imageIndex else { return false }
    imageIndex = target
    return true
  }

  /// Goes to another frame of the image; false at the ends.
  mutating func turn(by step: Int) -> Bool {
    guard let instance else { return false }
    let target = min(max(0, frame + step), instance.frames - 1)
    guard target != frame else { return false }
    frames[instance.id] = target
    return true
  }

  /// Makes the region `step` further on the current one and brings it into view.
  mutating func stepRegion(_ step: Int, context: Context) -> Bool {
    guard !findings.isEmpty else { return false }
    let place = findings.firstIndex { $0.id == current }
    let next = place.map { ($0 + step + findings.count) % findings.count } ?? 0
    current = findings[next].id
    closeTo = nil
    showCurrent(context: context)
    return true
  }

  /// Pages to the current region's image and frame and brings it into view.
  mutating func showCurrent(context: Context) {
    guard let region = currentFinding?.region,
      let index = open.instances.firstIndex(where: { $0.id == region.instance })
    else { return }
    imageIndex = index
    frames[region.instance] = region.frame
    guard let pane = context.pane(self) else { return }
    var viewport = viewports[region.instance] ?? Viewport(of: pane)
    viewport.show(region, in: pane)
    viewports[region.instance] = viewport
  }

  /// Changes the view of the image that is shown.
  mutating func look(_ context: Context, _ body: (inout Viewport, Viewport.Pane) -> Void) {
    guard let instance, let pane = context.pane(self) else { return }
    var viewport = viewports[instance.id] ?? Viewport(of: pane)
    body(&viewport, pane)
    viewports[instance.id] = viewport
  }

  func viewport(in pane: Viewport.Pane) -> Viewport {
    guard let instance, var viewport = viewports[instance.id] else { return Viewport(of: pane) }
    // The pane may have another size than when the view was set.
    if let zoom = viewport.zoom, zoom <= pane.fit { viewport.zoom = nil }
    viewport.clamp(in: pane)
    return viewport
  }
}

extension StudyScreen {
  /// What a study needs to know of the world around it.
  struct Context: Sendable {
    let now: Date
    /// Between header and footer.
    let body: Rect
    let cell: Capabilities.CellPixels
    let keymap: Keymap

    func layout(_ study: StudyScreen) -> Layout {
      let column = Layout.findingsWidth(body)
      return Layout(
        body, focus: study.focus, isPaneZoomed: study.isPaneZoomed, findings: study.findings.count,
        about: study.aboutLines(width: column - 4, keymap: keymap).count
      ).withPrior(study.prior != nil && study.focus != .report)
    }

    /// Where the image is drawn, if it is and has a size.
    func pane(_ study: StudyScreen) -> Viewport.Pane? {
      guard let frame = layout(study).imageFrame, let instance = study.instance else { return nil }
      let size = study.image.map { ($0.width, $0.height) } ?? (instance.columns, instance.rows)
      return pane(frame, columns: size.0, rows: size.1)
    }

    /// Where an image of this size is drawn within a frame, if it has a size.
    func pane(_ frame: Rect, columns: Int, rows: Int) -> Viewport.Pane? {
      guard columns > 0, rows > 0 else { return nil }
      let inside = frame.inset(by: 1)
      guard !inside.isEmpty else { return nil }
      return Viewport.Pane(rect: inside, cell: cell, columns: columns, rows: rows)
    }
  }

  /// The panes: side by side from 100 columns on, one at a time below.
  struct Layout: Sendable {
    private(set) var image: Rect?
    let findings: Rect?
    let report: Rect?
    /// Where the image would be, so that looking at it has a size even while it is hidden.
    private(set) var imageFrame: Rect?
    /// The earlier image, to the right of this one.
    private(set) var prior: Rect?

    /// With half of the image's place given to an earlier one.
    func withPrior(_ hasPrior: Bool) -> Layout {
      guard hasPrior, let imageFrame else { return self }
      var layout = self
      let (left, right) = imageFrame.splitColumns(right: imageFrame.width / 2)
      layout.imageFrame = left
      if image != nil {
        layout.image = left
        layout.prior = right
      }
      return layout
    }

    /// Columns of the regions' pane beside the image.
    static func findingsWidth(_ body: Rect) -> Int { body.width >= 150 ? 46 : 36 }

    /// The panes of a study with so many findings, and so many lines about it below them.
    init(_ body: Rect, focus: Focus, isPaneZoomed: Bool, findings count: Int, about: Int) {
      guard body.width >= 100, !isPaneZoomed else {
        image = focus == .image ? body : nil
        findings = focus == .findings ? body : nil
        report = focus == .report ? body : nil
        imageFrame = body
        return
      }
      let narrow = Self.findingsWidth(body)
      // Writing needs room, and the picture stays in view beside it.
      let side = focus == .report ? max(narrow, min(80, body.width * 11 / 20)) : narrow
      let (image, column) = body.splitColumns(right: side)
      self.image = image
      imageFrame = image
      guard focus != .report else {
        findings = nil
        report = column
        return
      }
      let wanted = 2 * max(1, count) + max(6, about) + 2
      let (top, below) = column.splitRows(top: min(wanted, column.height * 3 / 5))
      findings = top
      report = below
    }
  }
}
