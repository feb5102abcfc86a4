import Agent
import Foundation
import Gateway
import Radiology
import Reporting
import Store
import Terminal
import Workstation

/// The workstation, or what shows it, on a terminal: hears keys, lets errands run, shows the result.
@MainActor
struct Session {
  private let terminal: Terminal
  private let errands: Errands
  private let mailbox: Mailbox<Message>
  private let rights: Rights
  private var screens: any Presentation
  private var isRunning = true

  /// Runs until the reader leaves or the terminal goes away.
  ///
  /// `taken` is a terminal that shows something already; it is closed at the end as well. The
  /// greeting is shown until the first key. The workplace is that of the site's own configuration
  /// unless another is given.
  /// - Throws: `TerminalError` if there is no terminal; nothing was changed then.
  static func run(
    _ site: LocalSite, reader: String, isReadOnly: Bool = false, theme: ThemeChoice? = nil,
    on taken: Terminal? = nil, greeting: String? = nil, workplace: Workplace? = nil,
    showing screens: (Options) -> any Presentation = { Workstation(options: $0) }
  ) throws {
    // Before the terminal is taken: a mistake in the configuration is told in the shell.
    let workplace = try workplace ?? Workplace.read(home: site.home)
    let keymap = try workplace.keymap()
    let errorLog = site.home.appending(path: "workstation.log").path
    let terminal =
      try taken ?? Terminal(Terminal.Options(errorLog: errorLog, theme: workplace.look))
    defer { terminal.close() }
    var session = try Session(
      site, on: terminal, reader: reader, isReadOnly: isReadOnly, workplace: workplace,
      keymap: keymap, theme: theme, showing: screens)
    if let greeting = greeting
      ?? session.rights.reason.map({ $0.prefix(1).uppercased() + $0.dropFirst() })
    {
      session.mailbox.post(.done(greeting))
    }
    try session.loop()
  }

  private init(
    _ site: LocalSite, on terminal: Terminal, reader: String, isReadOnly: Bool,
    workplace: Workplace, keymap: Keymap, theme: ThemeChoice?,
    showing screens: (Options) -> any Presentation
  ) throws {
    self.terminal = terminal
    mailbox = Mailbox()
    rights = Rights(roles: workplace.roles)
    errands = Errands(
      site: site, reader: reader, isReadOnly: isReadOnly, rights: rights,
      rules: workplace.reading, mailbox: mailbox)
    var options = Options(
      reader: reader, isReadOnly: isReadOnly, isSynthetic: try site.store.isSynthetic,
      template: site.desk.templates.fitting(
        Study(uid: "", patient: "", modality: "DX", bodyPart: "CHEST", arrived: Date())),
      width: terminal.width,
      height: terminal.height, capabilities: terminal.capabilities, now: Date(),
      timeZone: .current, restored: try ScreenState(savedIn: site.store),
      seed: .random(in: .min ... .max))
    options.rules = workplace.reading
    options.usesMouse = workplace.usesMouse ?? true
    options.theme = theme
    options.keymap = keymap
    options.rights = rights
    self.screens = screens(options)
  }

  private mutating func loop() throws {
    perform(screens.start())
    errands.watch()
    while isRunning {
      present()
      let timeout = screens.nextTick.map { max(0, $0.timeIntervalSinceNow) }
      let inputs = terminal.wait(timeout: timeout.map { .seconds($0) })
      // All that waits is applied before the next frame, so that key repeat never queues frames.
      take(.tick(Date()))
      for input in inputs { take(input) }
      for message in mailbox.drain() { take(message) }
    }
    errands.finish()
  }

  private mutating func take(_ input: Input) {
    switch input {
    case .hangup, .terminate: isRunning = false
    default: break
    }
    take(.input(input))
  }

  private mutating func take(_ message: Message) { perform(screens.update(message)) }

  private mutating func perform(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .suspend: terminal.suspend()
      case .repaint: terminal.redraw()
      case .useTheme(let choice): terminal.themeChoice = choice
      case .captureMouse(let isOurs): terminal.usesMouse = isOurs
      case .loadWorklist: errands.send(screens.worklistRequest)
      case .quit: leave()
      default: errands.send(effect)
      }
    }
  }

  /// Ends the session, unless something of what was just handed over could not be saved.
  private mutating func leave() {
    errands.waitUntilSaved()
    for message in mailbox.drain() { take(message) }
    if screens.mayLeave() { isRunning = false }
  }

  private func present() {
    var canvas = Canvas(width: terminal.width, height: terminal.height)
    screens.render(on: &canvas)
    terminal.present(canvas)
  }
}
