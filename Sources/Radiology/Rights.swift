/// What the person at the keyboard may do.
///
/// Rights keep people from mistakes; who may touch the files of a store is up to the file system.
public struct Rights: Sendable, Hashable {
  public let roles: Set<StaffRole>
  /// What limits them besides the roles, as a sentence; none if nothing does.
  public let reason: String?
  private let acts: Set<Act>

  /// Of everybody, where no roles are configured.
  public static let all = Rights(roles: [], reason: nil, acts: Set(Act.allCases))

  private init(roles: Set<StaffRole>, reason: String?, acts: Set<Act>) {
    self.roles = roles
    self.reason = reason
    self.acts = acts
  }

  /// Of somebody with these roles; what one of them allows is allowed.
  public init(_ roles: Set<StaffRole>) {
    self.init(roles: roles, reason: nil, acts: Set(roles.flatMap(\.acts)))
  }

  /// Of somebody who may only look, and the sentence that says why.
  public init(readOnlyBecause reason: String) {
    self.init(roles: [.readOnly], reason: "you may only look: \(reason)", acts: [])
  }

  /// Of the same person in a session that was opened for looking: reports may still be taken along.
  public var whileReadOnly: Rights {
    Rights(
      roles: roles, reason: reason ?? "this session is read-only",
      acts: acts.intersection([.export]))
  }

  public func allow(_ act: Act) -> Bool { acts.contains(act) }

  /// Why something may not be done, as the end of a sentence; none if it may.
  public func obstacle(_ act: Act) -> String? {
    guard !allow(act) else { return nil }
    if let reason { return reason }
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
