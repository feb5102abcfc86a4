extension FHIR {
  struct Composition: Resource {
    struct Attester: Encodable, Sendable {
      enum Mode: String, Encodable, Sendable { case professional }
      let mode = Mode.professional
      let time: String
      let party: Reference?
    }

    struct Relation: Encodable, Sendable {
      enum Code: String, Encodable, Sendable { case replaces }
      let code = Code.replaces
      let targetIdentifier: Identifier
    }

    struct Section: Encodable, Sendable {
      let title: String
      let code: CodeableConcept?
      let text: Narrative
      var entry: [Reference]?
      /// Only where there is no entry.
      var emptyReason: CodeableConcept?
    }

    /// What its entry is called in every document.
    static let role = "composition"

    let resourceType = ResourceType.composition
    let text: Narrative
    let identifier: Identifier
    let status: Status
    let type: CodeableConcept
    let category: [CodeableConcept]
    let subject: Reference
    let date: String
    let author: [Reference]
    let title: String
    let attester: [Attester]?
    let custodian: Reference
    let relatesTo: [Relation]?
    let section: [Section]
  }

  struct DiagnosticReport: Resource {
    let resourceType = ResourceType.diagnosticReport
    let text: Narrative
    let `extension`: [Extension]
    let identifier: [Identifier]
    let basedOn: [Reference]?
    let status: Status
    let category: [CodeableConcept]
    let code: CodeableConcept
    let subject: Reference
    let effectiveDateTime: String?
    let issued: String
    let performer: [Reference]
    let resultsInterpreter: [Reference]?
    let result: [Reference]
    let imagingStudy: [Reference]
    let conclusion: String
    let conclusionCode: [CodeableConcept]?
    let presentedForm: [Attachment]
  }

  struct Observation: Resource {
    struct Component: Encodable, Sendable {
      let code: CodeableConcept
      var valueQuantity: Quantity?
      var valueCodeableConcept: CodeableConcept?
      var valueString: String?
    }

    let resourceType = ResourceType.observation
    var identifier: [Identifier]?
    let status: Status
    let category: [CodeableConcept]
    let code: CodeableConcept
    let subject: Reference
    let effectiveDateTime: String
    var performer: [Reference]?
    let valueCodeableConcept: CodeableConcept
    var note: [Annotation]?
    var bodySite: CodeableConcept?
    let device: Reference
    let derivedFrom: [Reference]
    var component: [Component]?
  }

  struct Device: Resource {
    struct Name: Encodable, Sendable {
      enum Kind: String, Encodable, Sendable { case modelName = "model-name" }
      let name: String
      let type = Kind.modelName
    }

    struct Version: Encodable, Sendable { let value: String }

    struct Property: Encodable, Sendable {
      let type: CodeableConcept
      let valueCode: [CodeableConcept]
    }

    let resourceType = ResourceType.device
    let identifier: [Identifier]
    let manufacturer: String
    let serialNumber: String?
    let deviceName: [Name]
    let type: CodeableConcept?
    let version: [Version]
    let property: [Property]?
    let owner: Reference
    let note: [Annotation]
  }

  struct Provenance: Resource {
    struct Agent: Encodable, Sendable {
      let type: CodeableConcept
      let who: Reference
      var onBehalfOf: Reference?
    }

    struct Entity: Encodable, Sendable {
      enum Role: String, Encodable, Sendable { case source, revision }
      struct What: Encodable, Sendable { let identifier: Identifier }
      let role: Role
      let what: What

      init(_ role: Role, uid: String) {
        self.role = role
        what = What(identifier: Identifier(uid: uid))
      }
    }

    let resourceType = ResourceType.provenance
    let target: [Reference]
    let recorded: String
    let activity: CodeableConcept
    let agent: [Agent]
    let entity: [Entity]
  }
}
