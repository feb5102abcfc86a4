/// Why nothing could be said to a coordinator, or what it said not be used.
///
/// The texts say what failed, what is safe, and what to do. `server` is host and port.
public enum FleetError: Error, Equatable, Sendable {
  // The way there.
  case unreachable(server: String, reason: String)
  case notSecure(server: String)
  case untrusted(server: String, reason: String)
  case certificateRefused(server: String)
  case unusableFile(what: String, reason: String)
  case tooSlow(server: String)
  case brokeOff(server: String)
  // What is answered.
  case unknownKey(server: String)
  case wrongClock(server: String, seconds: Int)
  case stillOnline(server: String)
  case runIsOver(server: String)
  case refused(server: String, status: Int, code: Int, reason: String)
  case answerTooLarge(server: String, limit: Int)
  case unexpected(server: String)
  case replyDropped(server: String)
  // What was sent, and what arrived.
  case malformed(String)
  case tooMuch(String, limit: Int)
  case unsupportedArray(String)
  case notFinite
  case wrongContent(ObjectID)
  case missing(ObjectID)
  case tooLate
  case lacksModel
  // This machine.
  case notKept(reason: String)
  case folderInUse
  case anotherCoordinator(server: String, kept: String)
  case cancelled
  case withdrawn
}

extension FleetError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreachable(let server, let reason):
      "\(server) cannot be reached: \(reason). Nothing left this site; work goes on when it answers."
    case .notSecure(let server):
      "\(server) is another machine, and its address does not begin with https. Nothing was sent. "
        + "Ask the coordinator for its secure address and its authority's certificate."
    case .untrusted(let server, let reason):
      "\(server) does not prove who it is: \(reason). Nothing was sent to it."
    case .certificateRefused(let server):
      "\(server) wants a client certificate and does not accept ours. Nothing was sent. Ask the "
        + "coordinator for one, and put it into the configuration."
    case .unusableFile(let what, let reason):
      "The \(what) cannot be used: \(reason). Nothing was sent."
    case .tooSlow(let server):
      "\(server) did not answer in time. Nothing was lost; it is asked again."
    case .brokeOff(let server):
      "\(server) closed the connection before its answer was whole. Nothing was lost; it is asked "
        + "again."
    case .unknownKey(let server):
      "\(server) does not know this site's key, or another machine is online with it. No update left "
        + "this site. If no other machine has the key, give the coordinator the public key again, or "
        + "ask whether the site was removed; if one has, give each a key of its own."
    case .wrongClock(let server, let seconds):
      "\(server) does not accept our signature, and the clocks are \(abs(seconds)) seconds apart: "
        + "this machine's is \(seconds > 0 ? "ahead" : "behind"). Nothing was lost. Set the clock "
        + "(timedatectl set-ntp true), and work goes on."
    case .stillOnline(let server):
      "\(server) still takes this site for online, with a number this machine does not have. "
        + "Nothing was lost. If no other machine uses this key, it works in a minute by itself; if "
        + "one does, give each machine a key of its own."
    case .runIsOver(let server):
      "\(server) has ended the run. What was not sent is not needed any more."
    case .refused(let server, let status, _, let reason):
      "\(server) refuses the request (HTTP \(status))\(reason.isEmpty ? "" : ": \(reason)"). "
        + "Nothing was lost; ask the coordinator if it stays so."
    case .answerTooLarge(let server, let limit):
      "\(server) answers with more than \(limit >> 20) MiB; none of it was used."
    case .unexpected(let server):
      "\(server) does not answer as Flower's Fleet API does. Nothing was used. Check the address."
    case .replyDropped(let server):
      "\(server) did not take our update: it came too late, or its instruction is gone. The model "
        + "here is unchanged; the next round is joined."
    case .malformed(let what): "The message cannot be read (\(what)); it was not used."
    case .tooMuch(let what, let limit):
      "The message has more than \(limit) \(what); it was not used."
    case .unsupportedArray(let what):
      "The message has \(what), which this version does not read; it was not used."
    case .notFinite: "The message has values that are no numbers; it was not used."
    case .wrongContent(let id):
      "An object is not what its name says (\(id.description.prefix(12))…); it was not used."
    case .missing(let id):
      "An object is missing (\(id.description.prefix(12))…); the message was not used."
    case .lacksModel:
      "The coordinator sent a change of a model that is not here, or that makes another of it than it "
        + "says. Nothing was learned; it is told, and sends the whole model."
    case .tooLate: "Nobody waits for this answer any more; nothing was sent."
    case .notKept(let reason):
      "The disk does not take it: \(reason). Nothing was lost. Make room, and work goes on."
    case .folderInUse:
      "Another program takes part with this node's folder. This one did nothing. Stop the other, or "
        + "give each a folder and a key of its own."
    case .anotherCoordinator(let server, let kept):
      "This node's folder belongs to the coordinator at \(kept), and \(server) is another address. "
        + "Nothing was sent. If the coordinator moved there, say so; if it is another one, give it "
        + "a folder of its own."
    case .cancelled: "This was cancelled."
    case .withdrawn:
      "An answer that was ready was given up: its task is not approved any more, or this site paused "
        + "or left. Nothing of it was sent from then on."
    }
  }

  /// A foreign text that can steer no terminal.
  static func plain(_ text: String, most: Int = 200) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(most).filter {
          !$0.properties.isDefaultIgnorableCodePoint && $0.properties.generalCategory != .control
        }))
  }

  /// Whether the same may succeed a little later, with no setting changed here.
  public var isPassing: Bool {
    switch self {
    case .unreachable, .tooSlow, .brokeOff, .wrongClock, .stillOnline, .notKept: true
    case .refused(_, let status, _, _): status >= 500 || status == 429
    default: false
    }
  }
}
