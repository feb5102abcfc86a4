import Foundation
import Radiology

extension FHIRDocument {
  /// What the reader calls the study, what the model came to, and each region that is shown.
  ///
  /// They are those of the structured report, under its tracking identifiers.
  func observations() throws(ReportingError) -> [FHIR.Entry<FHIR.Observation>] {
    var observations: [FHIR.Entry<FHIR.Observation>] = []
    func add(_ role: String, _ observation: FHIR.Observation) {
      observations.append(FHIR.Entry("observation \(role)", of: head.identity, observation))
    }
    if let call = dossier.review?.call { add("reader", observation(of: call)) }
    if let triage = dossier.triage { add("model", observation(of: triage)) }
    if let quality = dossier.quality {
      add("quality", observation(.imageQuality, quality.concept, uid: nil))
    }
    for region in try head.shownRegions() {
      add(region.finding.trackingUID, observation(of: region))
    }
    return observations
  }

  // MARK: The study as a whole

  private func observation(of triage: Triage) -> FHIR.Observation {
    let outcome = TriageOutcome(triage, isComplete: dossier.instances.allSatisfy(\.isReadable))
    var observation = observation(
      .measurementGroup, outcome.finding, uid: dossier.trackingUID("model"))
    observation.note = [FHIR.Annotation(text: dossier.modelResult)]
    observation.component =
      [component(.processingSummary, value: outcome.summary)]
      + (triage.probability.map { [component(.probability, percent: $0)] } ?? [])
    return observation
  }

  private func observation(of call: Call) -> FHIR.Observation {
    var observation = observation(
      .measurementGroup, call.concept, uid: dossier.trackingUID("reader"))
    observation.performer = caller.map { [$0] }
    observation.note = [FHIR.Annotation(text: "The reader calls the study \(call.rawValue).")]
    return observation
  }

  // MARK: One region

  private func observation(of region: ShownRegion) -> FHIR.Observation {
    let finding = region.finding
    var observation = observation(.measurementGroup, .abnormal, uid: finding.trackingUID)
    let place = dossier.place(of: finding)
    if let site = BodyPart(dossier.study.bodyPart).site {
      observation.bodySite = FHIR.CodeableConcept(codes[site], text: place?.words)
    }
    if finding.origin == .reader { observation.performer = caller.map { [$0] } }
    observation.note = [FHIR.Annotation(text: dossier.statement(of: finding))]
    var components = [component(.trackingIdentifier, text: finding.name.printable)]
    if let side = place?.patientSide {
      components.append(component(.laterality, value: side == .left ? .left : .right))
    }
    if let probability = finding.probability {
      components.append(component(.certaintyOfFinding, percent: probability))
    }
    let isLeftOpen = dossier.isSigned && finding.state == .open
    components.append(
      component(
        .renderingIntent, value: isLeftOpen ? .presentationOptional : .presentationRequired))
    // R4 has no ImagingSelection; a text in the form of the structured report's SCOORD stands in.
    components.append(component(.imageRegion, text: region.outline))
    observation.component = components
    return observation
  }

  // MARK: Pieces

  private func observation(_ code: Concept, _ value: Concept, uid: String?) -> FHIR.Observation {
    FHIR.Observation(
      identifier: uid.map { [FHIR.Identifier(uid: $0)] }, status: status,
      category: [FHIR.CodeableConcept(codes[.imagingCategory])],
      code: FHIR.CodeableConcept(codes[code]), subject: FHIR.Reference(patient),
      effectiveDateTime: made, valueCodeableConcept: FHIR.CodeableConcept(codes[value]),
      device: FHIR.Reference(device), derivedFrom: [FHIR.Reference(study)])
  }

  private func component(_ code: Concept, value: Concept) -> FHIR.Observation.Component {
    FHIR.Observation.Component(
      code: FHIR.CodeableConcept(codes[code]),
      valueCodeableConcept: FHIR.CodeableConcept(codes[value]))
  }

  private func component(_ code: Concept, percent share: Double) -> FHIR.Observation.Component {
    FHIR.Observation.Component(
      code: FHIR.CodeableConcept(codes[code]), valueQuantity: .percent(share, codes))
  }

  private func component(_ code: Concept, text: String) -> FHIR.Observation.Component {
    FHIR.Observation.Component(code: FHIR.CodeableConcept(codes[code]), valueString: text)
  }

  /// Who decided about the findings.
  private var caller: FHIR.Reference? {
    .practitioner(dossier.review?.reader ?? dossier.report?.author ?? "")
  }
}

extension ShownRegion {
  /// For example `POLYLINE 2.25.3 128,312 172,312 172,348 128,348 128,312`, the frame after `#`.
  fileprivate var outline: String {
    let corners = inside.corners
    let points = (corners + corners.prefix(1)).map { "\($0.column.plain),\($0.row.plain)" }
    let frame = reference.frame.map { "#\($0)" } ?? ""
    return "POLYLINE \(reference.instance)\(frame) " + points.joined(separator: " ")
  }
}

extension Double {
  /// Without a fraction that is none.
  var plain: String { self == rounded() && abs(self) < 1e9 ? "\(Int(self))" : "\(self)" }
}
