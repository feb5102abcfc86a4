import DICOM
import Foundation
import Radiology
import Testing

@testable import Reporting

/// A document as JSON has it.
struct Resources {
  let bundle: [String: Any]

  init(_ data: Data) throws {
    bundle = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  var entries: [[String: Any]] { bundle["entry"] as? [[String: Any]] ?? [] }
  var all: [[String: Any]] { entries.compactMap { $0["resource"] as? [String: Any] } }

  func named(_ type: String) -> [[String: Any]] {
    all.filter { $0["resourceType"] as? String == type }
  }

  func one(_ type: String) throws -> [String: Any] { try #require(named(type).first) }

  static let letterhead = Letterhead(
    name: "Example Hospital", department: "Radiology", address: ["1 Example Street", "Exampleton"],
    phone: "+44 20 7946 0000")

  static func write(
    _ sample: Sample, _ kind: Kind = .normal, letterhead: Letterhead = letterhead,
    header: DataSet? = nil
  ) throws -> Data {
    let header = try header ?? StructuredReportTests.header(patientName: sample.patient.name)
    let sources = sample.instances.map {
      SourceImage(instance: $0, header: $0.uid == Sample.image ? header : nil)
    }
    return try sample.dossier().fhirDocument(
      of: sources, as: Form.sr.identity(of: kind), by: StructuredReportTests.station,
      letterhead: letterhead,
      codes: try CodeTable(folder: try Assets.folder()))
  }
}

@Suite("FHIR documents")
struct FHIRDocumentTests {
  private func resources(_ kind: Kind) throws -> Resources {
    try Resources(try Resources.write(try kind.sample(), kind))
  }

  @Test("the same study makes the same bytes, and the identifiers are the structured report's")
  func deterministic() throws {
    for kind in Kind.allCases {
      let bytes = try Resources.write(try kind.sample(), kind)
      #expect(bytes == (try Resources.write(try kind.sample(), kind)))
      let resources = try Resources(bytes)
      let uid = "urn:oid:\(Form.sr.identity(of: kind).instance)"
      let documents = [
        resources.bundle["identifier"], try resources.one("Composition")["identifier"],
      ]
      for identifier in documents {
        #expect((identifier as? [String: String])?["value"] == uid)
      }
      let report = try resources.one("DiagnosticReport")["identifier"] as? [[String: String]]
      #expect(report?.map { $0["value"] } == [uid])
    }
  }

  @Test(
    "composition, report and observations say alike how far the report has come",
    arguments: [
      (Kind.normal, "preliminary"), (.underReview, "preliminary"), (.preliminary, "preliminary"),
      (.signed, "final"), (.readerOverrules, "final"), (.addendum, "amended"),
    ])
  func status(kind: Kind, status: String) throws {
    let resources = try resources(kind)
    let types = ["Composition", "DiagnosticReport", "Observation"]
    let told = types.flatMap(resources.named).compactMap { $0["status"] as? String }
    #expect(Set(told) == [status])
    #expect(told.count > 2)
  }

  @Test("nobody reads a document without learning what it is and what it is not")
  func cautions() throws {
    for kind in Kind.allCases {
      let resources = try resources(kind)
      for type in ["Composition", "DiagnosticReport"] {
        let text = try resources.one(type)["text"] as? [String: String]
        let isSigned = try kind.sample().report?.isSigned ?? false
        #expect(text?["div"]?.contains("research software and no medical device") == true)
        #expect(text?["div"]?.contains("Not signed") == !isSigned, "\(kind)")
      }
    }
    var sample = try Kind.signed.sample()
    // A mark that combines with it does not make a delimiter harmless.
    sample.limits = ["Not for children <16 & younger.", "a<\u{338}b"]
    let bytes = String(decoding: try Resources.write(sample, .signed), as: UTF8.self)
    #expect(bytes.contains("Limit of the model: Not for children &lt;16 &amp; younger."))
    #expect(Data(bytes.utf8).range(of: Data("a&lt;".utf8)) != nil)
    #expect(bytes.contains("Model version: chest r24 (9f2c0e1d9f2c)"))
  }

  @Test(
    "a study that nobody could judge is undetermined, and no word of it is normal",
    arguments: [Kind.undetermined, .failed])
  func refusals(kind: Kind) throws {
    let resources = try resources(kind)
    let observation = try resources.one("Observation")
    let value = observation["valueCodeableConcept"] as? [String: Any]
    let coding = (value?["coding"] as? [[String: String]])?.first
    #expect(coding?["code"] == "371934000")
    let conclusion = try resources.one("DiagnosticReport")["conclusion"] as? String
    #expect(conclusion?.contains("The model has not judged this study.") == true)
    #expect(conclusion?.contains("normal") == false)
  }

  @Test("what is not known of a patient is absent with that reason, and nothing is made up")
  func absent() throws {
    var sample = Sample()
    sample.patient = Patient(identifier: "", name: "", birthDate: "19600231", fallback: "x")
    sample.study = Study(
      uid: sample.study.uid, patient: sample.patient.id, date: "20261340", modality: "DX",
      bodyPart: "CHEST", arrived: Sample.date(0))
    var header = DataSet()
    try header.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.1.1.1")
    let resources = try Resources(
      try Resources.write(sample, letterhead: .none, header: header))
    let patient = try resources.one("Patient")
    #expect(patient["birthDate"] == nil && patient["_birthDate"] != nil)
    #expect(patient["gender"] as? String == "unknown")
    for key in ["identifier", "name"] {
      let values = try #require(patient[key] as? [[String: Any]])
      #expect(values.map { Array($0.keys) } == [["extension"]])
    }
    let organization = try resources.one("Organization")
    #expect(organization["name"] == nil && organization["_name"] != nil)
    #expect(resources.named("ServiceRequest").isEmpty)
    #expect(try resources.one("ImagingStudy")["started"] == nil)
  }

  @Test("the request says in the order's own words what was asked for, under its numbers")
  func order() throws {
    var sample = try Kind.signed.sample()
    sample.order = Sample.order
    let request = try Resources(try Resources.write(sample, .signed)).one("ServiceRequest")
    let numbers = try #require(request["identifier"] as? [[String: Any]])
    #expect(numbers.map { $0["value"] as? String } == ["ACC0001", "RP-77"])
    let code = try #require(request["code"] as? [String: Any])
    #expect(code["text"] as? String == "THORAX PA & LAT")
    #expect((code["coding"] as? [[String: Any]])?.first?["code"] as? String == "30745-4")
  }

  @Test("each spelling of a name is a name of its own, without what a terminal would obey")
  func names() throws {
    var sample = Sample()
    let long = String(repeating: "a", count: 80)
    sample.patient = Patient(
      identifier: "PID0001", issuer: "HOSP", name: "\(long)^Zoë\u{1b}[31m^^Dr=王^小东",
      fallback: "")
    let names = try #require(
      try Resources(
        try Resources.write(sample, header: try StructuredReportTests.header())
      ).one("Patient")["name"] as? [[String: Any]])
    #expect(names.count == 2)
    #expect(names.first?["family"] as? String == String(repeating: "a", count: 64))
    #expect(names.last?["text"] as? String == "王, 小东")
    #expect(!"\(names)".contains("\u{1b}"))
  }

  @Test("the letterhead is the organization's name and address")
  func letterhead() throws {
    let organization = try resources(.signed).one("Organization")
    #expect(organization["name"] as? String == "Example Hospital, Radiology")
    let address = (organization["address"] as? [[String: Any]])?.first
    #expect(address?["line"] as? [String] == ["1 Example Street", "Exampleton"])
  }

  @Test("a signed document names its reader, its predecessor and what the reader was asked")
  func signed() throws {
    let resources = try resources(.addendum)
    let composition = try resources.one("Composition")
    let attester = try #require((composition["attester"] as? [[String: Any]])?.first)
    #expect((attester["party"] as? [String: String])?["display"] == "Reader, Ada")
    #expect(attester["time"] as? String == "2026-11-23T13:28:00+00:00")
    let relation = (composition["relatesTo"] as? [[String: Any]])?.first
    #expect((relation?["targetIdentifier"] as? [String: String])?["value"] == "urn:oid:2.25.1002")
    let titles = (composition["section"] as? [[String: Any]] ?? []).compactMap {
      $0["title"] as? String
    }
    #expect(titles.contains("Addendum") && titles.contains("Impression"))
    #expect("\(composition)".contains("Acknowledged before signing: Region R2 not reviewed."))
  }

  @Test("every code of every document is a row of the code table")
  func codes() throws {
    let systems = [
      "DCM": "http://dicom.nema.org/resources/ontology/DCM", "SCT": "http://snomed.info/sct",
      "LN": "http://loinc.org", "RADLEX": "http://radlex.org",
      "UCUM": "http://unitsofmeasure.org",
    ]
    let allowed = Set(
      try AllowedCodes().codes.map { code in
        let system =
          systems[code.designator] ?? "http://terminology.hl7.org/CodeSystem/\(code.designator)"
        return "\(system) \(code.value)"
      })
    for kind in Kind.allCases {
      let written = Self.codes(in: try resources(kind).bundle)
      #expect(written.subtracting(allowed) == [], "\(kind)")
      #expect(written.count > 10)
    }
  }

  /// Every system with its code, at any depth; unique identifiers are no codes.
  static func codes(in value: Any) -> Set<String> {
    if let list = value as? [Any] { return list.reduce(into: []) { $0.formUnion(codes(in: $1)) } }
    guard let object = value as? [String: Any] else { return [] }
    var found = object.values.reduce(into: Set<String>()) { $0.formUnion(codes(in: $1)) }
    if let system = object["system"] as? String, let code = object["code"] as? String,
      system != "urn:ietf:rfc:3986"
    {
      found.insert("\(system) \(code)")
    }
    return found
  }
}
