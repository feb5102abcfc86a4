import Agent
import ArgumentParser
import Foundation
import Radiology
import Store

struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the report of a study as plain text or DICOM SR.",
    discussion: """
      A signed report is written as final; before that it is written as preliminary and says so.
      """)

  @OptionGroup var options: StoreOptions
  @Argument(help: StudyArgument.help) var study: String
  @Option(
    help: "text: a page to print; sr: DICOM Comprehensive 3D SR, TID 1500.",
    transform: Self.format)
  var format: ExportFormat = .text
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Folder to write into.", valueName: "folder"), completion: .directory)
  var output = "."

  func run() async throws {
    let site = try options.open()
    let study = try site.store.study(named: study)
    let document = try site.exporter().document(of: study.uid, format: format, at: Date())
    let place = try document.write(into: URL(filePath: output, directoryHint: .isDirectory))
    try site.store.record(
      .exported, actor: "secondlook export", study: study.uid,
      detail: "\(format.rawValue) \(document.digest)")
    say(place.path)
  }

  private static func format(_ text: String) throws -> ExportFormat {
    guard let format = ExportFormat(rawValue: text) else {
      throw ValidationError("--format is text or sr.")
    }
    return format
  }
}
