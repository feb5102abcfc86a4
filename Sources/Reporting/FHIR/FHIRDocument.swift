import DICOM
public import Foundation
public import Radiology

extension Dossier {
  /// A FHIR R4 document, JSON in UTF-8: the twin of the structured report of the same identity.
  ///
  /// It depends on nothing but its inputs: the same ones make the same bytes. Its identifier is
  /// the SOP Instance UID of the structured report.
  ///
  /// - Throws: ``ReportingError`` rather than write a document that is wrong.
  public func fhirDocument(
    of sources: [SourceImage], as identity: DocumentIdentity, by station: Station,
    letterhead: Letterhead = .none, codes: CodeTable
  ) throws(ReportingError) -> Data {
    let head = try ObjectHead(
      dossier: self, sources: sources, identity: identity, station: station)
    let document = try FHIRDocument(head: head, letterhead: letterhead, codes: codes)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return try encoder.encode(document.bundle)
    } catch {
      // Values that JSON cannot hold are not numbers; none of ours can be one.
      throw .mismatch("The document holds a number that is none.")
    }
  }
}

/// The document in the making: the resources that others point to, in the order they are needed.
struct FHIRDocument {
  let head: ObjectHead
  let letterhead: Letterhead
  let codes: CodeTable
  let clock: Clock
  let status: FHIR.Status
  let patient: FHIR.Entry<FHIR.Patient>
  let organization: FHIR.Entry<FHIR.Organization>
  let device: FHIR.Entry<FHIR.Device>
  /// None where nobody knows of an order.
  let order: FHIR.Entry<FHIR.ServiceRequest>?
  let study: FHIR.Entry<FHIR.ImagingStudy>

  var dossier: Dossier { head.dossier }
  var made: String { clock.instant(head.identity.made) }

  init(head: ObjectHead, letterhead: Letterhead, codes: CodeTable) throws(ReportingError) {
    let (dossier, identity) = (head.dossier, head.identity)
    guard dossier.triage != nil || dossier.review?.call != nil else { throw .nothingToReport }
    self.head = head
    self.letterhead = letterhead
    self.codes = codes
    clock = Clock(head)
    status = .init(dossier.stage)
    patient = .init("patient", of: identity, FHIR.Patient(dossier.patient, codes: codes))
    organization = .init("organization", of: identity, FHIR.Organization(letterhead))
    device = .init(
      "device", of: identity, FHIR.Device(head, owner: FHIR.Reference(organization), codes: codes))
    order = FHIR.ServiceRequest(head, of: FHIR.Reference(patient), codes: codes)
      .map { .init("order", of: identity, $0) }
    study = .init(
      "study", of: identity,
      FHIR.ImagingStudy(
        head, of: FHIR.Reference(patient), answering: order.map { FHIR.Reference($0) },
        codes: codes))
  }

  var bundle: FHIR.Bundle {
    get throws(ReportingError) {
      let observations = try observations()
      let identity = head.identity
      let report = FHIR.Entry("report", of: identity, report(of: observations))
      let provenance = FHIR.Entry(
        "provenance", of: identity, provenance(of: report, observations))
      let others: [(any Encodable & Sendable)?] =
        [report, patient, organization, device, order, study] + observations + [provenance]
      return FHIR.Bundle(
        identifier: FHIR.Identifier(uid: identity.instance), timestamp: made,
        composition: FHIR.Entry(
          FHIR.Composition.role, of: identity, composition(of: observations)),
        others: others.compactMap(\.self))
    }
  }

  // MARK: Report and provenance

  private func report(
    of observations: [FHIR.Entry<FHIR.Observation>]
  ) -> FHIR.DiagnosticReport {
    let impression = dossier.givenSections.first { $0.key == "impression" }?.text.printableLines
      .joined(separator: "\n")
    return FHIR.DiagnosticReport(
      text: FHIR.Narrative(summary),
      extension: [.told(in: FHIR.Reference(compositionOf: head.identity))],
      identifier: [FHIR.Identifier(uid: head.identity.instance)],
      basedOn: order.map { [FHIR.Reference($0)] }, status: status,
      category: [FHIR.CodeableConcept(codes[.radiologyService])],
      code: FHIR.CodeableConcept(codes[dossier.reportConcept]), subject: FHIR.Reference(patient),
      effectiveDateTime: study.resource.started, issued: made,
      performer: [FHIR.Reference(organization)], resultsInterpreter: reader.map { [$0] },
      result: observations.map { FHIR.Reference($0) }, imagingStudy: [FHIR.Reference(study)],
      conclusion: impression ?? dossier.modelResult,
      conclusionCode: dossier.givenCall.map { [FHIR.CodeableConcept(codes[$0.concept])] },
      presentedForm: [
        FHIR.Attachment(
          contentType: "text/plain; charset=UTF-8", language: "en",
          data: Data(
            TextReport.render(dossier, letterhead: letterhead, timeZone: clock.timeZone).utf8),
          title: "Page to print")
      ])
  }

  private func provenance(
    of report: FHIR.Entry<FHIR.DiagnosticReport>,
    _ observations: [FHIR.Entry<FHIR.Observation>]
  ) -> FHIR.Provenance {
    let assembler = FHIR.Provenance.Agent(
      type: FHIR.CodeableConcept(codes[.assembler]), who: FHIR.Reference(device),
      onBehalfOf: FHIR.Reference(organization))
    let verifier = reader.map {
      FHIR.Provenance.Agent(
        type: FHIR.CodeableConcept(codes[dossier.isSigned ? .verifier : .author]), who: $0)
    }
    let (identity, references) = (head.identity, head.references)
    return FHIR.Provenance(
      target: [FHIR.Reference(report)] + observations.map { FHIR.Reference($0) }, recorded: made,
      activity: FHIR.CodeableConcept(codes[identity.predecessors.isEmpty ? .create : .revise]),
      agent: [assembler] + [verifier].compactMap(\.self),
      entity: references.map { FHIR.Provenance.Entity(.source, uid: $0.instance) }
        + [FHIR.Provenance.Entity(.source, uid: identity.instance)]
        + identity.predecessors.map { FHIR.Provenance.Entity(.revision, uid: $0.instance) })
  }

  // MARK: Pieces

  /// Who signed the report, or let it out.
  var reader: FHIR.Reference? {
    guard let report = dossier.report, report.isGiven else { return nil }
    return .practitioner(report.author)
  }

  /// The least anybody has to read.
  var summary: [String] {
    dossier.cautions + [dossier.modelResult]
      + dossier.givenSections.filter { $0.key == "impression" }.map { "\($0.title): \($0.text)" }
  }
}
