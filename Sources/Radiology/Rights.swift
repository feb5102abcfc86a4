/// What the person at the keyboard may do.
///
/// Rights keep people from mistakes; who may touch the files of a store is up to the file system.
public struct Rights: Sendable, Hashable {
  public let roles: Set<StaffRole>
  /// Why there is nothing more; none where nobody is limited.
  public let reason: String?
  private let isUnlimited: Bool

  /// Of everybody, where no roles are configured.
  public static let all = Rights(roles: [], reason: nil, isUnlimited: true)

  private init(roles: Set<StaffRole>, reason: String?, isUnlimited: Bool) {
    self.roles = roles
    self.reason = reason
    self.isUnlimited = isUnlimited
  }

  /// Of somebody with these roles; what one of them allows is allowed.
  public init(_ roles: Set<StaffRole>) {
    self.init(roles: roles, reason: nil, isUnlimited: false)
  }

  /// Of somebody who may only look, and the sentence that says why.
  public init(readOnlyBecause reason: String) {
    self.init(roles: [.readOnly], reason: reason, isUnlimited: false)
  }

  public func allow(_ act: Act) -> Bool {
    isUnlimited || roles.contains { $0.acts.contains(act) }
  }

  /// Why something may not be done, as the end of a sentence; none if it may.
  public func obstacle(_ act: Act) -> String? {
    guard !allow(act) else { return nil }
    if let reason { return "you may only look: \(reason)" }
    let able = StaffRole.allCases.filter { $0.acts.contains(act) }.map(\.rawValue)
    return "your role is \(words), and \(act.name) needs \(able.joined(separator: " or "))"
  }

  /// `reader`, `admin and clinician`; empty where nobody is limited.
  public var words: String {
    StaffRole.allCases.filter(roles.contains).map(\.rawValue).joined(separator: " and ")
  }

  /// Of somebody in `groups`, by the roles that a configuration gives to groups.
  ///
  /// `exists` says whether a group is known on this machine. It fails closed: where a configured
  /// group does not exist, or none of the person's has a role, they may only look.
  public init(
    roles configured: [StaffRole: [String]]?, groups: Set<String>, exists: (String) -> Bool
  ) {
    guard let configured else {
      self = .all
      return
    }
    let unknown = configured.values.joined().filter { !exists($0) }.sorted()
    if let first = unknown.first {
      self.init(
        readOnlyBecause: "[roles] names the group “\(first)”, which this machine does not know")
      return
    }
    let own = StaffRole.allCases.filter { role in
      configured[role, default: []].contains(where: groups.contains)
    }
    if own.isEmpty {
      self.init(readOnlyBecause: "[roles] gives no role to any group you are in")
    } else {
      self.init(Set(own))
    }
  }
}

/// Refused, because the person's role is another one.
public struct RightsError: Error, Hashable, CustomStringConvertible {
  public let description: String

  /// - Throws: itself, unless the act is allowed.
  public static func check(_ rights: Rights, _ act: Act) throws {
    guard let obstacle = rights.obstacle(act) else { return }
    throw RightsError(
      description: "Not allowed: \(obstacle). Nothing was changed. "
        + "The section [roles] of secondlook.toml says who may.")
  }
}
