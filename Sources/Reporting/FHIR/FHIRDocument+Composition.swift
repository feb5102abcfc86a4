import Radiology

extension FHIRDocument {
  func composition(of observations: [FHIR.Entry<FHIR.Observation>]) -> FHIR.Composition {
    let identity = head.identity
    let signed = dossier.report?.signed.map { signed in
      [FHIR.Composition.Attester(time: clock.instant(signed), party: reader)]
    }
    return FHIR.Composition(
      text: FHIR.Narrative(summary), identifier: FHIR.Identifier(uid: identity.instance),
      status: status, type: FHIR.CodeableConcept(codes[dossier.reportConcept]),
      category: [FHIR.CodeableConcept(codes[.radiologyService])],
      subject: FHIR.Reference(patient), date: made,
      author: [reader].compactMap(\.self) + [FHIR.Reference(device), FHIR.Reference(organization)],
      title: title, attester: signed, custodian: FHIR.Reference(organization),
      relatesTo: identity.predecessors.last.map {
        [FHIR.Composition.Relation(targetIdentifier: FHIR.Identifier(uid: $0.instance))]
      },
      section: sections(observations.map { FHIR.Reference($0) }))
  }

  private var title: String {
    let synthetic = dossier.study.isSynthetic ? "SYNTHETIC: " : ""
    let kind =
      switch dossier.stage {
      case .unsigned: "AI triage result (preliminary, not a diagnosis)"
      case .preliminary: "Radiology report (preliminary, not signed)"
      case .final: "Radiology report"
      case .amended: "Radiology report (amended)"
      }
    return synthetic + kind
  }

  // MARK: Sections

  /// Those that HL7 Europe's imaging report demands, then what the report says besides.
  ///
  /// Source: profile BundleReportEuImaging of imaging-r4.
  private func sections(_ observations: [FHIR.Reference]) -> [FHIR.Composition.Section] {
    let written = Dictionary(grouping: dossier.givenSections, by: \.key)
    func words(_ key: String) -> [String] { written[key]?.map(\.text) ?? [] }
    func told(_ keys: String...) -> [FHIR.Composition.Section] {
      keys.compactMap { key in
        written[key]?.first.map { section($0.title, .letterSection(key), words(key)) }
      }
    }
    var sections = [
      section("Studies", .radiologyStudies, [studyLine], entry: [FHIR.Reference(study)]),
      request(indication: words("indication")), history,
      section(
        "Procedure", .procedureSection, words("technique").nonEmpty ?? [studyLine],
        entry: [FHIR.Reference(study)]),
    ]
    sections += told("comparison")
    sections.append(
      section(
        "Findings", .findingsSection,
        words("findings") + [dossier.modelResult] + dossier.regionStatements, entry: observations))
    sections += told("impression", "recommendation", "addendum")
    sections += dossier.givenSections.filter { Concept.letterSection($0.key) == nil }
      .map { section($0.title, nil, [$0.text]) }
    sections.append(
      section(
        "Model and its limits", nil,
        [dossier.modelResult] + dossier.modelLimits + dossier.acknowledgements
          + [Dossier.researchCaution],
        entry: [FHIR.Reference(device)]))
    return sections
  }

  private func request(indication: [String]) -> FHIR.Composition.Section {
    guard let order else {
      return section(
        "Request", .requestSection, ["No order is known."] + indication, empty: .unavailable)
    }
    let number = "Order \(dossier.study.accession), \(dossier.study.priority.rawValue)."
    return section(
      "Request", .requestSection, [number] + indication, entry: [FHIR.Reference(order)])
  }

  private var history: FHIR.Composition.Section {
    section("History", .historySection, ["Not asked."], empty: .notAsked)
  }

  private var studyLine: String {
    let study = dossier.study
    let date = [study.date?.dashedDate, study.time?.colonTime].compacted.joined(separator: " ")
    let count = dossier.instances.count
    let kind = [study.exam, study.description == study.exam ? nil : study.description].compacted
    return
      ([kind.joined(separator: ", "), date].compacted
      + ["\(count) image\(count == 1 ? "" : "s")"]).joined(separator: "; ") + "."
  }

  private func section(
    _ title: String, _ concept: Concept?, _ lines: [String], entry: [FHIR.Reference]? = nil,
    empty reason: Concept? = nil
  ) -> FHIR.Composition.Section {
    FHIR.Composition.Section(
      title: title.printable, code: concept.map { FHIR.CodeableConcept(codes[$0]) },
      text: FHIR.Narrative(lines), entry: entry,
      emptyReason: reason.map { FHIR.CodeableConcept(codes[$0]) })
  }
}
