public import Foundation
public import Imaging
public import Radiology
public import Reporting
public import Terminal

/// Everything that can happen to the workstation.
public enum Message: Sendable {
  /// A key, a paste, the mouse, a resize, or the end of the terminal.
  case input(Input)
  /// The time; wanted at ``Workstation/nextTick``, harmless at any other moment.
  case tick(Date)
  /// The answer to ``Effect/loadWorklist``.
  case worklist(WorklistPage)
  /// Somebody, this session too, has changed the store.
  case storeChanged
  /// The answer to ``Effect/openStudy(_:)``.
  case studyOpened(OpenStudy)
  /// Somebody has taken the study from this session: one sentence that says who and why.
  case takenOver(Study.ID, String)
  /// The answers to ``Effect/loadImage(_:frame:)``.
  case imageLoaded(Instance.ID, frame: Int = 0, Picture)
  case imageFailed(Instance.ID, frame: Int = 0, reason: String)
  /// The answers to ``Effect/loadHeat(_:model:)``.
  case heatLoaded(HeatMap)
  case heatFailed(Instance.ID, reason: String)
  /// The answer to ``Effect/loadPrior(_:)``.
  case priorLoaded(Study.ID, [Instance])
  /// The answer to ``Effect/loadDocuments(_:)``.
  case documents(Study.ID, [ReadDocument])
  /// A review or a draft of this study is safe, or words of it that are kept apart.
  case saved(Saved, Study.ID)
  /// The answer to ``Effect/sign(_:_:)``; the report as the store keeps it.
  case signed(Report)
  /// What was let out before it is signed, as the store keeps it.
  case given(PreliminaryReport)
  /// What became of a second look.
  case secondLook(SecondLook)
  /// The answer to ``Effect/loadVersions(_:)``: what was let out before the signature, then the
  /// signed ones in order, then the draft.
  case versions(Study.ID, [Report])
  /// The answer to ``Effect/loadBatch(_:)``; studies that are gone are left out.
  case batch([OpenStudy])
  /// Where an export of a study was written.
  case exported(Study.ID, path: String)
  /// Something else went well: one sentence for the footer.
  case done(String)
  /// Something went wrong: what failed, as one sentence without patient data.
  case failed(FailedAction, String)
  /// A long task has come this far.
  case progress(TaskBadge)
  /// A long task is over; its sentence stays in the footer until the next key.
  case taskEnded(name: String, sentence: String)
  case status(SystemStatus)
  /// The answer to ``Effect/loadLog(_:)``.
  case log(LogPage)
  /// The answer to ``Effect/find(_:)``.
  case found(PatientSearch)
  /// The answer to ``Effect/readReport(_:)``.
  case reportRead(ClinicalReport)

  /// The answer to ``Effect/loadImage(_:frame:)`` with an image no picture was made of yet.
  public static func imageLoaded(_ id: Instance.ID, frame: Int = 0, _ image: GreyImage) -> Message {
    .imageLoaded(id, frame: frame, Picture(image))
  }

  /// What was saved.
  public enum Saved: Sendable, Hashable { case review, draft, apart }
}

/// What the workstation had asked for when something went wrong.
public enum FailedAction: Sendable, Hashable {
  case loadWorklist
  case openStudy(Study.ID)
  case loadImage(Instance.ID, frame: Int = 0)
  case saveReview(Study.ID)
  case saveDraft(Study.ID)
  case setAside(Study.ID)
  case sign(Study.ID)
  case givePreliminary(Study.ID)
  /// Somebody else wrote to the study, so nothing more of this session can be saved.
  case lookAgain(Study.ID)
  case secondLook(Study.ID)
  case export(Study.ID, ExportFormat)
  case loadVersions(Study.ID)
  case loadDocuments(Study.ID)
  case loadBatch
  /// Reading the site's report templates.
  case templates
  case importFiles
  case saveScreen
  /// Work of the background program.
  case background(String)
}

/// How far a long task has come; shown in the header.
public struct TaskBadge: Sendable, Hashable {
  /// One or two words, for example `sync`; tells tasks apart.
  public let name: String
  /// 0 to 1, or none where nobody knows the end.
  public let fraction: Double?
  /// A few words, for example `3/4 sites`.
  public let detail: String

  public init(name: String, fraction: Double? = nil, detail: String = "") {
    self.name = name
    self.fraction = fraction
    self.detail = detail
  }
}
