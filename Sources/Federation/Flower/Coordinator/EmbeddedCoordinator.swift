public import Foundation

/// Leads one run of Flower's wire on this machine: hands out instructions and gathers answers.
///
/// It is for one machine, tests and consortia that reach nobody else. Nodes are known by their
/// keys; what arrives from them is believed as far as ``FleetMessage`` believes it.
public actor EmbeddedCoordinator {
  /// Who may take part.
  public enum Admission: Sendable {
    /// Whoever comes, under a number of its own.
    case everybody
    /// The owners of these keys, as ``NodeKey/publicPEM``.
    case keys([String])
  }

  /// The application that stock nodes run; its name on the wire is its digest.
  public struct Application: Sendable {
    let identifier: String
    let version: String
    let bytes: [UInt8]

    /// A packed application (`.fab`) of that identifier, as `publisher/name`.
    public init(identifier: String, version: String, bytes: [UInt8]) {
      self.identifier = identifier
      self.version = version
      self.bytes = bytes
    }

    var digest: ObjectID { ObjectID(of: bytes) }
  }

  public nonisolated let run: RunID
  public nonisolated let application: Application?
  /// Whose questions are listened to; known to who must not wait for this actor.
  nonisolated let memberKeys = MemberKeys()
  private let admission: Admission
  private let shelf: any ObjectShelf
  private let now: @Sendable () -> Date

  private struct Member {
    let key: String
    var onlineUntil: Date
  }

  private struct Assignment {
    let node: NodeID
    let message: DeflatedMessage
    /// How many bytes an answer may have.
    let room: Int
    /// Whether the node has said that it has all of it.
    var isConfirmed = false
    var answer = Answer.awaited
    /// What was taken of the answer: it comes again where the word that it was taken got lost.
    var taken: Set<ObjectID> = []

    /// Whether the node has still to be given it.
    var isOpen: Bool {
      guard case .awaited = answer else { return false }
      return !isConfirmed
    }

    /// Whether there is nothing more to wait for.
    var isOver: Bool {
      switch answer {
      case .message, .unusable: true
      case .awaited, .arriving: false
      }
    }
  }

  private enum Answer {
    case awaited
    /// `room` is how many bytes more it may bring.
    case arriving(ObjectTree, missing: Set<ObjectID>, room: Int)
    case message(FleetMessage)
    case unusable(FleetError)
  }

  private var members: [NodeID: Member] = [:]
  private var assignments: [ObjectID: Assignment] = [:]
  /// Names of assignments in the order in which they were made.
  private var order: [ObjectID] = []

  /// A coordinator of a new run, or of one that another program began.
  ///
  /// Answers stay on the shelf, which is for nothing else, until ``endRound()``.
  public init(
    admitting admission: Admission, application: Application? = nil, of run: RunID? = nil,
    shelf: any ObjectShelf = MemoryShelf(), now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.admission = admission
    self.application = application
    self.shelf = shelf
    self.now = now
    self.run = run ?? RunID(rawValue: .random(in: 2...UInt64(Int64.max)))
    if case .keys(let keys) = admission {
      for key in keys {
        members[Self.newNumber()] = Member(key: key, onlineUntil: .distantPast)
        memberKeys.add(key)
      }
    }
  }

  /// Where everybody is let in, nobody may fill the memory by coming often.
  private static let mostMembers = 1_000
  /// What an answer may be longer than four times its question.
  private static let slack = 1 << 20

  /// How many bytes an answer may have; equal arrays travel once in the question, and may all be
  /// different in the answer.
  private static func room(
    forAnswerTo message: DeflatedMessage, with records: [(name: String, record: FleetRecord)]
  ) -> Int {
    let arrays = records.reduce(0) { sum, item in
      guard case .arrays(let arrays) = item.record else { return sum }
      return arrays.reduce(sum) { $0 + $1.array.byteCount }
    }
    return 4 * max(message.byteCount, arrays) + slack
  }

  private static func newNumber() -> NodeID {
    NodeID(rawValue: .random(in: 2...UInt64(Int64.max)))
  }
}

// For whoever leads the rounds.
extension EmbeddedCoordinator {
  /// Every node that may take part, there or not, in a stable order.
  public var nodes: [NodeID] { members.keys.sorted { $0.rawValue < $1.rawValue } }

