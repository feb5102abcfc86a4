import Radiology

extension FHIR {
  struct ImagingStudy: Resource {
    enum Status: String, Encodable, Sendable { case available }

    struct Series: Encodable, Sendable {
      let uid: String
      let modality: Coding
      var instance: [Instance]
    }

    struct Instance: Encodable, Sendable {
      let uid: String
      let sopClass: SOPClass
      let number: Int?
    }

    /// A unique identifier in place of a code: the one Coding whose code is in no table.
    struct SOPClass: Encodable, Sendable {
      let system = "urn:ietf:rfc:3986"
      let code: String

      init(_ uid: String) { code = "urn:oid:\(uid)" }
    }

    let resourceType = ResourceType.imagingStudy
    let identifier: [Identifier]
    let status = Status.available
    let modality: [Coding]
    let subject: Reference
    let started: String?
    let basedOn: [Reference]?
    let numberOfSeries: Int
    let numberOfInstances: Int
    let description: String?
    let series: [Series]
  }

  struct ServiceRequest: Resource {
    /// Whether somebody has answered the order yet, as far as this document knows.
    enum Status: String, Encodable, Sendable { case active, completed }
    enum Intent: String, Encodable, Sendable { case order }
    enum Priority: String, Encodable, Sendable { case routine, urgent, stat }

    let resourceType = ResourceType.serviceRequest
    let identifier: [Identifier]
    let status: Status
    let intent = Intent.order
    let priority: Priority
    let code: CodeableConcept
    let subject: Reference
    let requester: Reference?
    let reasonCode: [CodeableConcept]?
  }
}

extension FHIR.ServiceRequest.Priority {
  init(_ priority: Radiology.Priority) {
    self =
      switch priority {
      case .routine: .routine
      case .urgent: .urgent
      case .stat: .stat
      }
  }
}
