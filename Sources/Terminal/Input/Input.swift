/// Everything that can wake the run loop.
public enum Input: Sendable, Hashable {
  case key(Key)
  /// Text from the clipboard, lines ended by line feeds; not sanitised.
  case paste(String)
  case mouse(MouseEvent)
  case reply(CapabilityReply)
  /// The screen has this many columns and rows now.
  case resize(width: Int, height: Int)
  /// The terminal is gone: save and leave, nothing can be drawn any more.
  case hangup
  /// SIGINT from outside; the Control-C key is ``Key/control(_:)``.
  case interrupt
  /// SIGTERM: save and leave.
  case terminate
  /// Back in the foreground after a suspend.
  case resume
}
