public import Radiology
public import Terminal

/// What the workstation wants done; the program does it and answers with a ``Message``.
public enum Effect: Sendable, Equatable {
  /// The part of the list that ``Workstation/worklistRequest`` names; answered by
  /// ``Message/worklist(_:)``.
  case loadWorklist
  /// Claims the study for the reader; answered by ``Message/studyOpened(_:)``.
  case openStudy(Study.ID)
  /// Takes a study from whoever has it open; answered by ``Message/studyOpened(_:)``.
  case takeOver(Study.ID, reason: String)
  /// Keeps what the reader wrote apart from the study's report, as it has no place in it now;
  /// answered by ``Message/saved(_:_:)``.
  case setAside(Report)
  /// The reader has left the study: others may write to it.
  case closeStudy(Study.ID)
  /// Answered by ``Message/imageLoaded(_:frame:_:)`` or ``Message/imageFailed(_:frame:reason:)``.
  case loadImage(Instance, frame: Int = 0)
  /// Looks at the image once more with the model that judged it; answered by
  /// ``Message/heatLoaded(_:)`` or ``Message/heatFailed(_:reason:)``.
  case loadHeat(Instance, model: ModelVersion.ID)
  /// What there is of an earlier study; answered by ``Message/priorLoaded(_:_:)``.
  case loadPrior(Study.ID)
  /// What arrived in words with a study, and what was written of the patient's earlier ones; written
  /// in the audit log, and answered by ``Message/documents(_:_:)``.
  case loadDocuments(Study.ID)
  /// The answers are ``Message/saved(_:_:)`` or ``Message/failed(_:_:)``.
  case saveReview(Review)
  case saveDraft(Report)
  /// Saves both for good; answered by ``Message/signed(_:)``. Regions that were not looked at are
  /// named apart.
  case sign(Report, Review, unseen: Set<Finding.ID> = [])
  /// Lets the report out before it is signed; answered by ``Message/given(_:)``.
  case givePreliminary(Report, Review, unseen: Set<Finding.ID>)
  /// Signs a study that is not open; its stored review was `over` when it was looked at.
  case signUnopened(Report, Review, over: Review?)
  /// A step of a second look; answered by ``Message/secondLook(_:)``.
  case saveReading(SecondLook.Reading, of: Study.ID)
  case saveDecision(SecondLook.Decision, of: Study.ID)
  case closeSecondLook(Study.ID, reason: String)
  /// Answered by ``Message/versions(_:_:)``.
  case loadVersions(Study.ID)
  /// Reads marked studies without claiming them; answered by ``Message/batch(_:)``.
  case loadBatch([Study.ID])
  /// Writes the signed report; answered by ``Message/exported(path:)``.
  case export(Study.ID, ExportFormat)
  /// Takes in files, as `secondlook import` does; answered by progress and ``Message/done(_:)``.
  case importFiles(path: String)
  /// Answered by ``Message/status(_:)``.
  case loadStatus
  /// Answered by ``Message/log(_:)``.
  case loadLog(LogQuery)
  /// Patients by words; answered by ``Message/found(_:)``. Only the last one asked matters.
  case find(String)
  /// What was signed of a study, for somebody who waits for it; written in the audit log, and
  /// answered by ``Message/reportRead(_:)``.
  case readReport(Study.ID)
  /// Has a study that failed read once more; answered by ``Message/status(_:)``.
  case readAgain(Study.ID)
  /// Has documents that were given up sent once more, by their numbers in the outbox; all of them
  /// without any numbers, but those whose patient is in doubt. Answered by ``Message/status(_:)``.
  case sendAgain([Int]?, settlingDoubts: Bool = false)
  /// Says what a person decided about a coordinator's task; answered by ``Message/status(_:)``.
  case decideTask(LearningTask.ID, LearningTask.State)
  /// Stops this site's part in the federation, or goes on with it; answered by
  /// ``Message/status(_:)``.
  case pauseFederation(Bool)
  /// Says which model sorts the worklist; answered by ``Message/status(_:)``.
  case decideModel(ModelDecision)
  case saveScreen(ScreenState)
  /// Stop this process group and give the terminal back meanwhile.
  case suspend
  /// Draw every cell anew.
  case repaint
  /// Show the screens in this look from now on.
  case useTheme(ThemeChoice)
  /// Take the mouse, or leave it to the terminal.
  case captureMouse(Bool)
  case quit
}
