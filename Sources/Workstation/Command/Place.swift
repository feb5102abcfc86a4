/// What has the reader's attention, and so decides what a key means.
enum Place: String, Sendable, CaseIterable {
  case worklist, filter
  case image, findings, report
  case windowing, placing, editing, measuring, rejecting, calling
  case signing, inserting, preview, comparing, batch
  case takingOver, scoring
  case system, sync, log, logFilter, clinician, finding
  case go, help, palette, quitting

  /// Heads the place's keys in the help.
  var title: String {
    switch self {
    case .worklist: "Worklist"
    case .filter: "Filter"
    case .image: "Image"
    case .findings: "Regions"
    case .report: "Report"
    case .windowing: "Window and level"
    case .placing: "New region"
    case .editing: "Region on the move"
    case .measuring: "Ruler"
    case .rejecting: "Reason for rejecting"
    case .calling: "Calling the study"
    case .signing: "Sign report"
    case .takingOver: "Take over"
    case .scoring: "Second look"
    case .inserting: "Put in"
    case .preview: "Preview"
    case .comparing: "Versions"
    case .batch: "Sign marked studies"
    case .system: "System"
    case .sync: "Sync"
    case .log: "Log"
    case .logFilter: "Filter of the log"
    case .clinician: "Reports"
    case .finding: "Finding a patient"
    case .go: "Go to"
    case .help: "Help"
    case .palette: "Command"
    case .quitting: "Leave"
    }
  }

  /// Finishes the sentence “`x` works …”.
  func whereItWorks(_ keymap: Keymap) -> String {
    switch self {
    case .worklist: "on the worklist"
    case .filter: "while typing a filter"
    case .image: "on the image"
    case .findings: "on the list of regions"
    case .report: "in the report"
    case .windowing: "while setting the window (\(keymap.key("window-mode")))"
    case .placing: "while placing a region (\(keymap.key("new-region")))"
    case .editing: "while editing a region (\(keymap.key("edit-region")))"
    case .measuring: "while measuring (\(keymap.key("measure")))"
    case .rejecting: "while choosing a reason (\(keymap.key("reject")))"
    case .calling: "while calling the study (\(keymap.key("call")))"
    case .signing: "in the sign dialog (\(keymap.key("sign")))"
    case .takingOver: "while taking a study over (\(keymap.key("take-over")))"
    case .scoring: "while scoring a second look (\(keymap.key("call")))"
    case .inserting: "in the list of what to put in (\(keymap.key("insert")))"
    case .preview: "in the preview (\(keymap.key("preview")))"
    case .comparing: "while comparing versions (\(keymap.key("versions")))"
    case .batch: "in the batch (\(keymap.key("sign-marked")))"
    case .system: "on the system screen"
    case .go: "after \(keymap.key("go"))"
    case .sync: "on the sync screen"
    case .log: "on the log screen"
    case .logFilter: "while filtering the log"
    case .clinician: "while reading a report"
    case .finding: "while finding a patient"
    case .help: "in the help"
    case .palette: "in the palette"
    case .quitting: "when asked about leaving"
    }
  }

  /// Characters are typed here, so no command may have one for a key.
  var isText: Bool {
    switch self {
    case .filter, .logFilter, .finding, .report, .signing, .inserting, .batch, .takingOver, .help,
      .palette:
      true
    default: false
    }
  }
}

extension Set<Place> {
  static let all = Set(Place.allCases)
  /// A study is open and no text is being typed.
  static let study: Set = [.image, .findings]
  /// Where single characters are commands and no choice is pending.
  static let browsing: Set = [.worklist, .image, .findings, .system, .sync, .log, .clinician]
  /// The image can be looked at differently.
  static let picture: Set = [.image, .findings, .placing, .editing, .measuring]
}
