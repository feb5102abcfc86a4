import Agent
import ArgumentParser
import Foundation
import Gateway
import Radiology
import Store

struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the report of a study, or its images for teaching without identity.",
    discussion: """
      A signed report is written as final; before that it is written as preliminary and says so.

      For teaching, all images of the study are written as “secondlook deidentify” would, with what \
      model and reader said of them as JSON; if one image has to stay, so do all.
      """)

  @OptionGroup var gateway: GatewayOptions
  @Argument(help: StudyArgument.help) var study: String
  @Option(
    help: """
      text: a page to print; sr: DICOM Comprehensive 3D SR, TID 1500; gsps: DICOM presentation \
      state that draws the regions; kos: DICOM key object selection; fhir: HL7 FHIR R4 document; \
      hl7: HL7 v2.5.1 message ORU^R01; pdf: a page to print with its key images; sc: DICOM image \
      with its regions burned in; dicom-pdf: the page as a DICOM object; teaching: de-identified \
      images and their regions.
      """,
    transform: Self.form)
  var format = Form.report(.text)
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Folder to write into.", valueName: "folder"), completion: .directory)
  var output = "."
  @Flag(
    help: ArgumentHelp(
      "Write and send nothing: say what would go to which destination, and why not.",
      discussion: "The documents are those that the agent delivers; --format does not matter."))
  var dryRun = false
  @Flag(help: "Print the dry run as JSON.") var json = false

  func validate() throws {
    guard dryRun || !json else { throw ValidationError("--json goes with --dry-run.") }
  }

  func run() async throws {
    if dryRun { return try plan() }
    let site = try gateway.options.open(to: .export)
    let study = try site.store.study(named: study)
    let folder = URL(filePath: output, directoryHint: .isDirectory)
    switch format {
    case .report(let format):
      let document = try site.exporter().document(of: study.uid, format: format, at: Date())
      let place = try document.write(into: folder)
      try site.store.record(
        .exported, actor: "secondlook export", study: study.uid,
        detail: "\(format.rawValue) \(document.digest)")
      say(place.path)
    case .teaching:
      let places = try TeachingExport(store: site.store).write(study.uid, into: folder)
      try site.store.record(
        .exported, actor: "secondlook export", study: study.uid,
        detail: "teaching, \(counted(places.count - 1, "image", "images")) without identity")
      for place in places { say(place.path) }
    }
  }

  private func plan() throws {
    let destinations = try gateway.configuration().destinations(home: gateway.home)
    let site = try gateway.options.open()
    let plan = try DeliveryPlan(
      of: site.store.study(named: study).uid, to: destinations, in: site.store,
      by: site.exporter())
    if json { return try sayJSON(plan) }
    say("\(plan.state.rawValue) report, version \(plan.version); nothing was written or sent.")
    say(
      table(
        ["destination", "kind", "document", "state", "bytes", "SHA-256", "why not"],
        plan.lines.map { line in
          [
            line.destination, line.kind, line.fileName ?? line.format.rawValue,
            line.state?.rawValue ?? (line.obstacle == nil ? "would go" : "stays"),
            line.bytes.map { "\($0)" } ?? "", line.digest.map { "\($0.prefix(12))…" } ?? "",
            line.obstacle ?? "",
          ]
        }))
  }

  /// What is written.
  enum Form {
    case report(ExportFormat)
    case teaching
  }

  private static func form(_ text: String) throws -> Form {
    if text == "teaching" { return .teaching }
    guard let format = ExportFormat(rawValue: text) else {
      let forms = ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--format is one of \(forms) or teaching.")
    }
    return .report(format)
  }
}
