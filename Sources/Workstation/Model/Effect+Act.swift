public import Radiology

extension Effect {
  /// What somebody has to be allowed for it; none where everybody may.
  ///
  /// Every effect has to say so: there is no default.
  public var act: Act? {
    switch self {
    case .takeOver, .saveReview, .saveDraft, .sign, .givePreliminary, .signUnopened,
      .saveReading, .saveDecision, .closeSecondLook:
      .decide
    case .export: .export
    case .importFiles, .readAgain, .sendAgain: .takeIn
    case .decideTask, .pauseFederation, .decideModel: .administer
    // A text that cannot be saved is put aside for its writer: nothing of the store changes.
    case .setAside: nil
    case .loadWorklist, .openStudy, .closeStudy, .loadImage, .loadHeat, .loadPrior,
      .loadDocuments, .loadVersions, .loadBatch, .loadStatus, .loadLog, .find, .readReport,
      .saveScreen, .suspend, .repaint, .useTheme, .captureMouse, .quit:
      nil
    }
  }
}
