import CTerminal
import Glibc

/// The terminal while it is ours: shows canvases, hears keys.
///
/// Taking it switches to the alternate screen; ``close()``, `deinit`, leaving the process and a
/// crash all give it back as it was. There is one at a time, and the main actor owns it: the run
/// loop blocks in ``wait(timeout:)`` while tasks leave messages in a ``Mailbox``.
///
/// ```swift
/// let terminal = try Terminal()
/// var isRunning = true
/// while isRunning {
///   var canvas = Canvas(width: terminal.width, height: terminal.height)
///   canvas.draw("q quits", at: Position(0, 0))
///   terminal.present(canvas)
///   for input in terminal.wait(timeout: nil) where input == .key(.character("q")) {
///     isRunning = false
///   }
/// }
/// terminal.close()
/// ```
@MainActor
public final class Terminal {
  /// What the caller decides.
  public struct Options: Sendable {
    /// Whether mouse events are wanted; text cannot be selected with the mouse meanwhile.
    public var usesMouse: Bool
    /// Where standard error goes meanwhile; in memory if `nil`.
    public var errorLog: String?
    /// The look; `NO_COLOR` makes it ``ThemeChoice/mono``.
    public var theme: ThemeChoice

    public init(
      usesMouse: Bool = true, errorLog: String? = nil, theme: ThemeChoice = .auto
    ) {
      self.usesMouse = usesMouse
      self.errorLog = errorLog
      self.theme = theme
    }
  }

  public private(set) var width: Int
  public private(set) var height: Int
  public private(set) var capabilities: Capabilities

  /// Whether the mouse belongs to us or to the terminal's own text selection.
  public var usesMouse: Bool {
    didSet { ct_mouse(usesMouse ? 1 : 0) }
  }

  /// Which look is wanted; one that is set here counts more than `NO_COLOR`, as a person chose it.
  public var themeChoice: ThemeChoice {
    didSet {
      isWithoutColour = false
      useTheme()
    }
  }

  private var isWithoutColour: Bool
  private var theme: Theme
  private var decoder = InputDecoder()
  var pixels = PixelSchedule()
  var kitty = KittyPictures(seed: UInt32(bitPattern: getpid()) &* 2_654_435_761)
  /// The canvas that was asked for last, and what the terminal has of it: cells below pixels that
  /// cover them are not sent.
  private var asked: Canvas?
  private var shown: Canvas?
  private var hasAsked = false
  private var owed: [Input] = []

  /// Takes the terminal.
  ///
  /// - Throws: ``TerminalError``; then nothing was changed.
  public init(_ options: Options = Options()) throws(TerminalError) {
    let environment = Environment()
    let status = ct_open(options.errorLog, options.usesMouse ? 1 : 0)
    switch status {
    case Int32(CT_OK.rawValue): break
    case Int32(CT_NOT_A_TERMINAL.rawValue): throw .notATerminal
    case Int32(CT_NO_LOG.rawValue): throw .noLog(path: options.errorLog ?? "in memory")
    default: throw .unknownTerminal(name: environment.terminal)
    }
    let size = ct_size()
    width = Int(size.columns)
    height = Int(size.rows)
    usesMouse = options.usesMouse
    themeChoice = options.theme
    isWithoutColour = environment.isWithoutColour
    let depth = ColourDepth(colours: Int(ct_colours()))
    capabilities = Capabilities(colours: depth, unicode: ct_is_utf8() != 0)
    theme = Theme(
      options.theme, depth: depth, background: .dark, noColour: isWithoutColour)
    capabilities.apply(
      .cellPixels(width: Int(size.pixel_width), height: Int(size.pixel_height)))
  }

  deinit { ct_close() }

  /// Gives the terminal back and prints the end of what went to the error log.
  public func close() {
    takeOwedReplies()
    removePictures()
    ct_close()
  }

  /// Gives the terminal back and stops the process group, as Control-Z does elsewhere.
  ///
  /// Returns when it is in the foreground again. The next ``wait(timeout:)`` answers ``Input/resume``.
  public func suspend() {
    takeOwedReplies()
    removePictures()
    ct_suspend()
    becameVisibleAgain()
  }

  /// Sends everything anew with the next ``present(_:)``.
  ///
  /// For when something else wrote to the screen. Also gives pixels another chance where the line was too slow for them.
  public func redraw() {
    removePictures()
    ct_redraw()
    shown = nil
    pixels = PixelSchedule()
  }

  /// Swallows the answers that are still on their way: the shell would take them for commands.
  private func takeOwedReplies() {
    guard hasAsked, decoder.expectsReplies else { return }
    let deadline = ContinuousClock.now + .milliseconds(250)
    while decoder.expectsReplies, ContinuousClock.now < deadline {
      let events = ct_wait(Self.milliseconds(until: deadline))
      if events & CT_HANGUP.rawValue != 0 { return }
      guard events & CT_INPUT.rawValue != 0 else { continue }
      guard let bytes = read() else { return }
      for input in decoder.feed(bytes) { _ = learned(input) }
    }
  }

  // MARK: Hearing

  /// Waits until something happens, at most so long, and answers all that did, in order.
  ///
  /// No inputs come back when the time is over or when a ``Mailbox`` got a message.
  public func wait(timeout: Duration? = nil) -> [Input] {
    if !owed.isEmpty {
      defer { owed = [] }
      return owed
    }
    let deadline = timeout.map { ContinuousClock.now + $0 }
    while true {
      let silence = decoder.isWaiting ? ContinuousClock.now + .milliseconds(25) : nil
      let limit = [deadline, silence, pixels.due].compactMap { $0 }.min()
      let events = ct_wait(limit.map(Self.milliseconds(until:)) ?? -1)
      var inputs = self.inputs(of: events)
      let now = ContinuousClock.now
      if let silence, inputs.isEmpty, now >= silence { inputs = decoder.flush().map(learned) }
      if inputs.isEmpty, events & CT_WOKEN.rawValue == 0 {
        if let due = pixels.due, now >= due { drawPixels() }
        if let deadline, now >= deadline { return [] }
        continue
      }
      if !inputs.isEmpty { pixels.postpone() }
      return inputs
    }
  }

