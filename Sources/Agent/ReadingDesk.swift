public import Foundation
public import Radiology
public import Reporting
public import Store

/// What a reader does at a study, for the workstation and the command line alike.
public struct ReadingDesk: Sendable {
  private let store: Store
  private let pictures: PictureShelf
  private let assets: URL

  /// A desk at which the studies of one store are read, with the templates of a folder of assets.
  public init(store: Store, pictures: PictureShelf, assets: URL) {
    self.store = store
    self.pictures = pictures
    self.assets = assets
  }

  /// Records a call and what is said of regions, on top of what was recorded before.
  ///
  /// A region that is there already is not added again; the reader stands by it. A draft follows
  /// what was decided.
  /// - Throws: ``AgentError/noRegion(_:)`` for a name that is no region of the study;
  ///   `StoreError.signed` once the study is signed; `StoreError.locked` while somebody has it
  ///   open.
  @discardableResult
  public func review(
    _ study: Study, call: Call, accept: [String] = [], reject: [String] = [],
    reason: String = "", add regions: [Region] = [], by reader: String, at date: Date
  ) throws -> Review {
    let known = try store.review(of: study.uid)
    var review = try review(of: study, by: reader, at: date)
    for (names, state) in [(accept, Finding.State.agreed), (reject, .rejected)] {
      for name in names
      where !review.mark(name, state, note: state == .rejected ? reason : "", at: date) {
        throw AgentError.noRegion(name)
      }
    }
    for region in regions {
      if let same = review.findings.first(where: { $0.region == region }) {
        _ = review.mark(same.name, .agreed, at: date)
      } else {
        review.add(region, trackingUID: Radiology.UID.make(), at: date)
      }
    }
    review.call = call
    review.reader = reader
    review.changed = date
    try store.save(review, over: known)
    if let draft = try store.report(of: study.uid), !draft.isSigned {
      let redrafted = draft.redrafted(to: try fresh(study, review, by: draft.author, at: date))
      if redrafted != draft { try store.saveDraft(redrafted) }
    }
    return review
  }

  /// The review of a study, or a new one of what the model found.
  public func review(of study: Study, by reader: String, at date: Date) throws -> Review {
    if let review = try store.review(of: study.uid) { return review }
    if let triage = try store.triage(of: study.uid) {
      return Review(of: triage, by: reader, at: date)
    }
    return Review(study: study.uid, reader: reader, findings: [], model: nil, started: date)
  }

  /// The report as it would be signed now: the reader's draft as it follows from the review, or
  /// one written from it; where the study is signed, an addendum with the words given for it.
  ///
  /// - Throws: ``AgentError/signedAlready(by:at:)`` where nothing was begun that could be signed;
  ///   ``AgentError/nothingToAddTo`` for an addendum to a study that is not signed.
  public func draft(
    _ study: Study, of review: Review, addendum: String? = nil, by reader: String, at date: Date
  ) throws -> Report {
    let fresh = try fresh(study, review, by: reader, at: date)
    let signed = try store.signedReport(of: study.uid)
    var report = fresh
    if let newest = try store.report(of: study.uid), !newest.isSigned {
      report = newest.redrafted(to: fresh)
    } else if let signed {
      guard addendum != nil else {
        throw AgentError.signedAlready(by: signed.author, at: signed.signed ?? signed.changed)
      }
      report = signed.addendum(drafted: fresh)
    }
    if let addendum {
      guard signed != nil else { throw AgentError.nothingToAddTo }
      report.add(addendum, under: review)
    }
    return report
  }

  /// Signs a report with the review it was drafted from.
  ///
  /// - Throws: `StoreError.blocked` or `StoreError.unasked` with what is in the way;
  ///   `StoreError.overtaken` if something else was decided meanwhile.
  public func sign(
    _ report: Report, of review: Review, under rules: ReadingRules = ReadingRules(),
    by reader: String, at date: Date
  ) throws -> Report {
    try store.sign(report, review: review, under: rules, by: reader, at: date)
  }

  /// Lets a report out before it is signed, with the review it was drafted from.
  ///
  /// - Throws: as ``sign(_:of:under:by:at:)`` does; `StoreError.nothingNew` if the last one says
  ///   the same.
  public func givePreliminary(
    _ report: Report, of review: Review, under rules: ReadingRules = ReadingRules(),
    by reader: String, at date: Date
  ) throws -> Report {
    try store.givePreliminary(report, review: review, under: rules, by: reader, at: date).report
  }

  /// The site's report templates: those in `templates` of the store's folder before the shipped.
  ///
  /// Read anew each time, so that what a department edits holds for the next study.
  public var templates: ReportTemplates { ReportTemplates(assets: assets, department: store.home) }

  /// Patient Orientation (0020,0020) of the images that state it.
  public func orientations(of instances: [Instance]) -> [Instance.ID: [String]] {
    pictures.orientations(of: instances)
  }

  /// What the template would write of a review.
  private func fresh(
    _ study: Study, _ review: Review, by author: String, at date: Date
  ) throws -> Report {
    guard let patient = try store.patient(of: study.uid) else { throw StoreError.notFound }
    let instances = try store.instances(of: study.uid)
    return Report.draft(
      study: study, patient: patient, instances: instances, review: review,
      triage: try store.triage(of: study.uid),
      template: templates.fitting(study), author: author, at: date,
      orientations: orientations(of: instances))
  }
}

extension Report {
  /// Puts an addendum's words below those of earlier ones.
  fileprivate mutating func add(_ words: String, under review: Review) {
    if let index = sections.firstIndex(where: { $0.key == "addendum" }) {
      let before = sections[index].text
      sections[index].write(before.isEmpty ? words : "\(before)\n\(words)", under: review)
    } else {
      sections.append(
        Section(key: "addendum", title: "Addendum", text: words, call: review.call))
    }
  }
}