  /// The nodes that said within the last minute that they are there, in a stable order.
  public var online: [NodeID] {
    members.filter { $0.value.onlineUntil > now() }.keys.sorted { $0.rawValue < $1.rawValue }
  }

  /// The key of a node, as ``NodeKey/publicPEM``.
  public func key(of node: NodeID) -> String? { members[node]?.key }

  /// Lets in the owners of these keys and nobody else from now on.
  ///
  /// Whoever was a member and is none any more is not listened to; what it was asked is forgotten. It
  /// is for a coordinator that was made for owners of keys.
  public func admit(only keys: [String]) {
    guard case .keys = admission else { preconditionFailure("everybody is let in already") }
    for (node, member) in members where !keys.contains(member.key) {
      members[node] = nil
      memberKeys.remove(member.key)
      assignments = assignments.filter { $0.value.node != node }
    }
    order.removeAll { assignments[$0] == nil }
    let known = Set(members.values.map(\.key))
    for key in keys where !known.contains(key) {
      members[Self.newNumber()] = Member(key: key, onlineUntil: .distantPast)
      memberKeys.add(key, after: now())
    }
  }

  /// Gives a node something to do.
  ///
  /// - Returns: the name of the instruction, which the answer will name.
  /// - Throws: ``FleetError`` if an array cannot be read.
  @discardableResult
  public func ask(
    _ node: NodeID, to kind: String, with records: [(name: String, record: FleetRecord)]
  ) throws -> ObjectID {
    let heading = Heading(kind, run: run, to: node, created: now())
    let message = try DeflatedMessage(FleetMessage(heading, .records(records)))
    assignments[message.id] = Assignment(
      node: node, message: message, room: Self.room(forAnswerTo: message, with: records))
    order.append(message.id)
    return message.id
  }

  /// Forgets a question, and what was answered to it.
  func withdraw(_ question: ObjectID) {
    assignments[question] = nil
    order.removeAll { $0 == question }
  }

  /// Waits for the answers to everything that was asked, as long as there is time.
  ///
  /// - Returns: what came and could be read, by node. Arrays stay on the shelf.
  /// - Throws: `CancellationError`.
  public func answers(within time: Duration) async throws -> [NodeID: FleetMessage] {
    let end = ContinuousClock.now + time
    while assignments.values.contains(where: { !$0.isOver }), .now < end {
      try await Task.sleep(for: .milliseconds(20))
    }
    return assignments.values.reduce(into: [:]) { answers, assignment in
      if case .message(let message) = assignment.answer { answers[assignment.node] = message }
    }
  }

  /// Why answers that came could not be used, by node.
  public var unusable: [NodeID: FleetError] {
    assignments.values.reduce(into: [:]) { errors, assignment in
      if case .unusable(let error) = assignment.answer { errors[assignment.node] = error }
    }
  }

  /// Forgets everything that was asked and answered.
  public func endRound() {
    assignments = [:]
    order = []
    shelf.clear()
  }
}

// For the nodes; each call is of the owner of a key that was proved.
extension EmbeddedCoordinator {
  /// Lets a key in, where everybody is let in; what it signed up to that moment counts no more.
  func register(
    _ key: String, signed: Date = .distantPast
  ) throws(FleetRefusal) -> NodeID {
    // Said to its owner also where nobody registers: it is online from another machine, not unknown.
    guard !members.values.contains(where: { $0.key == key }) else { throw .keyInUse }
    guard case .everybody = admission, members.count < Self.mostMembers else {
      throw .registrationClosed
    }
    let node = Self.newNumber()
    members[node] = Member(key: key, onlineUntil: .distantPast)
    memberKeys.add(key, after: signed)
    return node
  }

  func activate(_ key: String, interval: Double) throws(FleetRefusal) -> NodeID {
    guard let node = members.first(where: { $0.value.key == key })?.key else {
      throw .notActivated
    }
    guard members[node].map({ $0.onlineUntil <= now() }) == true else { throw .notActivated }
    try beat(node, key: key, interval: interval)
    return node
  }

  func beat(_ node: NodeID, key: String, interval: Double) throws(FleetRefusal) {
    try check(node, key)
    guard (10...1800).contains(interval) else { throw .badInterval }
    members[node]?.onlineUntil = now().addingTimeInterval(2 * interval)
  }

