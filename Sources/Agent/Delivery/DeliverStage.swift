public import Foundation
public import Gateway
public import Radiology
public import Store

/// Delivers what the outbox has for one destination, each document once.
///
/// Every destination has a stage of its own, so that one that is away holds up no other.
public struct DeliverStage: Stage {
  public let name: String
  private let store: Store
  private let exporter: Exporter
  private let settings: Configuration.Destination
  private let destination: any Destination
  private let routes: [Route]
  private let now: @Sendable () -> Date

  /// Where the agent delivers to unless told otherwise.
  public static func defaultFolder(in home: URL) -> URL {
    home.appending(path: "delivered", directoryHint: .isDirectory)
  }

  /// `routes` are those of all destinations: whichever stage comes first fills the outbox for all.
  public init(
    store: Store, exporter: Exporter, to settings: Configuration.Destination,
    by destination: any Destination, routes: [Route],
    now: @escaping @Sendable () -> Date = { Date() }
  ) {
    precondition(routes.contains(settings.route), "a destination's route is one of all")
    name =
      settings.name == Configuration.Destination.folderName ? "deliver" : "deliver \(settings.name)"
    self.store = store
    self.exporter = exporter
    self.settings = settings
    self.destination = destination
    self.routes = routes
    self.now = now
  }

  /// The outbox decides when what failed is tried again.
  public var repeatsItself: Bool { true }

  /// Sends what is due; one document that cannot be delivered holds up no other.
  ///
  /// - Throws: ``Undelivered`` with what the first of those failed with, after the others.
  public func drain() async throws -> Int {
    try store.giveBackLeftovers(to: settings.name, at: now())
    try store.route(routes, at: now())
    var done = 0
    var failure: DeliveryProblem?
    while let item = try store.nextDelivery(to: settings.name, at: now()) {
      do {
        guard let frozen = try frozen(item) else { continue }
        // What was frozen before may have been sent before, whoever counts attempts from where.
        let (sent, note) = try await deliver(
          frozen, again: item.digest != nil || item.attempts > 1 || item.isUncertain)
        try store.noteDelivered(sent.item, isVerified: sent.isVerified, note: note, at: now())
        done += 1
      } catch let problem as DeliveryProblem {
        try store.noteFailed(item, problem, under: settings.retries, at: now())
        failure = failure ?? problem
      } catch {
        // Our own end came, or the store failed: whoever goes on asks what became of it.
        try? store.giveBack(item, at: now())
        throw error
      }
    }
    if let failure { throw Undelivered(destination: destination.place, problem: failure) }
    return done
  }

  /// What is new goes at once; the rest when it is due.
  public func wait(atMost time: Duration) async { try? await Task.sleep(for: time) }

  private func deliver(_ item: OutboxItem, again: Bool) async throws -> (Sent, String?) {
    let document = try document(of: item)
    // Whether an attempt before got there is known to the destination alone.
    if again, try await destination.holds(document) == true {
      return (Sent(item: item, isVerified: true), "it was there already")
    }
    try await refuseOtherPatient(item, document)
    let note = try await destination.send(document)
    guard settings.verifies, let isThere = try await isThere(document) else {
      return (Sent(item: item, isVerified: false), note)
    }
    guard isThere else {
      throw DeliveryProblem(
        .missing, "\(destination.place) says that it has the document, and does not find it.")
    }
    return (Sent(item: item, isVerified: true), note)
  }

  private struct Sent {
    let item: OutboxItem
    let isVerified: Bool
  }

  /// Never into the chart of somebody else: a PACS that merged or corrected the patient since knows.
  private func refuseOtherPatient(
    _ item: OutboxItem, _ document: OutgoingDocument
  ) async throws {
    guard let other = try await destination.otherPatient(document) else { return }
    let reason = "\(destination.place) has the study as that of another patient."
    if try store.doubtPatient(of: item.study, other: other, because: reason, at: now()) {
      throw DeliveryProblem(.patientChanged, reason)
    }
  }

  /// Whether it is there after it was sent; none where that cannot be found out now.
  ///
  /// An archive may need a moment until its index knows.
  private func isThere(_ document: OutgoingDocument) async throws -> Bool? {
    for pause in [0, 300, 1_000, 3_000] {
      if pause > 0 { try await Task.sleep(for: .milliseconds(pause)) }
      do {
        guard let answer = try await destination.holds(document) else { return nil }
        if answer { return true }
      } catch let problem as DeliveryProblem where !problem.code.isFinal {
        // It said that it has it; that it cannot be asked now is no reason to send it again.
        return nil
      }
    }
    return false
  }

  // MARK: The document

  /// The item with its document: made once, and the same for every destination and attempt; none
  /// where the report has nothing for one.
  private func frozen(_ item: OutboxItem) throws -> OutboxItem? {
    if item.digest != nil { return item }
    guard let made = try twin(of: item) ?? made(item) else {
      try store.noteNeedless(item, at: now())
      return nil
    }
    let document = made.addressed(to: settings, as: item.format)
    return try store.freeze(
      item, fileName: document.fileName, digest: try kept(document.bytes),
      bytes: document.bytes.count)
  }

  /// The same document as it was frozen for another destination.
  private func twin(of item: OutboxItem) throws -> Document? {
    guard let twin = try store.frozenTwin(of: item), let digest = twin.digest,
      let name = twin.fileName
    else { return nil }
    return Document(fileName: name, bytes: try frozenBytes(digest))
  }

  private func made(_ item: OutboxItem) throws -> Document? {
    do {
      return try exporter.document(of: store.report(of: item), format: item.format)
    } catch { throw DeliveryProblem(.notMade, "\(error)") }
  }

  private func kept(_ bytes: Data) throws -> String {
    do { return try store.keep(bytes) } catch StoreError.diskFull {
      throw DeliveryProblem(.unable, "\(StoreError.diskFull)")
    }
  }

  private func document(of item: OutboxItem) throws -> OutgoingDocument {
    guard let digest = item.digest, let name = item.fileName,
      let patient = try store.patient(of: item.study)
    else { throw StoreError.notFound }
    return OutgoingDocument(
      study: item.study, patient: patient, format: item.format, fileName: name,
      bytes: try frozenBytes(digest), file: try store.objectURL(digest))
  }

  private func frozenBytes(_ digest: String) throws -> Data {
    do { return try store.object(digest) } catch {
      throw DeliveryProblem(.notMade, "The document as it was first sent is gone: \(error)")
    }
  }
}

/// That something did not get to a destination; what, and when it is tried again, is in the outbox.
public struct Undelivered: Error, CustomStringConvertible {
  let destination: String
  let problem: DeliveryProblem

  public var description: String { "\(problem.reason) secondlook outbox shows what waits." }
}
