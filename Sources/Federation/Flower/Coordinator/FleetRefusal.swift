/// Why a coordinator does not do what a node asks, with Flower's numbers for it.
///
/// Source: flwr 1.41, `supercore/error/catalog.py`.
enum FleetRefusal: Error, Equatable {
  case notAuthenticated
  case registrationClosed
  case keyInUse
  case notActivated
  case badInterval
  case unknownRun
  case notProtobuf
  case notRead
  case noSuchCall
  case tooLong

  /// Status of HTTP, number of Flower, and a sentence for people.
  var wire: (status: Int, code: Int?, detail: String) {
    switch self {
    case .notAuthenticated: (401, nil, "Invalid SuperNode authentication")
    case .registrationClosed:
      (412, 2001, "Node authentication is on. The coordinator has to be given the key.")
    case .keyInUse: (412, 1006, "Public key already in use.")
    case .notActivated: (412, 2004, "The key is unknown, or its node is still online.")
    case .badInterval: (400, 2003, "Invalid heartbeat interval.")
    case .unknownRun: (403, 2008, "There is no such run.")
    case .notProtobuf: (415, 1002, "Content-Type has to be application/protobuf.")
    case .notRead: (400, 1003, "The request cannot be read.")
    case .noSuchCall: (404, nil, "Not Found")
    case .tooLong: (413, nil, "The request is too long.")
    }
  }
}
