import Radiology
import Reporting
import Store
import Workstation

// What it means to the reader that something could not be done.
extension Effect {
  /// What to tell the reader about if it fails.
  var action: FailedAction {
    switch self {
    case .openStudy(let id), .takeOver(let id, _): .openStudy(id)
    case .setAside(let report): .setAside(report.study)
    case .loadImage(let instance, let frame): .loadImage(instance.id, frame: frame)
    case .loadHeat(let instance, _): .loadImage(instance.id)
    case .loadPrior: .background("prior")
    case .loadDocuments(let id): .loadDocuments(id)
    case .saveReview(let review): .saveReview(review.study)
    case .saveDraft(let report): .saveDraft(report.study)
    case .saveReading(_, let id), .saveDecision(_, let id), .closeSecondLook(let id, _):
      .secondLook(id)
    case .sign(let report, _, _), .signUnopened(let report, _, _): .sign(report.study)
    case .givePreliminary(let report, _, _): .givePreliminary(report.study)
    case .loadVersions(let id): .loadVersions(id)
    case .loadBatch: .loadBatch
    case .export(let id, let format): .export(id, format)
    case .importFiles: .importFiles
    case .saveScreen, .closeStudy: .saveScreen
    case .loadStatus: .background("status")
    case .readAgain: .background("reading again")
    case .sendAgain: .background("sending again")
    case .decideTask: .background("deciding about a task")
    case .pauseFederation: .background("pausing")
    case .decideModel: .background("deciding about a model")
    case .loadLog: .background("log")
    case .find: .background("find")
    case .readReport: .background("report")
    case .loadWorklist, .suspend, .repaint, .useTheme, .captureMouse, .quit: .loadWorklist
    }
  }

  /// The study somebody else may be writing to.
  var study: Study.ID? {
    switch self {
    case .saveReading(_, let id), .saveDecision(_, let id): id
    case .saveReview(let review): review.study
    case .saveDraft(let report), .sign(let report, _, _), .signUnopened(let report, _, _),
      .givePreliminary(let report, _, _):
      report.study
    default: nil
    }
  }
}

extension StoreError {
  /// Whether another reader is in the way, so that doing it again would not help.
  var isOfAnotherReader: Bool {
    switch self {
    case .overtaken, .locked, .claimLost, .signed: true
    default: false
    }
  }
}
