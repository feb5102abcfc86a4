/// Why another system could not be asked, or its answer not be used.
///
/// The texts name the server and what it answered; never a patient, and no address with an
/// identifier in it. `server` is the configured name with host and port.
public enum GatewayError: Error, Equatable, Sendable {
  case unreachable(server: String, reason: String)
  case untrusted(server: String)
  case tooSlow(server: String)
  case brokeOff(server: String)
  case refused(server: String, status: Int)
  case redirected(server: String)
  case unexpected(server: String, expected: String)
  case answerTooLarge(server: String, limit: Int)
  case brokenMultipart(server: String, MultipartError)
  case tooManyObjects(server: String, expected: Int)
  case objectTooLarge(server: String, limit: Int)
  case notDICOM(server: String)
  case foreignObject(server: String)
  case noSuchStudy(server: String)
  case badAuthorities(server: String)
  case nothingToMatch(attribute: String)
  case notExact(attribute: String)
  case notADate
  case spoolFull
  case spoolUnusable(reason: String)
  case toolMissing
  case toolFailed(server: String, reason: String)
  case cancelled
}

extension GatewayError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreachable(let server, let reason):
      "\(server) cannot be reached: \(reason). Nothing was lost; try again when it answers."
    case .untrusted(let server):
      "\(server) shows a certificate that does not prove who it is. Nothing was sent to it. Check "
        + "the host in its address, and the authorities in the configuration."
    case .tooSlow(let server):
      "\(server) did not answer in time. What had arrived whole was kept; try again later."
    case .brokeOff(let server):
      "\(server) closed the connection before its answer was whole. What had arrived whole was kept."
    case .refused(let server, let status): "\(server) \(Self.meaning(of: status))"
    case .redirected(let server):
      "\(server) sends us to another address, and we do not follow. Put the right address into the "
        + "configuration."
    case .unexpected(let server, let expected):
      "\(server) does not answer with \(expected). Check its address in the configuration."
    case .answerTooLarge(let server, let limit):
      "\(server) answers with more than \(limit >> 20) MiB; none of it was used. Ask for less."
    case .brokenMultipart(let server, let error):
      "\(server) sent a body that cannot be taken apart: \(error). What was whole was kept."
    case .tooManyObjects(let server, let expected):
      "\(server) sends far more than the \(expected) objects it announced; the rest was refused."
    case .objectTooLarge(let server, let limit):
      "\(server) sent an object larger than \(limit >> 20) MiB; it was refused. “largest” in the "
        + "configuration sets the limit."
    case .notDICOM(let server): "\(server) sent something that is no DICOM file; it was refused."
    case .foreignObject(let server):
      "\(server) sent an object that was not asked for; it was refused and not stored."
    case .noSuchStudy(let server): "\(server) does not have this study."
    case .badAuthorities(let server):
      "The authorities of \(server) are no certificates in PEM. Nothing was sent."
    case .nothingToMatch(let attribute):
      "Without \(attribute) every patient would match; nothing was asked."
    case .notExact(let attribute):
      "The \(attribute) has * or ? or \\ in it, which would match others too; nothing was asked."
    case .notADate:
      "A date is written as 20261127, a range as 20261101-20261127; nothing was asked."
    case .spoolFull:
      "The disk is full. What had arrived whole was kept; make room and try again."
    case .spoolUnusable(let reason): "The spool cannot be written: \(reason). Nothing was stored."
    case .toolMissing:
      "The program secondlook-dicom is not beside this one. Install both; nothing was asked."
    case .toolFailed(let server, let reason): "\(server) failed: \(reason)."
    case .cancelled: "This was cancelled. What had arrived whole was kept."
    }
  }

  private static func meaning(of status: Int) -> String {
    switch status {
    case 401, 403:
      "refuses our credentials (HTTP \(status)). Check user and secret in the configuration."
    case 404, 410: "does not have what was asked for (HTTP \(status)). Check its address."
    case 406, 415: "cannot answer in DICOM's form (HTTP \(status))."
    case 500...: "has a problem of its own (HTTP \(status)). Try again later."
    default: "refuses the request (HTTP \(status))."
    }
  }
}

extension GatewayError {
  /// Whether the same request may succeed a little later.
  var isPassing: Bool {
    switch self {
    case .unreachable, .tooSlow, .brokeOff: true
    case .brokenMultipart(_, .truncated): true
    case .refused(_, let status): status >= 500
    default: false
    }
  }

  /// Whether it passes, or is about the one object that was asked for: nobody can tell.
  var mayConcernOneObject: Bool {
    if case .unreachable = self { return false }
    return isPassing
  }

  /// Whether nothing can be had of that system at the moment, whatever is asked for.
  public var isOfArchive: Bool {
    switch self {
    case .untrusted, .badAuthorities, .cancelled, .refused(_, 401), .refused(_, 403): true
    default: isPassing
    }
  }

  /// Whether only one object is concerned and the others may still be had.
  var concernsOneObject: Bool {
    switch self {
    case .objectTooLarge, .notDICOM, .foreignObject: true
    case .refused(_, let status): status == 404 || status == 410
    default: false
    }
  }
}