  func deactivate(_ node: NodeID, key: String) throws(FleetRefusal) {
    try check(node, key)
    members[node]?.onlineUntil = .distantPast
  }

  func unregister(_ node: NodeID, key: String) throws(FleetRefusal) {
    try check(node, key)
    guard case .everybody = admission else { throw .registrationClosed }
    members[node] = nil
    memberKeys.remove(key)
  }

  /// The next thing to do; given out again until it is confirmed, for nodes do one at a time.
  func next(for node: NodeID, key: String) throws(FleetRefusal) -> DeflatedMessage? {
    try check(node, key)
    return order.lazy.compactMap { self.assignments[$0] }
      .first { $0.node == node && $0.isOpen }?.message
  }

  func confirm(_ message: ObjectID, by node: NodeID, key: String) throws(FleetRefusal) {
    try check(node, key)
    guard assignments[message]?.node == node else { return }
    assignments[message]?.isConfirmed = true
  }

  /// An object of an instruction to that node.
  func object(_ id: ObjectID, for node: NodeID, key: String) throws(FleetRefusal) -> [UInt8]? {
    try check(node, key)
    for assignment in assignments.values where assignment.node == node {
      if let bytes = try? assignment.message.content(of: id) { return bytes }
    }
    return nil
  }

  /// Whether this proved to be the node's own key.
  func check(_ node: NodeID, _ key: String) throws(FleetRefusal) {
    guard members[node]?.key == key else { throw .notAuthenticated }
  }

  /// Takes note of an answer.
  ///
  /// - Returns: the objects that are wanted of it; none if nobody waits for it.
  func announce(
    _ message: ProtoMessage, _ tree: ProtoObjectTree, by node: NodeID, key: String
  ) throws(FleetRefusal) -> [ObjectID] {
    try check(node, key)
    guard let heading = try? Heading(message.metadata), let tree = try? ObjectTree(tree),
      tree.id.description == message.metadata.messageID, let question = heading.answers,
      let assignment = assignments[question], assignment.node == node,
      heading.isAnswer(to: assignment.message.heading, at: now()),
      message.hasContent != message.hasError
    else { return [] }
    switch assignment.answer {
    case .awaited: break
    // The same once more, from a node that was cut off.
    case .arriving(tree, let missing, _): return tree.objects.filter(missing.contains)
    case .arriving, .message, .unusable: return []
    }
    // All of it, also what another node has sent: who is told what is here could guess answers.
    let missing = tree.objects
    assignments[question]?.answer = .arriving(
      tree, missing: Set(missing), room: assignment.room)
    return missing
  }

  /// Takes an object of an answer that was announced.
  ///
  /// - Returns: whether it is kept: it was wanted, and is what its name says.
  func put(
    _ bytes: [UInt8], as id: ObjectID, by node: NodeID, key: String
  ) throws(FleetRefusal) -> Bool {
    try check(node, key)
    let waiting = assignments.first { _, assignment in
      guard case .arriving(_, let missing, _) = assignment.answer else { return false }
      return assignment.node == node && missing.contains(id)
    }
    guard let (question, assignment) = waiting,
      case .arriving(let tree, var missing, let room) = assignment.answer
    else {
      return assignments.values.contains { $0.node == node && $0.taken.contains(id) }
    }
    guard bytes.count <= room else {
      assignments[question]?.answer = .unusable(.tooMuch("bytes", limit: assignment.room))
      return false
    }
    guard (try? FleetObject(opening: bytes)) != nil, (try? shelf.keep(bytes, as: id)) != nil
    else { return false }
    missing.remove(id)
    assignments[question]?.taken.insert(id)
    assignments[question]?.answer =
      missing.isEmpty
      ? answer(tree) : .arriving(tree, missing: missing, room: room - bytes.count)
    return true
  }

  private func answer(_ tree: ObjectTree) -> Answer {
    do throws(FleetError) { return .message(try FleetMessage(tree, from: shelf)) } catch {
      return .unusable(error)
    }
  }
}

extension Heading {
  /// Whether this may be above an answer to what was above the question.
  fileprivate func isAnswer(to question: Heading, at now: Date) -> Bool {
    let end = question.created.addingTimeInterval(question.lifetime)
    return run == question.run && source == question.destination
      && destination == question.source && kind == question.kind && group == question.group
      && now < end && created.addingTimeInterval(lifetime) <= end.addingTimeInterval(0.1)
  }
}
