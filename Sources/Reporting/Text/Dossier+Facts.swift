import Radiology

/// A line of a page: what it is about, and what is known.
struct Fact: Hashable {
  let name: String
  let value: String

  init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

// The facts that a printed page has, whatever it is printed with.
extension Dossier {
  /// Whom and what the report is about; what the images leave out is said to be not stated.
  var patientFacts: [Fact] {
    let issuer = patient.issuer.isEmpty ? "" : " (\(patient.issuer))"
    let kind = [study.modality, study.bodyPart, study.view].filter { !$0.isEmpty }
    let unreadable = instances.filter { !$0.isReadable }.count
    let images =
      "\(instances.count)" + (unreadable == 0 ? "" : ", \(unreadable) of them unreadable")
    let facts = [
      Fact("Patient", patient.name.personal),
      Fact("Patient ID", patient.identifier.isEmpty ? "" : patient.identifier + issuer),
      Fact("Born", patient.birthDate?.dashedDate ?? ""),
      Fact(
        "Sex, age",
        [patient.sex, study.age.map { "\($0) years" }].compacted.joined(separator: ", ")),
      Fact("Accession", study.accession), Fact("Study", study.description),
      Fact("Examination", kind.joined(separator: " ")),
      Fact(
        "Study date",
        [study.date?.dashedDate, study.time?.colonTime].compacted.joined(separator: " ")),
      Fact("Referred by", study.referrer.personal), Fact("Images", images),
      Fact("Study UID", study.uid),
    ]
    return facts.map { Fact($0.name, $0.value.isEmpty ? "not stated" : $0.value) }
  }

  /// Who signed and when, or that nobody has.
  func signatureFacts(_ clock: Clock) -> [Fact] {
    guard let report else { return [] }
    guard report.isGiven else {
      return [
        Fact(
          "Not signed", "last changed \(clock.text(report.changed)) by \(report.author.personal)")
      ]
    }
    var facts: [Fact]
    if let signed = report.signed {
      facts = [
        Fact("Signed by", report.author.personal), Fact("Signed at", clock.text(signed)),
        Fact("Version", "\(report.version)"),
      ]
    } else {
      facts = [
        Fact("Not signed", "given as preliminary by \(report.author.personal)"),
        Fact("Given at", clock.text(report.changed)), Fact("Number", "\(report.version)"),
      ]
    }
    if let call = review?.call { facts.append(Fact("Called", call.rawValue)) }
    return facts
  }

  /// What the model came to, with its version and threshold.
  func modelFacts(_ clock: Clock) -> [Fact] {
    guard let triage else { return [] }
    var facts: [Fact] = []
    if let id = triage.model {
      facts.append(Fact("Model", "\(model?.name ?? "unnamed") (\(id.prefix(12)))"))
    }
    facts.append(Fact("Result", triage.triageClass.rawValue))
    if let reason = triage.reason { facts.append(Fact("Reason", reason)) }
    if let probability = triage.probability {
      facts.append(Fact("P(abnormal)", probability.percent))
    }
    if let threshold = triage.threshold {
      facts.append(Fact("Threshold", "\(threshold.percent), suspicious from there on"))
    }
    return facts + [Fact("Judged at", clock.text(triage.made))]
  }
}

extension Letterhead {
  /// Name, department, address and telephone, a line each.
  var lines: [String] {
    ([name, department] + address + [phone.isEmpty ? "" : "Telephone \(phone)"])
      .map(\.printable).filter { !$0.isEmpty }
  }
}
