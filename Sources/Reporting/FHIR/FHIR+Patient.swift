import DICOM
import Radiology

extension FHIR {
  struct Patient: Resource {
    /// Source: value set administrative-gender.
    enum Gender: String, Encodable, Sendable { case male, female, other, unknown }

    let resourceType = ResourceType.patient
    let identifier: [Identifier]
    let name: [HumanName]
    let gender: Gender
    let birthDate: String?
    let absentBirthDate: Absent?

    private enum CodingKeys: String, CodingKey {
      case resourceType, identifier, name, gender, birthDate
      case absentBirthDate = "_birthDate"
    }

    /// What the images say of the patient; what they leave out is absent, and said to be unknown.
    init(_ patient: Radiology.Patient, codes: CodeTable) {
      let number = patient.identifier.printable
      identifier = [
        number.isEmpty
          ? .unknown
          : Identifier(
            number, type: codes[.medicalRecordNumber], assigner: patient.issuer.printable)
      ]
      name = HumanName.all(in: patient.name).nonEmpty ?? [HumanName(extension: [.unknown])]
      gender =
        switch patient.sex {
        case "M": .male
        case "F": .female
        case "O": .other
        default: .unknown
        }
      birthDate = patient.birthDate.flatMap(CalendarDay.init)?.dashed
      absentBirthDate = birthDate == nil ? Absent() : nil
    }
  }

  struct Organization: Resource {
    let resourceType = ResourceType.organization
    let name: String?
    let absentName: Absent?
    let telecom: [ContactPoint]?
    let address: [Address]?

    private enum CodingKeys: String, CodingKey {
      case resourceType, name, telecom, address
      case absentName = "_name"
    }

    init(_ letterhead: Letterhead) {
      let name = letterhead.fullName.printable
      self.name = name.isEmpty ? nil : name
      absentName = name.isEmpty ? Absent() : nil
      let phone = letterhead.phone.printable
      telecom = phone.isEmpty ? nil : [ContactPoint(system: .phone, value: phone)]
      let lines = letterhead.address.map(\.printable).filter { !$0.isEmpty }
      address =
        lines.isEmpty ? nil : [Address(text: lines.joined(separator: ", "), line: lines)]
    }
  }
}

extension FHIR.HumanName {
  /// One name for each spelling that says anything, the alphabetic one first.
  static func all(in text: String) -> [FHIR.HumanName] {
    let name = PersonName(PersonName.writable(text))
    let groups: [(FHIR.Extension.Spelling, PersonName.Group)] = [
      (.alphabetic, name.alphabetic), (.ideographic, name.ideographic),
      (.phonetic, name.phonetic),
    ]
    return groups.compactMap { spelling, group in
      FHIR.HumanName(group, spelling)
    }
  }

  private init?(_ group: PersonName.Group, _ spelling: FHIR.Extension.Spelling) {
    func words(_ parts: [String]) -> [String]? {
      parts.map(\.printable).filter { !$0.isEmpty }.nonEmpty
    }
    family = words([group.family])?.first
    given = words([group.given, group.middle])
    prefix = words([group.prefix])
    suffix = words([group.suffix])
    let shown = group.display.printable
    guard !shown.isEmpty || prefix != nil || suffix != nil else { return nil }
    text = shown.isEmpty ? nil : shown
    `extension` = spelling == .alphabetic ? nil : [.spelled(spelling)]
  }
}
