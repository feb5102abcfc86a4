import Foundation

// The data types of FHIR R4 section 2.24, with the members that reports use.
extension FHIR {
  struct Coding: Encodable, Sendable, Hashable {
    let system: String
    let code: String
    let display: String?

    init(_ code: Code) {
      system = code.system
      self.code = code.value
      // The table has DICOM's names of LOINC codes, and LOINC's change: servers refuse others.
      display = code.designator == "LN" ? nil : code.meaning
    }
  }

  struct CodeableConcept: Encodable, Sendable, Hashable {
    let coding: [Coding]?
    let text: String?

    init(_ code: Code, text: String? = nil) {
      coding = [Coding(code)]
      self.text = text ?? code.meaning
    }

    /// Words for which there is no code.
    init(text: String) {
      coding = nil
      self.text = text
    }
  }

  struct Identifier: Encodable, Sendable, Hashable {
    var type: CodeableConcept?
    var system: String?
    var value: String?
    /// Who gave it.
    var assigner: Assigner?
    var `extension`: [Extension]?

    struct Assigner: Encodable, Sendable, Hashable { let display: String }

    /// A DICOM unique identifier.
    init(uid: String) {
      system = "urn:dicom:uid"
      value = "urn:oid:\(uid)"
    }

    init(_ value: String, type: Code, assigner: String = "") {
      self.type = CodeableConcept(type)
      self.value = value
      self.assigner = assigner.isEmpty ? nil : Assigner(display: assigner)
    }

    /// A number of a kind that the code table has no code for.
    init(_ value: String, described type: String) {
      self.type = CodeableConcept(text: type)
      self.value = value
    }

    private init(extension: [Extension]) { self.extension = `extension` }

    static let unknown = Identifier(extension: [.unknown])
  }

  struct HumanName: Encodable, Sendable, Hashable {
    var text: String?
    var family: String?
    var given: [String]?
    var prefix: [String]?
    var suffix: [String]?
    var `extension`: [Extension]?
  }

  struct Quantity: Encodable, Sendable, Hashable {
    let value: Double
    let unit: String?
    let system: String?
    let code: String?

    init(_ value: Double, unit: Code) {
      self.value = value
      self.unit = unit.value
      system = unit.system
      code = unit.value
    }

    /// A share of 1 in percent, to a tenth.
    static func percent(_ share: Double, _ codes: CodeTable) -> Quantity {
      Quantity((share * 1000).rounded() / 10, unit: codes[.percent])
    }
  }

  struct Annotation: Encodable, Sendable, Hashable { let text: String }

  struct Address: Encodable, Sendable, Hashable {
    let text: String
    let line: [String]
  }

  struct ContactPoint: Encodable, Sendable, Hashable {
    enum System: String, Encodable, Sendable { case phone }
    let system: System
    let value: String
  }

  struct Attachment: Encodable, Sendable, Hashable {
    let contentType: String
    let language: String
    let data: Data
    let title: String
  }

  /// Why a value is not there, how a name is spelled, or where the other half of a document is.
  struct Extension: Encodable, Sendable, Hashable {
    let url: String
    var valueCode: String?
    var valueReference: Reference?

    static let unknown = Extension(
      url: "http://hl7.org/fhir/StructureDefinition/data-absent-reason", valueCode: "unknown")

    /// Source: the extension iso21090-EN-representation.
    enum Spelling: String, Sendable {
      case alphabetic = "ABC", ideographic = "IDE", phonetic = "SYL"
    }

    static func spelled(_ spelling: Spelling) -> Extension {
      Extension(
        url: "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation",
        valueCode: spelling.rawValue)
    }

    /// Which composition a diagnostic report is told in; an element of R5 before its time.
    static func told(in composition: Reference) -> Extension {
      Extension(
        url: "http://hl7.org/fhir/5.0/StructureDefinition/extension-DiagnosticReport.composition",
        valueReference: composition)
    }
  }

  /// A value that is not there, for elements that are single words.
  struct Absent: Encodable, Sendable, Hashable { let `extension` = [Extension.unknown] }

  /// What a resource says to people.
  struct Narrative: Encodable, Sendable, Hashable {
    enum Status: String, Encodable, Sendable { case generated }

    let status = Status.generated
    let div: String

    /// One paragraph for each line; there has to be one that says something.
    init(_ lines: [String]) {
      let lines = lines.flatMap(\.printableLines).filter { !$0.isEmpty }
      precondition(!lines.isEmpty, "a narrative says something")
      let paragraphs = lines.map { "<p>\($0.escapedForXML)</p>" }.joined()
      div = "<div xmlns=\"http://www.w3.org/1999/xhtml\">\(paragraphs)</div>"
    }
  }
}

extension Code {
  /// The coding scheme as FHIR names it.
  var system: String {
    switch designator {
    case "DCM": "http://dicom.nema.org/resources/ontology/DCM"
    case "SCT": "http://snomed.info/sct"
    case "LN": "http://loinc.org"
    case "RADLEX": "http://radlex.org"
    case "UCUM": "http://unitsofmeasure.org"
    case "RFC5646": "urn:ietf:bcp:47"
    default: "http://terminology.hl7.org/CodeSystem/\(designator)"
    }
  }
}

extension String {
  /// By scalars: a mark that combines makes another character of `<`, and no other byte.
  fileprivate var escapedForXML: String {
    unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
