import Radiology

/// For those who wait for a report: find a patient, read what was signed, take it along.
struct ClinicianScreen: Sendable {
  private(set) var line = TextLine()
  private(set) var answer: PatientSearch?
  /// Counted among the studies of the answer.
  private(set) var selected = 0
  /// The real cursor is on the selected study, which was gone to, and not where words are typed.
  private(set) var isInList = false
  /// The report that was asked for and has not come yet.
  private(set) var opening: Study.ID?
  private(set) var report: ClinicalReport?
  /// Where it was exported to since it was opened.
  private(set) var taken: [String] = []
  /// Looks at the key image; none while no report is read.
  var viewer: StudyScreen?
  /// The first line of the report shown.
  var first = 0
  /// Where there is no room for both, the picture is shown in place of the words.
  var showsPicture = false

  var selectedStudy: FoundStudy? {
    guard let answer, answer.studies.indices.contains(selected) else { return nil }
    return answer.studies[selected]
  }

  /// What to ask for after the words changed; none if they name nobody yet.
  mutating func search(_ line: TextLine) -> Effect? {
    let isNew = line.text != self.line.text
    self.line = line
    isInList = false
    guard isNew else { return nil }
    // Whoever types on does not want the report any more, and no key is meant for it.
    give()
    selected = 0
    guard line.text.count >= 2 else {
      answer = nil
      return nil
    }
    return .find(line.text)
  }

  /// Takes an answer to the words that stand there; one to others is let go.
  mutating func take(_ answer: PatientSearch) {
    guard answer.words == line.text else { return }
    let study = selectedStudy?.id
    self.answer = answer
    selected = answer.studies.firstIndex { $0.id == study } ?? 0
  }

  mutating func move(by steps: Int) {
    select(selected + steps)
  }

  /// Goes to a study of the answer, or to the nearest there is.
  mutating func select(_ index: Int) {
    guard let answer, !answer.studies.isEmpty else { return }
    selected = min(max(0, index), answer.studies.count - 1)
    isInList = true
  }

  /// Why the selected study has nothing to read.
  var obstacle: String? {
    guard let found = selectedStudy else { return "no study is selected" }
    return found.standing == .none ? "its report is not signed yet" : nil
  }

  mutating func read() -> [Effect] {
    guard let found = selectedStudy else { return [] }
    opening = found.id
    return [.readReport(found.id)]
  }

  mutating func take(_ report: ClinicalReport) {
    guard opening == report.found.id else { return }
    opening = nil
    self.report = report
    taken = []
    first = 0
    showsPicture = false
    viewer = Self.viewer(of: report)
  }

  mutating func noteExport(of id: Study.ID, to path: String) {
    if report?.found.id == id { taken.append(path) }
  }

  /// A report that cannot be had is not waited for.
  mutating func give() { opening = nil }

  mutating func close() {
    opening = nil
    report = nil
    viewer = nil
  }

  /// Shows the image of the first region that the reader confirmed, with the confirmed ones only.
  private static func viewer(of report: ClinicalReport) -> StudyScreen? {
    let open = report.open
    guard var review = open.review, let words = open.report else { return nil }
    review.findings = review.confirmed
    var viewer = StudyScreen(open, work: ReadingWork(review: review, report: words))
    viewer.isPaneZoomed = true
    let key =
      review.findings.first.flatMap { finding in
        open.instances.firstIndex { $0.id == finding.region.instance }
      } ?? open.instances.firstIndex(where: \.isReadable)
    if let key { viewer.imageIndex = key }
    return viewer
  }
}
