import Radiology

extension ResultMessage {
  /// One segment OBX for each thing that is said; those with the same sub-ID belong together.
  func results() throws(ReportingError) -> [HL7Segment] {
    var results = Results(status: status, made: made, codes: codes)
    if let call = dossier.review?.call {
      results.begin()
      results.add(.measurementGroup, code: call.concept, flag: call.concept.flag, by: caller)
    }
    if let triage = dossier.triage { add(triage, to: &results) }
    if let quality = dossier.quality {
      results.begin()
      results.add(.imageQuality, code: quality.concept)
    }
    for region in try head.shownRegions() { add(region, to: &results) }
    addText(to: &results)
    return results.segments
  }

  private func add(_ triage: Triage, to results: inout Results) {
    let outcome = TriageOutcome(triage, isComplete: dossier.instances.allSatisfy(\.isReadable))
    results.begin()
    results.device = Algorithm(triage: triage, model: dossier.model, station: head.station)
    results.add(.measurementGroup, code: outcome.finding, flag: outcome.finding.flag)
    results.add(.processingSummary, code: outcome.summary)
    if let probability = triage.probability { results.add(.probability, percent: probability) }
    results.device = nil
  }

  private func add(_ region: ShownRegion, to results: inout Results) {
    let finding = region.finding
    let place = dossier.place(of: finding)
    results.begin()
    results.add(
      .measurementGroup, code: .abnormal, flag: .abnormal,
      by: finding.origin == .reader ? caller : nil)
    results.add(.trackingIdentifier, line: finding.name)
    results.add(.trackingUniqueIdentifier, line: finding.trackingUID)
    if let side = place?.patientSide {
      results.add(.laterality, code: side == .left ? .left : .right)
    }
    if let probability = finding.probability {
      results.add(.certaintyOfFinding, percent: probability)
    }
    let (box, reference) = (region.inside, region.reference)
    let frame = reference.frame.map { ", frame \($0)" } ?? ""
    results.add(.finding, lines: [dossier.statement(of: finding)])
    results.add(
      .imageRegion,
      line: "(\(box.x0.plain),\(box.y0.plain))-(\(box.x1.plain),\(box.y1.plain)) of "
        + reference.instance + frame)
  }

  /// The words: what has to be known first, the report as it was given, the model's limits.
  private func addText(to results: inout Results) {
    results.begin()
    results.add(.comment, lines: dossier.cautions)
    for section in dossier.givenSections {
      results.begin()
      if let concept = Concept.letterSection(section.key) {
        results.add(concept, lines: section.text.printableLines)
      } else {
        results.add(.comment, lines: ["\(section.title):"] + section.text.printableLines)
      }
    }
    results.begin()
    if dossier.givenSections.allSatisfy({ $0.key != "findings" }) {
      results.add(.findingsSection, lines: [dossier.modelResult] + dossier.regionStatements)
      results.begin()
    }
    results.add(
      .comment, lines: [dossier.modelResult] + dossier.modelLimits + dossier.acknowledgements)
  }

  /// Who decided about the findings.
  private var caller: HL7Field? {
    let name = dossier.review?.reader ?? dossier.report?.author ?? ""
    return name.printable.isEmpty ? nil : .person(name)
  }
}

/// The segments OBX of a message, numbered as they come.
private struct Results {
  let status: ResultMessage.Status
  let made: HL7Field
  let codes: CodeTable
  private(set) var segments: [HL7Segment] = []
  private var group = 0
  /// What made the results that follow; none for the reader's own.
  var device: Algorithm?

  init(status: ResultMessage.Status, made: HL7Field, codes: CodeTable) {
    self.status = status
    self.made = made
    self.codes = codes
  }

  /// The next results are about something else.
  mutating func begin() { group += 1 }

  mutating func add(
    _ name: Concept, code: Concept, flag: Concept.Flag? = nil, by observer: HL7Field? = nil
  ) {
    add(.coded, name, HL7Field(codes[code])) { segment in
      if let flag { segment[8] = HL7Field(flag) }
      if let observer { segment[16] = observer }
    }
  }

  mutating func add(_ name: Concept, percent share: Double) {
    let unit = HL7Field(codes[.percent])
    add(.numeric, name, HL7Field((share * 1000).rounded() / 10)) { $0[6] = unit }
  }

  mutating func add(_ name: Concept, line: String) { add(.line, name, HL7Field(line)) }

  /// Text to be shown as it stands, a segment for each line, told apart by their sub-IDs.
  ///
  /// Lines are as wide as those of a printed page: receivers show them in a fixed-width font.
  mutating func add(_ name: Concept, lines: [String]) {
    let wrapped = lines.map(\.printable).filter { !$0.isEmpty }
      .flatMap { $0.wrapped(to: TextReport.width) }
    for (index, line) in wrapped.enumerated() {
      let number = HL7Field("\(group).\(index + 1)")
      add(.text, name, HL7Field(line)) { $0[4] = number }
    }
  }

  /// Source: HL7 v2.5.1 table 0125.
  private enum ValueType: String {
    case coded = "CWE"
    case numeric = "NM"
    case line = "ST"
    case text = "TX"
  }

  private mutating func add(
    _ type: ValueType, _ name: Concept, _ value: HL7Field,
    _ finish: (inout HL7Segment) -> Void = { _ in }
  ) {
    var segment = HL7Segment("OBX")
    segment[1] = HL7Field(segments.count + 1)
    segment[2] = HL7Field(type)
    segment[3] = HL7Field(codes[name])
    segment[4] = HL7Field(group)
    segment[5] = value
    segment[11] = HL7Field(status)
    segment[14] = made
    if let device { segment[18] = HL7Field("\(device.name) \(device.version)") }
    finish(&segment)
    segments.append(segment)
  }
}

extension Concept {
  /// Abnormal Flags (OBX-8), table 0078.
  fileprivate enum Flag: String {
    case normal = "N"
    case abnormal = "A"
  }

  /// None for what nobody could judge.
  fileprivate var flag: Flag? {
    switch self {
    case .normal: .normal
    case .abnormal: .abnormal
    default: nil
    }
  }
}
