import Foundation
import Radiology

/// The groups of a document's Imaging Measurements: what the model and the reader say.
///
/// The model's result on the whole study and the reader's call are groups of their own, each with
/// its observer: a signature vouches for the reader's call and keeps the model's on record.
/// Source: PS3.16 TID 1500, 1501, 1410.
struct MeasurementGroups {
  let head: ObjectHead
  private var dossier: Dossier { head.dossier }
  private var station: Station { head.station }

  func items() throws(ReportingError) -> [ContentItem] {
    var groups: [ContentItem] = []
    if let call = dossier.review?.call { groups.append(try group(of: call)) }
    if let triage = dossier.triage { groups.append(group(of: triage)) }
    guard !groups.isEmpty else { throw .nothingToReport }
    for shown in try head.shownRegions() { groups.append(try group(of: shown)) }
    return groups
  }

  // MARK: The study as a whole, TID 1501

  private func group(of triage: Triage) -> ContentItem {
    let outcome = TriageOutcome(
      triage, isComplete: dossier.instances.allSatisfy(\.isReadable))
    var items = station.observerContext + finding(outcome.finding, on: nil)
    items += Algorithm(triage: triage, model: dossier.model, station: station).items
    if let probability = triage.probability {
      items.append(ContentItem(.contains, .probability, .percent(probability)))
    }
    if let quality = dossier.quality {
      items.append(ContentItem(.contains, .imageQuality, .code(quality.concept)))
    }
    items.append(ContentItem(.contains, .processingSummary, .code(outcome.summary)))
    items += comment("Result of research software that is no medical device.")
    items += comment(triage.reason ?? "")
    let rejected = dossier.findings.count - dossier.shownFindings.count
    if rejected > 0 {
      items += comment("The reader rejected \(rejected) of the regions; they are not shown.")
    }
    return group("Model", uid: dossier.trackingUID("model"), template: "1501", items + sources)
  }

  private func group(of call: Call) throws(ReportingError) -> ContentItem {
    var items = try readerContext() + finding(call.concept, on: nil)
    items += Algorithm(calledOn: station).items
    items += comment("The reader calls the study \(call.rawValue).")
    return group("Reader", uid: dossier.trackingUID("reader"), template: "1501", items + sources)
  }

  // MARK: One region, TID 1410

  private func group(of shown: ShownRegion) throws(ReportingError) -> ContentItem {
    let finding = shown.finding
    var items: [ContentItem]
    switch finding.origin {
    case .model:
      guard let triage = dossier.triage else {
        throw .mismatch("Region \(finding.name) is a model's, and there is no triage.")
      }
      items = station.observerContext + self.finding(.abnormal, on: finding)
      items += Algorithm(triage: triage, model: dossier.model, station: station).items
    case .reader:
      items = try readerContext() + self.finding(.abnormal, on: finding)
      items += Algorithm(drawnOn: station).items
    }
    if let probability = finding.probability {
      items.append(ContentItem(.contains, .certaintyOfFinding, .percent(probability)))
    }
    // Whoever signed without a word on a region leaves it to others whether to look.
    let isLeftOpen = dossier.isSigned && finding.state == .open
    items.append(
      ContentItem(
        .contains, .renderingIntent,
        .code(isLeftOpen ? .presentationOptional : .presentationRequired)))
    items += comment(finding.statement) + comment(finding.note)
    items.append(
      ContentItem(
        .contains, .imageRegion, .outline(shown.inside.corners),
        children: [ContentItem(.selectedFrom, .source, .image(shown.reference))]))
    return group(finding.name, uid: finding.trackingUID, template: "1410", items)
  }

  // MARK: Pieces

  private func group(
    _ name: String, uid: String, template: String, _ items: [ContentItem]
  ) -> ContentItem {
    let identity =
      ContentItem.text(.hasObservationContext, .trackingIdentifier, name)
      + [ContentItem(.hasObservationContext, .trackingUniqueIdentifier, .uid(uid))]
    return ContentItem(
      .contains, .measurementGroup, .container(template: template), children: identity + items)
  }

  /// The finding and where it is; the side only where the image tells.
  private func finding(_ concept: Concept, on region: Finding?) -> [ContentItem] {
    let finding = ContentItem(.contains, .finding, .code(concept))
    guard let site = BodyPart(dossier.study.bodyPart).site else { return [finding] }
    let side: Concept? =
      switch region.flatMap({ dossier.place(of: $0)?.patientSide }) {
      case .left: .left
      case .right: .right
      case nil: nil
      }
    let laterality = side.map { ContentItem(.hasConceptModifier, .laterality, .code($0)) }
    return [
      finding,
      ContentItem(
        .hasConceptModifier, .findingSite, .code(site), children: laterality.map { [$0] } ?? []),
    ]
  }

  private func readerContext() throws(ReportingError) -> [ContentItem] {
    let reader = try Reader(dossier.review?.reader ?? dossier.report?.author ?? "")
    return reader.observerContext(
      organization: station.organization, role: dossier.isSigned ? .verifying : .performing)
  }

  private var sources: [ContentItem] {
    head.references.map { ContentItem(.contains, .sourceOfMeasurement, .image($0)) }
  }

  private func comment(_ text: String) -> [ContentItem] {
    ContentItem.text(.contains, .comment, text)
  }
}

extension ContentItem.Value {
  /// A share of 1 in percent, to a tenth.
  fileprivate static func percent(_ share: Double) -> ContentItem.Value {
    .number((share * 1000).rounded() / 10, unit: .percent)
  }
}

extension Region {
  /// Clockwise from the upper left; the first is not repeated.
  var corners: [ContentItem.Point] {
    [(x0, y0), (x1, y0), (x1, y1), (x0, y1)].map { ContentItem.Point(column: $0.0, row: $0.1) }
  }
}

extension Finding {
  /// Who marked the region and what the reader says of it.
  fileprivate var statement: String {
    let mark = origin == .model ? "Marked by the model" : "Added by the reader"
    return switch state {
    case .open: "\(mark); not reviewed by a reader."
    case .agreed: origin == .model ? "\(mark); the reader agrees." : "\(mark)."
    case .unsure: "\(mark); the reader is unsure."
    case .rejected: "\(mark); rejected by the reader."
    }
  }
}
