import Agent
import Foundation
import Imaging
import Radiology
import Reporting
import Store
import Synchronization
import Terminal
import Triage
import Workstation

/// Does what the workstation asks for, off the screen's thread, and answers by mail.
///
/// What touches the store is done one after another in the order asked, so that a draft is never
/// saved after the signature that followed it. Pictures have a queue of their own, as decoding one
/// never holds up a save; so has an import, which may take minutes and is broken off when the reader
/// leaves; so have the worklist, the status and the search for a patient, of which only the newest
/// wish counts.
final class Errands: Sendable {
  private let site: LocalSite
  private let reader: String
  private let mailbox: Mailbox<Message>
  private let isReadOnly: Bool
  private let rights: Rights
  private let rules: ReadingRules
  private let desk: ReadingDesk
  private let saving: AsyncStream<Saving>.Continuation
  private let looking: AsyncStream<Effect>.Continuation
  private let importing: AsyncStream<Effect>.Continuation
  private let listing: AsyncStream<WorklistRequest>.Continuation
  private let counting: AsyncStream<Effect>.Continuation
  private let searching: AsyncStream<Effect>.Continuation
  private let tasks = Mutex<[Task<Void, Never>]>([])
  /// The study this session has open.
  private let claim: OpenClaim

  /// What the saver is asked for: something to do, or to say that all before it is done.
  private enum Saving: Sendable { case effect(Effect), mark(DispatchSemaphore) }

  init(
    site: LocalSite, reader: String, isReadOnly: Bool, rights: Rights, rules: ReadingRules,
    mailbox: Mailbox<Message>
  ) {
    self.site = site
    self.reader = reader
    self.mailbox = mailbox
    // Whoever may decide nothing needs no claim, and takes none from a reader.
    self.isReadOnly = isReadOnly || !rights.allow(.decide)
    self.rights = isReadOnly ? rights.whileReadOnly : rights
    self.rules = rules
    desk = site.desk
    claim = OpenClaim(
      site.store, reader: reader, isReadOnly: self.isReadOnly, mailbox: mailbox)
    let (effects, saving) = AsyncStream.makeStream(of: Saving.self)
    let (pictures, looking) = AsyncStream.makeStream(of: Effect.self)
    let (folders, importing) = AsyncStream.makeStream(of: Effect.self)
    let (windows, listing) = AsyncStream.makeStream(
      of: WorklistRequest.self, bufferingPolicy: .bufferingNewest(1))
    let (counts, counting) = AsyncStream.makeStream(
      of: Effect.self, bufferingPolicy: .bufferingNewest(1))
    let (searches, searching) = AsyncStream.makeStream(
      of: Effect.self, bufferingPolicy: .bufferingNewest(1))
    self.saving = saving
    self.looking = looking
    self.importing = importing
    self.listing = listing
    self.counting = counting
    self.searching = searching
    func lane(_ name: String, _ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
      Task(executorPreference: Lane(name)) { await work() }
    }
    let saver = lane("saver") { [self] in
      for await wanted in effects {
        switch wanted {
        case .effect(let effect): await perform(effect)
        case .mark(let passed): passed.signal()
        }
      }
    }
    let looker = lane("looker") { [self] in for await wanted in pictures { await look(wanted) } }
    let lister = lane("lister") { [self] in for await wanted in windows { list(wanted) } }
    let counter = lane("counter") { [self] in for await wanted in counts { await perform(wanted) } }
    let searcher = lane("searcher") { [self] in
      for await wanted in searches { await perform(wanted) }
    }
    // It reads with all processors, and not on one thread.
    let importer = Task { [self] in for await wanted in folders { await perform(wanted) } }
    tasks.withLock { $0 = [saver, looker, lister, counter, searcher, importer] }
  }

  func send(_ effect: Effect) {
    switch effect {
    case .loadStatus: counting.yield(effect)
    case .find: searching.yield(effect)
    case .loadImage, .loadHeat: looking.yield(effect)
    case .importFiles: importing.yield(effect)
    default: saving.yield(.effect(effect))
    }
  }

  /// Reads a part of the worklist.
  func send(_ request: WorklistRequest) { listing.yield(request) }

  /// Tells the workstation when another process changed the store, and other processes that the
  /// open study still is.
  func watch() {
    let watcher = Task { [site] in
      for await _ in site.store.changes(every: .milliseconds(500)) {
        claim.noticeLoss()
        mailbox.post(.storeChanged)
      }
    }
    let heart = Task {
      while (try? await Task.sleep(for: .seconds(Lease.term / 4))) != nil { claim.beat() }
    }
    tasks.withLock { $0 += [watcher, heart] }
  }

  /// Waits until all that was to be saved so far is saved or refused, and the answers are posted.
  func waitUntilSaved() {
    let passed = DispatchSemaphore(value: 0)
    guard case .enqueued = saving.yield(.mark(passed)) else { return }
    passed.wait()
  }

  /// How long leaving waits for what is only read: longer than a question to the store takes, and
  /// no longer than anybody would look at a screen that does nothing.
  private static let patience = DispatchTimeInterval.seconds(2)

