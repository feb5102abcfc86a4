import DICOM
public import Foundation
import Radiology

extension Dossier {
  /// An HL7 v2.5.1 message ORU^R01 in UTF-8: what the structured report of the same identity says,
  /// for systems that file results.
  ///
  /// It depends on nothing but its inputs, and so does its control ID (MSH-10): who gets it twice
  /// can tell.
  ///
  /// - Throws: ``ReportingError`` rather than write a message that is wrong;
  ///   ``ReportingError/patientUnidentified`` where no system could know whose it is.
  public func resultMessage(
    of sources: [SourceImage], as identity: DocumentIdentity, by station: Station,
    codes: CodeTable
  ) throws(ReportingError) -> Data {
    let head = try ObjectHead(
      dossier: self, sources: sources, identity: identity, station: station)
    guard !patient.identifier.printable.isEmpty else { throw .patientUnidentified }
    guard triage != nil || review?.call != nil else { throw .nothingToReport }
    return Data(try ResultMessage(head: head, codes: codes).encoded.utf8)
  }
}

/// The message in the making.
struct ResultMessage {
  /// Observation Result Status (OBX-11) and Result Status (OBR-25).
  ///
  /// Source: HL7 v2.5.1 tables 0085 and 0123.
  enum Status: String {
    case preliminary = "P"
    case final = "F"
    /// In place of a final result.
    case corrected = "C"

    init(_ stage: Dossier.Stage) {
      self =
        switch stage {
        case .unsigned, .preliminary: .preliminary
        case .final: .final
        case .amended: .corrected
        }
    }
  }

  /// Processing ID (MSH-11), table 0103.
  enum Processing: String {
    case production = "P"
    case training = "T"
  }

  let head: ObjectHead
  let codes: CodeTable
  let clock: Clock
  let status: Status

  var dossier: Dossier { head.dossier }
  /// When the document was made.
  var made: HL7Field { HL7Field(clock.hl7(head.identity.made)) }

  init(head: ObjectHead, codes: CodeTable) {
    self.head = head
    self.codes = codes
    clock = Clock(head)
    status = Status(head.dossier.stage)
  }

  var encoded: String {
    get throws(ReportingError) {
      let results = try results()
      return ([header, patient, visit, order, request] + results).map(\.encoded).joined()
    }
  }

