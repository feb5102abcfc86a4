/// The part of HL7 FHIR R4 (4.0.1) that reports are written in.
///
/// Structures and their members have the standard's names. Where the standard binds a value to a
/// list of its own there is an enum; every other code is one of the reviewed ``CodeTable``. What
/// is not known is absent, and where a reader would miss it, it is absent with a reason.
enum FHIR {
  enum ResourceType: String, Encodable, Sendable {
    case bundle = "Bundle"
    case composition = "Composition"
    case device = "Device"
    case diagnosticReport = "DiagnosticReport"
    case imagingStudy = "ImagingStudy"
    case observation = "Observation"
    case organization = "Organization"
    case patient = "Patient"
    case provenance = "Provenance"
    case serviceRequest = "ServiceRequest"
  }

  protocol Resource: Encodable, Sendable {
    var resourceType: ResourceType { get }
  }

  /// How far a document has come.
  ///
  /// Composition, DiagnosticReport and Observation have more states, each its own; these are the
  /// ones they share, as the states of a document have to agree. `corrected` is none of them: a
  /// Composition cannot be, so a changed report is `amended`.
  /// Source: value sets composition-status, diagnostic-report-status, observation-status.
  enum Status: String, Encodable, Sendable {
    /// Nobody has signed it: the model's result, or what a reader let out before signing.
    case preliminary
    /// Signed.
    case final
    /// Signed again after it was final.
    case amended

    init(_ stage: Dossier.Stage) {
      self =
        switch stage {
        case .unsigned, .preliminary: .preliminary
        case .final: .final
        case .amended: .amended
        }
    }
  }

  /// What can be pointed to within a bundle.
  struct Entry<Content: Resource>: Encodable, Sendable {
    let fullUrl: String
    let resource: Content

    /// The same place for the same role in the same document.
    init(_ role: String, of identity: DocumentIdentity, _ resource: Content) {
      fullUrl = Self.place(of: role, in: identity)
      self.resource = resource
    }

    /// A version 8 UUID (RFC 9562 5.8) of document and role.
    static func place(of role: String, in identity: DocumentIdentity) -> String {
      var value = Fingerprint.of("\(identity.instance) FHIR \(role)")
      value = value & ~(UInt128(0xf) << 76) | UInt128(8) << 76
      value = value & ~(UInt128(3) << 62) | UInt128(2) << 62
      let digits = String(value, radix: 16)
      var rest = Substring(String(repeating: "0", count: 32 - digits.count) + digits)
      let groups = [8, 4, 4, 4, 12].map { length in
        defer { rest = rest.dropFirst(length) }
        return String(rest.prefix(length))
      }
      return "urn:uuid:" + groups.joined(separator: "-")
    }
  }

  /// A pointer to an entry of the same bundle, or the name of somebody who has none.
  struct Reference: Encodable, Sendable, Hashable {
    let reference: String?
    let type: String
    let display: String?

    init(_ entry: Entry<some Resource>) {
      reference = entry.fullUrl
      type = entry.resource.resourceType.rawValue
      display = nil
    }

    /// The composition of a document, which other resources come before.
    init(compositionOf identity: DocumentIdentity) {
      reference = Entry<Composition>.place(of: Composition.role, in: identity)
      type = ResourceType.composition.rawValue
      display = nil
    }

    private init(type: String, display: String) {
      reference = nil
      self.type = type
      self.display = display
    }

    /// Somebody of whom the name is all that is known.
    static func practitioner(_ name: String) -> Reference? {
      let name = name.personal.printable
      return name.isEmpty ? nil : Reference(type: "Practitioner", display: name)
    }
  }

  /// A document: the composition first, then what it rests on.
  struct Bundle: Resource {
    enum Kind: String, Encodable, Sendable { case document }

    let resourceType = ResourceType.bundle
    let identifier: Identifier
    let type = Kind.document
    let timestamp: String
    let composition: Entry<Composition>
    let others: [any Encodable & Sendable]

    private enum Key: CodingKey { case resourceType, identifier, type, timestamp, entry }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(resourceType, forKey: .resourceType)
      try container.encode(identifier, forKey: .identifier)
      try container.encode(type, forKey: .type)
      try container.encode(timestamp, forKey: .timestamp)
      var entries = container.nestedUnkeyedContainer(forKey: .entry)
      try entries.encode(composition)
      for other in others { try entries.encode(other) }
    }
  }
}

extension Array {
  /// Nothing in place of an empty list, which FHIR does not have.
  var nonEmpty: Self? { isEmpty ? nil : self }
}