  /// Waits until everything asked for is saved, and a moment for what is being read: a store that
  /// nobody reads any more is closed, and leaves no journal beside it.
  func finish() {
    saving.finish()
    looking.finish()
    importing.finish()
    listing.finish()
    counting.finish()
    searching.finish()
    let (saved, read) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let tasks = tasks.withLock { tasks in
      for task in tasks.dropFirst() { task.cancel() }
      return tasks
    }
    Task.detached {
      await tasks.first?.value
      saved.signal()
      for task in tasks.dropFirst() { await task.value }
      read.signal()
    }
    saved.wait()
    claim.leave()
    _ = read.wait(timeout: .now() + Self.patience)
  }

  // MARK: - One errand

  private func perform(_ effect: Effect) async {
    do {
      if let answer = try await answer(to: effect) { mailbox.post(answer) }
    } catch let error as StoreError where error.isOfAnotherReader {
      // What is saved may find out before the store's folder is heard to change.
      claim.noticeLoss()
      mailbox.post(.failed(effect.study.map(FailedAction.lookAgain) ?? effect.action, "\(error)"))
    } catch {
      mailbox.post(.failed(effect.action, "\(error)"))
    }
  }

  private func answer(to effect: Effect) async throws -> Message? {
    // The screens do not ask for it; should one do all the same, it is refused here.
    if let act = effect.act { try RightsError.check(rights, act) }
    let store = site.store
    switch effect {
    case .openStudy(let id):
      try store.record(.opened, actor: reader, study: id, detail: "in the workstation")
      return .studyOpened(try open(id, lockedBy: try claim.begin(id)))
    case .takeOver(let id, let reason):
      try claim.takeOver(id, because: reason)
      return .studyOpened(try open(id, lockedBy: nil))
    case .setAside(let report):
      try store.setAside(report, of: reader)
      return .saved(.apart, report.study)
    case .closeStudy(let id):
      claim.leave(id)
      return nil
    case .saveReview(let review):
      try store.save(review, over: claim.known(review.study))
      claim.note(review)
      return .saved(.review, review.study)
    case .saveDraft(let report):
      try store.saveDraft(report)
      return .saved(.draft, report.study)
    case .sign(let report, let review, let unseen):
      let signed = try store.sign(
        report, review: review, over: claim.known(review.study), unseen: unseen, under: rules,
        by: reader, at: Date())
      // The signature is safe: words kept apart that cannot be thrown away now do no harm.
      try? store.discardSetAside(of: report.study, by: reader)
      return .signed(signed)
    case .givePreliminary(let report, let review, let unseen):
      let given = try store.givePreliminary(
        report, review: review, over: claim.known(review.study), unseen: unseen, under: rules,
        by: reader, at: Date())
      claim.note(review)
      return .given(given)
    case .signUnopened(let report, let review, let known):
      return .signed(
        try store.sign(
          report, review: review, over: known, isUnopened: true, under: rules, by: reader,
          at: Date()))
    case .saveReading(let reading, let id):
      return .secondLook(try store.save(reading, of: id, under: rules))
    case .saveDecision(let decision, let id):
      return .secondLook(try store.save(decision, of: id))
    case .closeSecondLook(let id, let reason):
      return .secondLook(
        try store.closeSecondLook(of: id, because: reason, by: reader, at: Date()))
    case .loadVersions(let id):
      return .versions(id, try store.versions(of: id))
    case .loadBatch(let ids):
      let templates = desk.templates
      return .batch(try ids.compactMap { try candidate($0, templates) })
    case .export(let id, let format):
      let document = try site.exporter().document(of: id, format: format, at: Date())
      let place = try document.write(into: site.home.appending(path: "exports"))
      try store.record(
        .exported, actor: reader, study: id, detail: "\(format.rawValue) \(document.digest)")
      return .exported(id, path: place.path)
    case .importFiles(let path): return try await take(path)
    case .loadStatus: return .status(try SystemStatus(of: site))
    case .find(let words): return .found(try store.search(for: words))
    case .loadLog(let query): return .log(try site.log(query))
    case .readReport(let id): return .reportRead(try site.clinicalReport(of: id, for: reader))
    case .readAgain(let id):
      _ = try store.readAgain([id], by: reader)
      return .status(try SystemStatus(of: site))
    case .sendAgain(let wanted, let settlesDoubts):
      // Nobody has looked whose images those of a doubtful patient are.
      let numbers =
        try wanted
        ?? store.outbox([.dead]).filter { $0.code != .patientChanged }.map(\.number)
      let refused = try store.sendAgain(
        numbers, settlingDoubts: settlesDoubts, by: reader, at: Date())
      mailbox.post(.status(try SystemStatus(of: site)))
      guard refused.isEmpty else { throw NotSentAgain(reasons: refused) }
      return .done("\(counted(numbers.count, "document", "documents")) will be sent again")
    case .decideTask(let id, let state):
      try store.decide(id, state, by: reader, at: Date())
      return .status(try SystemStatus(of: site))
    case .pauseFederation(let isPaused):
      if isPaused {
        try store.pause(FederationPause(by: reader, at: Date(), reason: nil))
      } else {
        try store.resume(by: reader, at: Date())
      }
      return .status(try SystemStatus(of: site))
    case .decideModel(let decision):
      switch decision {
      case .promote(let id): try store.promote(id, despite: nil, by: reader, at: Date())
      case .reject(let id): try store.reject(id, by: reader, at: Date())
      case .rollBack: _ = try store.rollBack(by: reader, at: Date())
      }
      return .status(try SystemStatus(of: site))
    case .saveScreen(let state):
      try state.save(in: store)
      return nil
    case .loadPrior(let id):
      try store.record(.opened, actor: reader, study: id, detail: "beside a later study")
      return .priorLoaded(id, try store.instances(of: id))
    case .loadDocuments(let id):
      let documents = try site.documents(of: id)
      try store.record(.opened, actor: reader, study: id, detail: "to read earlier documents")
      return .documents(id, documents)
    case .loadWorklist, .loadImage, .loadHeat, .suspend, .repaint, .useTheme, .captureMouse,
      .quit:
      return nil
    }
  }

