public import Foundation
public import Radiology
import Terminal

/// The whole workstation as one value: what is known, where the reader is, what is being done.
///
/// It is pure. ``update(_:)`` takes what happened and answers what should be done about it;
/// ``render(on:)`` draws the state. There is no clock, no file and no store in here, so every
/// session can be replayed and every screen can be tested as text.
public struct Workstation: Sendable {
  let options: Options
  var keymap: Keymap { options.keymap }
  /// Columns and rows of the terminal.
  var bounds: Rect
  var capabilities: Capabilities
  /// As of the last message that told the time.
  var now: Date
  var worklist: WorklistScreen
  /// The study that was asked for and has not come yet.
  var opening: WorklistRow?
  var study: StudyScreen?
  var system = SystemScreen()
  /// The screen beside the reading that lies over it, below any overlay.
  var aside: Aside?
  /// When the clock last had that screen read anew.
  var asideAsked: Date?
  var log = LogScreen()
  var clinician = ClinicianScreen()
  /// What lies over the screen, the topmost last.
  var overlays: [Overlay] = []
  var notices = Notices()
  var unsaved = UnsavedWork()
  /// The reader was asked, and leaves although something is not saved.
  var leavesAnyway = false
  /// Long tasks, in the order they began.
  var badges: [TaskBadge] = []
  /// Commands run by name, the latest first.
  var recent: [String] = []
  var status = SystemStatus()
  /// Views of the worklist the reader has kept.
  var ownViews: [WorklistView]
  var hidesNames: Bool
  /// Studies are opened without the model's answer.
  var readsFirst: Bool { worklist.readsFirst }
  /// Whether the reader wants the mouse taken; none leaves it to the configuration.
  var mouseChoice: Bool?
  var capturesMouse: Bool { mouseChoice ?? options.usesMouse }
  /// The look the reader chose; none leaves it to the configuration.
  var theme: ThemeChoice?
  /// Names the reader's own regions.
  var names: SplitMix
  /// Where to go once the worklist is there.
  var restored: ScreenState?
  var savedScreen: ScreenState?
  /// When something was typed last.
  var lastInput: Date
  /// Pictures as cells, remembered because looking is more frequent than changing.
  let cache = PictureCache()

  public init(options: Options) {
    self.options = options
    bounds = Rect(x: 0, y: 0, width: options.width, height: options.height)
    capabilities = options.capabilities
    now = options.now
    lastInput = options.now
    worklist = WorklistScreen(restored: options.restored)
    log.hidesAnswers = worklist.readsFirst
    ownViews = options.restored?.views ?? []
    hidesNames = options.restored?.hidesNames ?? false
    mouseChoice = options.restored?.capturesMouse
    theme = options.restored?.theme.flatMap(ThemeChoice.init)
    names = SplitMix(seed: options.seed)
    restored = options.restored
    savedScreen = options.restored
    aside = options.restored.map { Aside($0.screen) } ?? Aside(firstFor: options.rights)
  }

  /// What to do first.
  public func start() -> [Effect] {
    [.loadWorklist, .captureMouse(capturesMouse)]
      + ((options.theme ?? theme).map { [.useTheme($0)] } ?? [])
  }

  /// Takes what happened and answers what should be done about it.
  public mutating func update(_ message: Message) -> [Effect] {
    // What is written of a study is handed over when it is left, too.
    let row = study?.row
    let effects = answer(to: message)
    unsaved.note(effects, of: row)
    return worklist.asks() ? effects + [.loadWorklist] : effects
  }

  /// What ``Effect/loadWorklist`` asks for.
  public var worklistRequest: WorklistRequest { worklist.request }

  private mutating func answer(to message: Message) -> [Effect] {
    switch message {
    case .input(let input): take(input)
    case .tick(let date): tick(date)
    case .worklist(let page): take(page)
    case .storeChanged: [.loadWorklist]
    case .studyOpened(let open): take(open)
    case .takenOver(let id, let sentence): lose(id, sentence)
    case .imageLoaded(let id, let frame, let image):
      take(ShownFrame(instance: id, frame: frame), .ready(image))
    case .imageFailed(let id, let frame, let reason):
      take(ShownFrame(instance: id, frame: frame), .failed(reason))
    case .heatLoaded(let map): take(.ready(map), of: map.instance)
    case .heatFailed(let id, let reason): take(.failed(sanitized(reason)), of: id)
    case .priorLoaded(let id, let instances): take(prior: id, instances)
    case .documents(let id, let documents): show(documents, of: id)
    case .saved(let saved, let id): note(saved, id)
    case .signed(let report): leave(report)
    case .given(let report): take(report)
    case .secondLook(let look): take(look)
    case .versions(let id, let reports): compare(reports, of: id)
    case .batch(let studies): askAbout(studies)
    case .exported(let id, let path): noteExport(of: id, to: path)
    case .done(let sentence): tell(sanitized(sentence))
    case .failed(let action, let sentence): fail(action, sentence)
    case .progress(let badge): show(badge)
    case .taskEnded(let name, let sentence): end(name, sentence)
    case .status(let status): take(status)
    case .log(let page): take(page)
    case .found(let answer): take(answer)
    case .reportRead(let report): take(report)
    }
  }

  /// What has the reader's attention.
  var place: Place {
    if let overlay = overlays.last { return overlay.place }
    if let aside {
      switch aside {
      case .log where log.isFiltering: return .logFilter
      case .clinician where clinician.report == nil: return .finding
      default: return aside.place
      }
    }
    if let study { return study.place }
    if opening != nil { return .image }
    return worklist.isFiltering ? .filter : .worklist
  }

  /// Where the reader is, for the next start.
  public var screenState: ScreenState {
    var state = ScreenState()
    state.sort = worklist.sort
    state.filter = worklist.complaint == nil ? worklist.filterLine.text : ""
    state.study = worklist.selected
    state.views = ownViews
    state.hidesNames = hidesNames
    state.readsFirst = readsFirst
    state.capturesMouse = mouseChoice
    state.theme = theme?.rawValue
    if let study {
      state.screen = study.focus == .report ? .report : .study
      state.study = study.id
      state.image = study.imageIndex
      state.frame = study.frame
      if let viewport = study.instance.flatMap({ study.viewports[$0.id] }), let zoom = viewport.zoom
      {
        state.view = ScreenState.SavedView(x: viewport.x, y: viewport.y, zoom: zoom)
      }
      state.window = study.window.map {
        ScreenState.SavedWindow(center: $0.center, width: $0.width)
      }
      state.isInverted = study.isInverted
      state.showsRegions = study.showsRegions
      state.showsHeat = study.showsHeat
    } else if let opening {
      state.screen = .study
      state.study = opening.id
    } else if restored != nil, let savedScreen {
      // Nothing was shown yet: what was remembered is still the truth.
      state = savedScreen
    }
    if let aside { state.screen = aside.screen }
    return state
  }

  /// When ``Message/tick(_:)`` is wanted next; none while nothing depends on time.
  public var nextTick: Date? {
    var times: [Date] = []
    if let due = study?.draftDue { times.append(due) }
    if let late = study?.isLateFrom, late > now { times.append(late) }
    if screenState != savedScreen { times.append(lastInput + 2) }
    // Waiting times on screen are in minutes.
    if worklist.count > 0 { times.append(now + 60) }
    if let due = worklist.due { times.append(max(due, now)) }
    if let asideDue { times.append(asideDue) }
    return times.min()
  }
}
