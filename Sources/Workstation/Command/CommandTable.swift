import Terminal

extension Command {
  /// Every command there is, with the keys it comes with, in the order in which footer and help
  /// show them; ``Keymap`` has those of the reader.
  static let table: [Command] =
    WorklistScreen.commands + WorklistScreen.viewCommands + StudyScreen.commands
    + ReportEditor.commands + SignDialog.commands
    + TakeOverDialog.commands + ScoreDialog.commands
    + InsertOverlay.commands + PreviewOverlay.commands + VersionsOverlay.commands
    + BatchDialog.commands + PreliminaryGiving.commands
    + SystemScreen.commands + LogScreen.commands + ClinicianScreen.commands
    + HelpOverlay.commands + PaletteOverlay.commands
    + Workstation.commands
}
