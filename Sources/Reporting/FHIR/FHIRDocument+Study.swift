import Radiology

extension FHIR.Device {
  /// What made the model's result, or the workstation where no model judged.
  init(_ head: ObjectHead, owner: FHIR.Reference, codes: CodeTable) {
    let (dossier, station) = (head.dossier, head.station)
    let algorithm =
      dossier.triage.map { Algorithm(triage: $0, model: dossier.model, station: station) }
      ?? Algorithm(calledOn: station)
    identifier = [FHIR.Identifier(uid: station.uid)]
    manufacturer = algorithm.manufacturer
    serialNumber = station.serialNumber.printable.isEmpty ? nil : station.serialNumber.printable
    deviceName = [Name(name: algorithm.name)]
    type =
      algorithm.isArtificialIntelligence
      ? FHIR.CodeableConcept(codes[.artificialIntelligence]) : nil
    version = [Version(value: algorithm.version.printable)]
    property =
      algorithm.parameters.compactMap { parameter in
        let parts = parameter.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        return Property(
          type: FHIR.CodeableConcept(text: parts[0]),
          valueCode: [FHIR.CodeableConcept(text: parts[1])])
      }.nonEmpty
    self.owner = owner
    note =
      ([Dossier.researchCaution] + dossier.modelLimits).map {
        FHIR.Annotation(text: $0.printable)
      }
  }
}

extension FHIR.ServiceRequest {
  /// Nothing where the images name no order.
  init?(_ head: ObjectHead, of patient: FHIR.Reference, codes: CodeTable) {
    let (dossier, order) = (head.dossier, head.dossier.order)
    let accession = dossier.study.accession.printable
    let procedure = order?.procedureID.printable ?? ""
    guard !accession.isEmpty || !procedure.isEmpty else { return nil }
    var numbers: [FHIR.Identifier] = []
    if !accession.isEmpty {
      numbers.append(FHIR.Identifier(accession, type: codes[.accessionNumber]))
    }
    if !procedure.isEmpty {
      numbers.append(FHIR.Identifier(procedure, described: "Requested Procedure ID"))
    }
    identifier = numbers
    status = dossier.isSigned ? .completed : .active
    priority = Priority(dossier.study.priority)
    let asked = order?.procedure.printable ?? ""
    code = FHIR.CodeableConcept(codes[dossier.reportConcept], text: asked.isEmpty ? nil : asked)
    subject = patient
    requester = .practitioner(dossier.study.referrer)
    let reasons = dossier.givenSections.filter { $0.key == "indication" }
    reasonCode = reasons.map { FHIR.CodeableConcept(text: $0.text.printable) }.nonEmpty
  }
}

extension FHIR.ImagingStudy {
  /// The images that a document can name, and the structured report that says the same.
  init(
    _ head: ObjectHead, of patient: FHIR.Reference, answering order: FHIR.Reference?,
    codes: CodeTable
  ) {
    let study = head.dossier.study
    func coding(_ modality: String) -> FHIR.Coding {
      FHIR.Coding(codes[.modality(modality.isEmpty ? study.modality : modality)])
    }
    var series: [Series] = []
    for (source, reference) in zip(head.sources, head.references) {
      let object = Instance(
        uid: reference.instance, sopClass: SOPClass(reference.sopClass),
        number: source.instance.number.flatMap { $0 >= 0 ? $0 : nil })
      let uid = source.instance.series
      if let index = series.firstIndex(where: { $0.uid == uid }) {
        series[index].instance.append(object)
      } else {
        series.append(
          Series(uid: uid, modality: coding(source.instance.modality), instance: [object]))
      }
    }
    let document = Instance(
      uid: head.identity.instance, sopClass: SOPClass(StructuredReport.kind.sopClass), number: nil)
    series.append(
      Series(
        uid: head.identity.series, modality: FHIR.Coding(codes[.structuredReport]),
        instance: [document]))
    self.series = series
    identifier = [FHIR.Identifier(uid: study.uid)]
    modality = series.map(\.modality).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    subject = patient
    started = StudyMoment(study)?.fhir(in: Clock(head).timeZone)
    basedOn = order.map { [$0] }
    numberOfSeries = series.count
    numberOfInstances = series.reduce(0) { $0 + $1.instance.count }
    let words = study.description.printable
    description = words.isEmpty ? nil : words
  }
}
