public import Foundation
public import Radiology
public import Reporting
public import Terminal

/// What the program knows when it opens the workstation.
public struct Options: Sendable {
  /// Who reads; signs reports and is written into the audit log.
  public var reader: String
  /// Nothing can be decided, written or signed.
  public var isReadOnly: Bool
  /// The screens say that the images are synthetic while no study is there that says it by itself.
  public var isSynthetic: Bool
  /// What the department wants to be asked about.
  public var rules = ReadingRules()
  /// The look of this session alone; none leaves it to what the reader chose last.
  public var theme: ThemeChoice?
  /// Whether the mouse is taken until the reader says otherwise.
  public var usesMouse = true
  /// What each key means.
  public var keymap = Keymap.standard
  /// What the person at the keyboard may do.
  public var rights = Rights.all
  /// Where new drafts come from.
  public var template: ReportTemplate
  /// Columns and rows of the terminal.
  public var width: Int
  public var height: Int
  public var capabilities: Capabilities
  /// The time now; every later time comes with ``Message/tick(_:)``.
  public var now: Date
  /// For the clock times on screen.
  public var timeZone: TimeZone
  /// Where the reader left off; none on the first start.
  public var restored: ScreenState?
  /// Starts the sequence that names a reader's own regions; random for every run.
  public var seed: UInt64

  public init(
    reader: String, isReadOnly: Bool = false, isSynthetic: Bool = false, template: ReportTemplate,
    width: Int, height: Int, capabilities: Capabilities = Capabilities(), now: Date,
    timeZone: TimeZone = .gmt, restored: ScreenState? = nil, seed: UInt64
  ) {
    self.reader = reader
    self.isReadOnly = isReadOnly
    self.isSynthetic = isSynthetic
    self.template = template
    self.width = width
    self.height = height
    self.capabilities = capabilities
    self.now = now
    self.timeZone = timeZone
    self.restored = restored
    self.seed = seed
  }

  /// Why something may not be done in this session; none if it may.
  func obstacle(_ act: Act) -> String? {
    (isReadOnly ? rights.whileReadOnly : rights).obstacle(act)
  }
}
