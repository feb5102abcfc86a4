/// The calls of the Fleet API that a coordinator answers.
///
/// Source: flwr 1.41, `superlink/routers/fleet/router.py`.
enum FleetCall: String {
  case registerNode = "register-node"
  case activateNode = "activate-node"
  case heartbeat = "send-node-heartbeat"
  case deactivateNode = "deactivate-node"
  case unregisterNode = "unregister-node"
  case getRun = "get-run"
  case getFab = "get-fab"
  case pullMessages = "pull-messages"
  case pullObject = "pull-object"
  case confirmMessage = "confirm-message-received"
  case pushMessages = "push-messages"
  case pushObject = "push-object"

  init?(path: String) {
    let prefix = "/v1/fleet/"
    guard path.hasPrefix(prefix) else { return nil }
    self.init(rawValue: String(path.dropFirst(prefix.count)))
  }

  /// Whether it may be asked by who is not a member yet.
  var isForStrangers: Bool { self == .registerNode || self == .activateNode }

  /// The longest body: one object with what is around it, the tree of an answer, or a few numbers.
  var longestBody: Int {
    switch self {
    case .pushMessages, .pushObject: 8 << 20
    default: FleetCall.shortBody
    }
  }

  /// What is read of a body whatever is asked.
  static let shortBody = 4 << 10
}