  private func open(_ id: Study.ID, lockedBy lease: Lease?) throws -> OpenStudy {
    guard let row = try site.store.row(id) else { throw StoreError.notFound }
    let instances = try site.store.instances(of: id)
    let templates = desk.templates
    var open = OpenStudy(
      row: row, instances: instances, review: try site.store.review(of: id),
      report: try site.store.report(of: id),
      priors: try site.store.studies(ofPatient: row.patient.id).priors(of: row),
      remotePriors: try site.store.priors(of: row.patient.id),
      limits: site.limits(of: row),
      lockedBy: lease.map { "\($0.reader) since \($0.since.formatted(Self.clock).prefix(5))" },
      setAside: try site.store.setAside(of: id, by: reader),
      template: templates.fitting(row.study),
      templateFlaws: templates.flaws.map(\.description),
      orientations: desk.orientations(of: instances),
      model: try row.triage?.model.flatMap { try site.store.model($0) })
    open.preliminary = try site.store.preliminaries(of: id).last
    open.predictiveValue = try site.store.predictiveValue(of: row)
    open.secondLook = try site.store.secondLook(of: id)
    open.isNextReader =
      try open.secondLook.map { try !isReadOnly && site.store.mayRead($0, reader) } ?? false
    return open
  }

  /// A study as it is signed together with others; none if it is gone.
  private func candidate(_ id: Study.ID, _ templates: ReportTemplates) throws -> OpenStudy? {
    guard let row = try site.store.row(id) else { return nil }
    let instances = try site.store.instances(of: id)
    var open = OpenStudy(
      row: row, instances: instances, review: try site.store.review(of: id),
      report: try site.store.report(of: id), lockedBy: try site.store.lock(of: id)?.reader,
      template: templates.fitting(row.study),
      templateFlaws: templates.flaws.map(\.description),
      orientations: desk.orientations(of: instances))
    open.preliminary = try site.store.preliminaries(of: id).last
    return open
  }

  private static let clock = Date.ISO8601FormatStyle(timeZone: .current)
    .time(includingFractionalSeconds: false)

  private func take(_ path: String) async throws -> Message {
    let mailbox = mailbox
    let url = URL(filePath: (path as NSString).expandingTildeInPath)
    let summary = try await site.ingest().take([url]) { done, all in
      mailbox.post(
        .progress(
          TaskBadge(
            name: "import", fraction: Double(done) / Double(max(all, 1)), detail: "\(done)/\(all)"))
      )
    }
    _ = try await site.reading.drain { done, all in
      mailbox.post(
        .progress(TaskBadge(name: "import", fraction: Double(done) / Double(all), detail: "triage"))
      )
    }
    return .taskEnded(
      name: "import",
      sentence: "\(summary.added) new, \(summary.unchanged) known, \(summary.refused.count) refused"
    )
  }

  private func list(_ request: WorklistRequest) {
    do {
      mailbox.post(.worklist(try site.store.worklist(request)))
    } catch {
      mailbox.post(.failed(.loadWorklist, "\(error)"))
    }
  }

  private func look(_ effect: Effect) async {
    switch effect {
    case .loadImage(let instance, let frame): await load(instance, frame: frame)
    case .loadHeat(let instance, let model):
      do {
        // The network is built anew for it: a look at the heat is rare, and its memory is large.
        let reader = Reader(model: try site.shelf.model(model))
        let image = try await site.pictures.picture(of: instance)
        mailbox.post(.heatLoaded(try await reader.heat(of: instance, image: image)))
      } catch {
        mailbox.post(.heatFailed(instance.id, reason: "\(error)"))
      }
    default: break
    }
  }

  private func load(_ instance: Instance, frame: Int) async {
    do {
      let image = try await site.pictures.picture(of: instance, frame: frame)
      // Off the screen's thread: making a picture of a radiograph takes longer than a frame.
      mailbox.post(.imageLoaded(instance.id, frame: frame, Picture(image)))
    } catch {
      mailbox.post(.imageFailed(instance.id, frame: frame, reason: "\(error)"))
    }
  }
}
