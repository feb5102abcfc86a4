import Agent
import Foundation
import Radiology
import Store
import Triage
import Workstation

extension LocalSite {
  /// A piece of the log of store and agent.
  func log(_ query: LogQuery) throws -> LogPage {
    LogPage(
      query, audit: try store.log(query), agent: AgentLog.entries(query, home: home),
      last: LogPlace(
        audit: try store.lastLogNumber(), agent: AgentLog.lastNumber(home: home)))
  }

  /// What was signed of a study, or let out as preliminary; that it was read is written down.
  ///
  /// - Throws: `AgentError.notSigned` if there is neither.
  func clinicalReport(of study: Study.ID, for reader: String) throws -> ClinicalReport {
    let found = try store.foundStudy(study)
    guard let given = try store.given(of: study) else { throw AgentError.notSigned }
    guard let row = try store.row(study) else { throw StoreError.notFound }
    // The document is of the signed version where there is one, whatever is being written.
    let document = try exporter().document(of: study, format: .text, at: Date())
    try store.record(.opened, actor: reader, study: study, detail: "to read the report")
    return ClinicalReport(
      found: found,
      open: OpenStudy(
        row: row, instances: try store.instances(of: study), review: given.review,
        report: given.report,
        limits: limits(of: row)),
      text: String(decoding: document.bytes, as: UTF8.self),
      dispatches: try store.dispatches(of: study),
      undelivered: try store.outbox([.waiting, .sending, .dead], of: study),
      exports: try store.exports(of: study))
  }

  /// What the model that judged a study may judge; none if no model did.
  func limits(of row: WorklistRow) -> ModelLimits? {
    guard let triage = row.triage, let id = triage.model else { return nil }
    let model = try? shelf.model(id)
    let noCard = id == TourStudies.judge ? TourStudies.scope : "card missing"
    return ModelLimits(
      scope: model?.card.scope ?? noCard, name: model?.card.name ?? "", id: id,
      threshold: triage.threshold ?? model?.calibration.threshold,
      cautions: model?.card.limits ?? [])
  }
}
