import Agent
import ArgumentParser
import Foundation
import Radiology
import Store
import Triage

struct QuantizeModel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Lets a model work on 8-bit integers, if that costs nothing that matters.",
    discussion: """
      The pictures of every eighth patient show what the network's maps are like; those of all \
      others are read on floats and on 8-bit integers. If the AUROC falls by less than 0.002, the \
      model at work on integers becomes another version, which takes the place of the model if that \
      sorts the worklist. Else nothing changes, and the figures are printed. --off goes back.
      """)

  @OptionGroup var options: StoreOptions
  @Option(
    help: ArgumentHelp(
      "Folder with manifest.csv; the site's own validation lessons if left out.",
      valueName: "folder"), completion: .directory)
  var data: String?
  @Option(help: "val or test, of the folder; never what the model was trained on.")
  var split: String?
  @Option(help: "The model's id; the active one if left out.") var model: String?
  @Flag(help: "Go back to floats.") var off = false
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard ["val", "validation", "test"].contains(split ?? "val") else {
      throw ValidationError("--split is val or test: what the model was trained on says nothing.")
    }
    if split != nil, data == nil { throw ValidationError("--split needs --data.") }
    if off, data != nil { throw ValidationError("--off needs no --data.") }
  }

  private struct Outcome: Encodable {
    let model: ModelVersion.ID
    let isActive: Bool
    let trial: QuantizationTrial?
    let fall: Double?

    enum CodingKeys: String, CodingKey {
      case model, trial, fall
      case isActive = "active"
    }
  }

  func run() async throws {
    let site = try options.open(to: .administer)
    let before = try site.model(named: model)
    guard off == (before.quantization != nil) else {
      throw ValidationError(
        "\(before.card.name) \(before.id.prefix(12)) works on "
          + "\(off ? "floats" : "8-bit integers") already.")
    }
    let line = ProgressLine()
    let (after, trial) =
      off
      ? (try before.onFloats(), nil)
      : try await interruptible { try await quantized(before, at: site, line) }
    line.clear()
    let version = try site.shelf.add(after)
    let isActive = try site.store.activeModel()?.id == before.id
    if isActive {
      try site.store.promote(version.id, by: "secondlook model quantize", at: Date())
    }
    if json {
      return try sayJSON(
        Outcome(model: version.id, isActive: isActive, trial: trial, fall: trial?.fall))
    }
    if let trial { say("\(trial.statement).") }
    say(
      "\(version.name) \(version.shortID) works on \(off ? "floats" : "8-bit integers") and "
        + (isActive ? "sorts the worklist from now on." : "stays \(version.state.rawValue)."))
  }

  private func quantized(
    _ model: Model, at site: LocalSite, _ line: ProgressLine
  ) async throws -> (Model, QuantizationTrial?) {
    let images: [LabelledImage]
    if let data {
      let folder = try LabelledFolder(folder: URL(filePath: data, directoryHint: .isDirectory))
      let contents = try await folder.contents(
        parts: Lesson.Part(split: split ?? "val").map { [$0] }, preparedBy: model.preprocessing
      ) { done, all in line.show("Loading \(bar(Double(done) / Double(all))) \(done)/\(all)") }
      for complaint in contents.complaints { warn(complaint) }
      images = contents.images
    } else {
      line.show("Loading the site's lessons")
      images = try await LessonBook(
        store: site.store, pictures: site.pictures, site: ProcessInfo.processInfo.hostName
      ).images(.validation, preparedBy: model.preprocessing)
    }
    let (quantized, trial) = try model.quantized(on: images) { done, all in
      line.show("Reading \(bar(Double(done) / Double(all))) \(done)/\(all)")
    }
    return (quantized, trial)
  }
}
