import Agent
import ArgumentParser
import Engine
import Foundation
import Radiology
import Store
import Triage

struct Train: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a model from a folder of labelled pictures.",
    discussion: """
      The folder holds a manifest.csv that says what each picture shows and which part it belongs \
      to: train is learned from, val calibrates, test is never touched. ^C stops and keeps what \
      was learned so far.
      """)

  @OptionGroup var options: StoreOptions
  @Option(help: "Folder with manifest.csv.", completion: .directory) var data: String
  @Option(help: "Only this site.") var site: String?
  @Option(help: "Passes over the pictures.") var epochs: Int?
  @Option(help: "The same seed gives the same model.") var seed: UInt64 = 1
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp(
      "Also write the model to this folder.", valueName: "folder"), completion: .directory)
  var output: String?
  @Flag(help: "Let the new model sort the worklist at once.") var activate = false

  func validate() throws {
    guard epochs ?? 1 >= 1 else { throw ValidationError("--epochs has to be at least 1.") }
  }

  func run() async throws {
    let local = try options.open(to: .administer)
    let folder = try LabelledFolder(folder: URL(filePath: data, directoryHint: .isDirectory))
    if let site, !folder.sites.contains(site) {
      throw ValidationError(
        "The manifest has no site “\(site)”; it has \(folder.sites.joined(separator: ", ")).")
    }
    let course = TrainingCourse(folder: folder, site: site, epochs: epochs, seed: seed)
    let line = ProgressLine()
    let (model, statement, isWhole) = try await interruptible {
      try await course.run { event in
        switch event {
        case .loading(let done, let all):
          line.show("Loading \(bar(Double(done) / Double(all))) \(done)/\(all)")
        case .beginning(let lessons, let memory):
          line.clear()
          say("Learns from \(lessons) pictures; needs \(memory / 1_000_000) MB of memory for it.")
        case .learning(let progress):
          line.show(
            "Epoch \(progress.epoch)/\(progress.epochs) "
              + bar(Double(progress.step) / Double(progress.steps))
              + String(format: " loss %.4f  %.0f images/s", progress.loss, progress.imagesPerSecond)
              + "  \(clock(progress.remaining)) left  ^C stops and keeps")
        }
      }
    }
    line.clear()
    let version = try local.shelf.add(model)
    if activate { try local.store.promote(version.id, by: "secondlook train", at: Date()) }
    if let output {
      try model.save(to: URL(filePath: output, directoryHint: .isDirectory))
    }
    if !isWhole { warn("Stopped before the end; the model holds what was learned until then.") }
    say("\(version.name) \(version.shortID): \(statement)")
    say(
      activate
        ? "It sorts the worklist from now on."
        : "A candidate; secondlook model promote \(version.shortID) lets it sort the worklist.")
  }
}