  private static func milliseconds(until instant: ContinuousClock.Instant) -> Int32 {
    let (seconds, attoseconds) = (instant - .now).components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    // Rounded up, or the last millisecond would be spent spinning.
    return Int32(min(seconds, 1_000_000)) * 1000 + Int32(attoseconds / 1_000_000_000_000_000) + 1
  }

  private func inputs(of events: UInt32) -> [Input] {
    func has(_ event: ct_event) -> Bool { events & event.rawValue != 0 }
    var inputs: [Input] = []
    var isGone = has(CT_HANGUP)
    if has(CT_INPUT) {
      let bytes = read()
      if let bytes { inputs += decoder.feed(bytes).map(learned) } else { isGone = true }
    }
    if has(CT_STOPPED) {
      suspend()
      inputs += owed
      owed = []
    } else if has(CT_CONTINUED) {
      ct_resume()
      becameVisibleAgain()
      inputs += owed
      owed = []
    } else if has(CT_RESIZED) {
      takeSize()
      inputs.append(.resize(width: width, height: height))
    }
    if has(CT_INTERRUPTED) { inputs.append(.interrupt) }
    if has(CT_TERMINATED) { inputs.append(.terminate) }
    if isGone { inputs.append(.hangup) }
    return inputs
  }

  /// What there is to read; `nil` if the terminal is gone.
  private func read() -> [UInt8]? {
    var isGone = false
    let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
      let got = ct_read(buffer.baseAddress, buffer.count)
      isGone = got < 0
      count = max(0, got)
    }
    return isGone ? nil : bytes
  }

  /// Passes an input on after learning from it.
  private func learned(_ input: Input) -> Input {
    guard case .reply(let reply) = input else { return input }
    capabilities.apply(reply)
    if capabilities.isComplete { decoder.expectsReplies = false }
    useTheme()
    return input
  }

  private func becameVisibleAgain() {
    let (oldWidth, oldHeight) = (width, height)
    takeSize()
    redraw()
    if (width, height) != (oldWidth, oldHeight) {
      owed.append(.resize(width: width, height: height))
    }
    owed.append(.resume)
  }

  private func takeSize() {
    ct_resize()
    let size = ct_size()
    width = Int(size.columns)
    height = Int(size.rows)
    capabilities.apply(
      .cellPixels(width: Int(size.pixel_width), height: Int(size.pixel_height)))
    if !pixels.onScreen.isEmpty { ct_redraw() }
    removePictures()
    shown = nil
  }

  private func useTheme() {
    let new = Theme(
      themeChoice, depth: capabilities.colours, background: capabilities.background,
      noColour: isWithoutColour)
    guard new != theme else { return }
    theme = new
    shown = nil
  }

  // MARK: Showing

  /// Shows a canvas; only what changed since the last one is sent.
  ///
  /// Waits while the terminal does not take what it is sent: that is the flow control.
  public func present(_ canvas: Canvas) {
    let (swaps, areMoving) =
      capabilities.pixels == .kitty ? pixels.takeSwaps(in: canvas) : ([], false)
    let stale = pixels.stale(in: canvas, comparedWith: asked)
    touch(stale)
    // Rows that are scrolled would take the pixels of a picture with them.
    ct_scrolling(pixels.onScreen.isEmpty && swaps.isEmpty ? 1 : 0)
    // Sixels are wiped by writing what is below, so there it has to be right.
    let covered = capabilities.pixels == .kitty ? (pixels.onScreen + swaps).map(\.rect) : []
    let visible = canvas.keeping(shown, in: covered)
    var encoder = RowEncoder(theme: theme, isUnicode: capabilities.unicode)
    let isComparable = shown?.width == canvas.width && shown?.height == canvas.height
    for y in 0..<min(canvas.height, height) {
      if isComparable, let shown, shown.row(y) == visible.row(y) { continue }
      encoder.encode(visible.row(y).prefix(width)).withUnsafeBufferPointer { cells in
        ct_blit(Int32(y), 0, cells.baseAddress, Int32(cells.count))
      }
    }
    if let cursor = canvas.cursor, cursor.x < width, cursor.y < height {
      ct_cursor(Int32(cursor.y), Int32(cursor.x))
    } else {
      ct_cursor(-1, 0)
    }
    synchronized {
      send(kitty.remove(stale))
      ct_flush()
    }
    asked = canvas
    shown = visible
    draw(swaps, areMoving: areMoving)
    if capabilities.pixels != nil { pixels.want(canvas.pictures) }
    if !hasAsked { askOnce() }
  }

  /// Asks what the terminal can do, after the first frame so that nobody waits for the answer.
  private func askOnce() {
    hasAsked = true
    let environment = Environment()
    let questions = Capabilities.questions(
      terminal: environment.terminal, isInsideMultiplexer: environment.isInsideMultiplexer)
    decoder.expectsReplies = !questions.isEmpty
    send(questions)
  }

  func synchronized(_ body: () -> Void) {
    guard capabilities.synchronizedOutput else { return body() }
    send(Array("\u{1b}[?2026h".utf8))
    body()
    send(Array("\u{1b}[?2026l".utf8))
  }

  func send(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { ct_raw($0.baseAddress, $0.count) }
  }
}
