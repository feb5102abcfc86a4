import Engine
import Foundation

/// What can keep this module from preparing an image, reading a model or learning.
public enum TriageError: Error, Equatable, CustomStringConvertible {
  /// Shorter than the network can be shown without inventing detail.
  case imageTooSmall(columns: Int, rows: Int, least: Int)
  /// One grey all over, so there is nothing to judge.
  case imageIsFlat
  /// A pixel is no number.
  case imageIsNotFinite

  /// The model must not judge the image: why, in one sentence.
  case notJudged(String)

  /// A file of the model is missing or could not be read.
  case modelFileUnreadable(file: String)
  /// A file of the model is not what its digest says.
  case modelFileChanged(file: String)
  /// The description was written by a newer program.
  case modelFormatUnknown(found: Int, known: Int)
  /// The parts do not fit each other, or a number is out of its range.
  case modelIsInconsistent(String)
  /// The folder could not be written.
  case modelNotSaved(String)
  /// No room for the model's files; what was there before is untouched.
  case diskFull

  /// A labelled folder cannot be used.
  case folderUnreadable(String)
  /// One picture of a labelled folder cannot be used.
  case pictureUnusable(file: String, reason: String)

  /// There is nothing to learn from, or only one class.
  case tooFewLessons(normal: Int, suspicious: Int)
  /// Too few images to tell whether a model may work on bytes.
  case tooFewReads(normal: Int, suspicious: Int)
  /// On bytes a model's AUROC falls too far.
  case quantizationRefused(QuantizationTrial)
  /// The loss became infinite or no number; the weights before that step are kept.
  case trainingDiverged(step: Int)
  /// Parameters of another network.
  case parametersDoNotFit(String)
  /// The numerical engine refused.
  case engineFailed(String)

  public var description: String {
    switch self {
    case .imageTooSmall(let columns, let rows, let least):
      "The image is too small to judge: \(columns) × \(rows) pixels; each side needs at least "
        + "\(least)."
    case .imageIsFlat: "The image is one grey all over; there is nothing to judge."
    case .imageIsNotFinite: "The image holds values that are no numbers; it cannot be judged."
    case .notJudged(let why): why
    case .modelFileUnreadable(let file):
      "The model's file “\(file)” is missing or cannot be read; nothing was loaded. Install the "
        + "model again."
    case .modelFileChanged(let file):
      "The model's file “\(file)” is not what its digest says; nothing was loaded. Install the "
        + "model again from where it came from."
    case .modelFormatUnknown(let found, let known):
      "The model was written in format \(found) and this program knows \(known); update the "
        + "program."
    case .modelIsInconsistent(let what): "The model cannot be used: \(what)"
    case .modelNotSaved(let why): "The model could not be saved: \(why)"
    case .diskFull:
      "The disk is full, so the model was not saved. Nothing stored before is lost; make room and "
        + "do it again."
    case .folderUnreadable(let why): "The folder of labelled pictures cannot be used: \(why)"
    case .pictureUnusable(let file, let reason): "Picture “\(file)” cannot be used: \(reason)"
    case .tooFewLessons(let normal, let suspicious):
      "There is too little to learn from: \(normal) normal and \(suspicious) suspicious lessons; "
        + "at least one of each is needed."
    case .tooFewReads(let normal, let suspicious):
      "There are too few validation images to tell what work on bytes costs: \(normal) normal and "
        + "\(suspicious) suspicious ones that calibrate nothing, which make "
        + "\(normal * suspicious) pairs; more than \(QuantizationTrial.fewPairs) "
        + "and \(QuantizationTrial.leastOfEach) images of each are needed. The model "
        + "works on floats as before."
    case .quantizationRefused(let trial):
      "On bytes the model's AUROC falls by \(QuantizationTrial.words(trial.fall)), and less than "
        + "\(QuantizationTrial.words(QuantizationTrial.mostFall)) is allowed: \(trial.statement). "
        + "The model works on floats as before."
    case .trainingDiverged(let step):
      "Training stopped at step \(step) because the loss was no number; the weights from before "
        + "are kept. Lower the learning rate."
    case .parametersDoNotFit(let what): "The parameters are not this network's: \(what)"
    case .engineFailed(let what): "The numerical engine refused: \(what)"
    }
  }
}

extension TriageError {
  /// Why a model's files could not be written.
  init(saving error: any Error) {
    self =
      (error as? CocoaError)?.code == .fileWriteOutOfSpace
      ? .diskFull : .modelNotSaved("the folder cannot be written; check its permissions.")
  }

  /// What the engine said, in this module's words.
  init(_ error: EngineError) {
    self =
      switch error {
      case .parametersDoNotFit: .parametersDoNotFit(error.description)
      default: .engineFailed(error.description)
      }
  }
}
