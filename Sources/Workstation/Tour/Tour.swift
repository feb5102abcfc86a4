public import Foundation
public import Radiology
import Terminal

/// Teaches the keys on the real screens: it waits for one key after the other and says what each
/// was for.
///
/// Any other key does nothing but be explained, so nobody gets lost. A step that is skipped is done
/// for the reader, so that the next one finds the screens as it needs them.
public struct Tour: Presentation {
  /// Keys of the tour itself; no command of the workstation may have them while it lasts.
  static let skip = Key.function(2)
  static let leave = Key.function(3)

  var workstation: Workstation
  let steps: [TourStep]
  private(set) var index = 0
  /// How many characters of the present step are typed.
  private(set) var typed = 0
  /// What the step before was for.
  private(set) var lesson: String?
  /// Why the last key did nothing.
  private(set) var hint: String?

  /// The tour with the reader's own keys, or with those the program comes with if they leave out
  /// one that the tour needs.
  public init(options: Options) {
    steps = TourStep.all
    var options = options
    let needed = Set(steps.compactMap(\.command))
    if options.keymap.table.contains(where: { needed.contains($0.name) && $0.keys.isEmpty }) {
      options.keymap = .standard
    }
    options.height = Self.height(below: options.height)
    workstation = Workstation(options: options)
  }

  /// Rows that are left for the screens.
  static func height(below height: Int) -> Int { max(min(16, height), height - 4) }

  var isOver: Bool { index >= steps.count }
  var step: TourStep? { isOver ? nil : steps[index] }

  public func start() -> [Effect] { workstation.start() }
  public var nextTick: Date? { workstation.nextTick }
  public var worklistRequest: WorklistRequest { workstation.worklistRequest }

  public mutating func update(_ message: Message) -> [Effect] {
    switch message {
    case .input(.key(let key)): return take(key)
    case .input(.paste), .input(.mouse):
      hint = "The tour is about keys"
      return []
    case .input(.resize(let width, let height)):
      return workstation.update(.input(.resize(width: width, height: Self.height(below: height))))
    default: return workstation.update(message)
    }
  }

  private mutating func take(_ key: Key) -> [Effect] {
    hint = nil
    if isOver || key == Self.leave || key == .control("c")
      || !workstation.isLargeEnough && key == .character("q")
    {
      return workstation.update(.input(.terminate))
    }
    let command = workstation.keymap.find(key, at: workstation.place)
    if let command, Self.alwaysWork.contains(command.name) {
      return workstation.update(.input(.key(key)))
    }
    guard isReady else {
      hint = "One moment"
      return []
    }
    if key == Self.skip { return doStep() }
    guard expects(key, command) else {
      hint = refusal(of: key, command)
      return []
    }
    return press(key)
  }

  /// Commands about the terminal, and about what went wrong.
  private static let alwaysWork: Set = ["suspend", "repaint", "retry", "put-away"]

  /// The screens can take the key that is asked for.
  ///
  /// A signature or a study that is on its way would take it away again.
  var isReady: Bool {
    guard workstation.opening == nil, workstation.study?.isSigning != true else { return false }
    guard let name = step?.command else { return workstation.place.isText }
    return workstation.keymap.all(at: workstation.place).contains {
      $0.name == name && $0.obstacle(workstation) == nil
    }
  }

  private func expects(_ key: Key, _ command: Command?) -> Bool {
    guard let step else { return false }
    if let name = step.command { return command?.name == name }
    return key == .character(nextCharacter(of: step))
  }

  private func refusal(of key: Key, _ command: Command?) -> String {
    let name = sanitized(key.name)
    return command.map { "Not now: \(name) would be “\($0.help)”" } ?? "Not \(name)"
  }

  private mutating func press(_ key: Key) -> [Effect] {
    let effects = workstation.update(.input(.key(key)))
    typed += 1
    guard let step, step.command != nil || typed == text(of: step).count else { return effects }
    lesson = step.lesson(workstation.keymap)
    index += 1
    typed = 0
    // Leaving the worklist ends the tour, and not before its last words.
    return effects.filter { $0 != .quit }
  }

  /// Does for the reader what the step asks for.
  private mutating func doStep() -> [Effect] {
    guard let step else { return [] }
    guard let name = step.command else {
      return text(of: step).dropFirst(typed).flatMap { press(.character($0)) }
    }
    let command = workstation.keymap.all(at: workstation.place).first { $0.name == name }
    guard let key = command?.keys.first else { return [] }
    return press(key)
  }

  /// What the step wants to be typed.
  func text(of step: TourStep) -> String {
    switch step.wanted {
    case .command: ""
    case .text(let text): text
    case .token: workstation.study.map { SignDialog.Token($0.row).text } ?? ""
    }
  }

  private func nextCharacter(of step: TourStep) -> Character {
    text(of: step).dropFirst(typed).first ?? " "
  }
}
