/// Why a `multipart/related` body cannot be taken apart.
public enum MultipartError: Error, Equatable, Sendable, CustomStringConvertible {
  case noBoundary
  case badBoundary
  case badBoundaryLine
  case badHeader
  case headerTooLong(limit: Int)
  case truncated

  public var description: String {
    switch self {
    case .noBoundary: "it has no boundary between its parts"
    case .badBoundary: "its boundary is none that RFC 2046 allows"
    case .badBoundaryLine: "one of its boundaries is followed by something else"
    case .badHeader: "a part has a header that is none"
    case .headerTooLong(let limit): "a part has more than \(limit) bytes of header"
    case .truncated: "it ends before its closing boundary"
    }
  }
}