  /// The same for the same version of a document, at most 20 characters.
  static func controlID(of identity: DocumentIdentity) -> String {
    let number = Fingerprint.of("\(identity.instance) ORU") >> 48
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 20 - digits.count) + digits
  }

  // MARK: Segments

  private var header: HL7Segment {
    var header = HL7Segment("MSH")
    // MSH-1 is the separator itself, so MSH-2 is the first field after the name.
    header[1] = .encodingCharacters
    header[2] = HL7Field(Station.model.uppercased())
    header[3] = .authority(head.station.organization)
    header[6] = made
    header[8] = .components("ORU", "R01", "ORU_R01")
    header[9] = HL7Field(Self.controlID(of: head.identity))
    header[10] = HL7Field(dossier.study.isSynthetic ? Processing.training : .production)
    header[11] = HL7Field("2.5.1")
    // A commit acknowledgment always, an application's never: what is filed is the receiver's.
    header[14] = HL7Field("AL")
    header[15] = HL7Field("NE")
    header[17] = HL7Field("UNICODE UTF-8")
    return header
  }

  private var patient: HL7Segment {
    let patient = dossier.patient
    var segment = HL7Segment("PID")
    segment[1] = HL7Field(1)
    // Whole, whatever the length that the standard wishes for: half a number is another patient's.
    segment[3] = .components([
      HL7Field(patient.identifier), .empty, .empty, .authority(patient.issuer, isPart: true),
      HL7Field(codes[.medicalRecordNumber].value),
    ])
    segment[5] = .names(patient.name)
    segment[7] = HL7Field(patient.birthDate.flatMap(CalendarDay.init)?.compact ?? "")
    segment[8] = HL7Field(["M", "F", "O"].contains(patient.sex ?? "") ? patient.sex ?? "" : "")
    return segment
  }

  /// Patient class unknown (table 0004): whether somebody is an inpatient is not in the images.
  private var visit: HL7Segment {
    var segment = HL7Segment("PV1")
    segment[1] = HL7Field(1)
    segment[2] = HL7Field("U")
    segment[8] = .person(dossier.study.referrer)
    return segment
  }

  private var order: HL7Segment {
    var segment = HL7Segment("ORC")
    segment[1] = HL7Field("RE")
    segment[2] = placer
    segment[3] = filler
    return segment
  }

  private var request: HL7Segment {
    let study = dossier.study
    var segment = HL7Segment("OBR")
    segment[1] = HL7Field(1)
    segment[2] = placer
    segment[3] = filler
    segment[4] = procedure
    segment[7] = HL7Field(StudyMoment(study)?.hl7 ?? "")
    segment[16] = .person(study.referrer)
    // Placer Field 2: the requested procedure, as IHE has it (RAD TF-2 4.4).
    segment[19] = HL7Field(dossier.order?.procedureID ?? "")
    segment[22] = made
    segment[24] = HL7Field(codes[.radiologyService].value)
    segment[25] = HL7Field(status)
    segment[27] = .components("", "", "", "", "", study.priority.hl7)
    if let report = dossier.report, report.isGiven {
      let name = PersonName(PersonName.writable(report.author)).alphabetic
      segment[32] = .subcomponents("", name.family, name.given)
    }
    return segment
  }

  /// Our code, and beside it the words of the order (CWE-5): their code is in no table of ours.
  private var procedure: HL7Field {
    let code = codes[dossier.reportConcept]
    return HL7Field(code, orInOtherWords: dossier.order?.procedure ?? "")
  }

  /// The accession number is both what was asked and what is answered.
  private var placer: HL7Field { HL7Field(dossier.study.accession) }

  /// Ours where there is no accession number: the study's own identifier.
  private var filler: HL7Field {
    let accession = dossier.study.accession.printable
    return accession.isEmpty
      ? .components(dossier.study.uid, "", dossier.study.uid, "ISO")
      : .components(accession, Station.model.uppercased())
  }
}

extension HL7Field {
  /// Every spelling of a name as data type XPN, repeated.
  ///
  /// A name that is not known is said to be so, as PID-5 must not be empty (section 3.4.2.5).
  fileprivate static func names(_ text: String) -> HL7Field {
    let name = PersonName(PersonName.writable(text))
    let groups = [("A", name.alphabetic), ("I", name.ideographic), ("P", name.phonetic)]
    let names = groups.filter { !$0.1.display.printable.isEmpty }.map { spelling, group in
      HL7Field.components(
        group.family, group.given, group.middle, group.suffix, group.prefix, "", "L", spelling)
    }
    return names.isEmpty ? .components("", "", "", "", "", "", "U") : .repetitions(names)
  }

  /// Who gave a number, or whose system it is, as data type HD.
  ///
  /// A namespace has at most 20 characters; a longer name is an identifier of a scheme of its own,
  /// `L` of table 0301.
  static func authority(_ name: String, isPart: Bool = false) -> HL7Field {
    let name = name.printable
    guard name.count > 20 else { return HL7Field(name) }
    return isPart ? .subcomponents("", name, "L") : .components("", name, "L")
  }

  /// Somebody without an identifier as data type XCN; nothing for nobody.
  static func person(_ text: String) -> HL7Field {
    let name = PersonName(PersonName.writable(text)).alphabetic
    return .components("", name.family, name.given, name.middle, name.suffix, name.prefix)
  }
}

extension Priority {
  /// Priority in TQ-6.
  fileprivate var hl7: String {
    switch self {
    case .stat: "S"
    case .urgent: "A"
    case .routine: "R"
    }
  }
}
