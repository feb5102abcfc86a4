import Agent
import ArgumentParser
import Foundation
import Radiology
import Store
import Triage

struct ModelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract:
      "Lists, shows, evaluates, adds, tries, promotes and quantises models; inspects those of others.",
    subcommands: [
      List.self, ShowModel.self, Evaluate.self, Add.self, GateModel.self, Promote.self,
      RollBack.self, Reject.self, QuantizeModel.self, ModelInspect.self,
    ],
    defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the models of this site.")
    @OptionGroup var options: StoreOptions
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let store = try options.open().store
      let versions = try store.models()
      if json { return try sayJSON(versions) }
      let trials = try store.trials()
      guard !versions.isEmpty else { return say("\(AgentError.noModel)") }
      say(
        table(
          ["model", "id", "state", "trial", "round", "sites", "lessons", "decided by"],
          versions.map {
            [
              $0.name, $0.shortID, $0.state.rawValue, trials[$0.id]?.verdict.rawValue ?? "–",
              $0.round.map(String.init) ?? "–",
              $0.sites.joined(separator: " "), "\($0.lessons)", $0.decidedBy ?? "–",
            ]
          }))
    }
  }

  struct ShowModel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Prints a model's card, limits and lineage.")
    @OptionGroup var options: StoreOptions
    @Argument(help: "The model's id or its beginning; the active one if left out.")
    var id: String?

    func run() async throws {
      let site = try options.open()
      let model = try site.model(named: id)
      say(model.card.text(calibration: model.calibration))
      say("Lineage")
      say("  id       \(model.id)")
      say("  parents  \(model.lineage.parents.joined(separator: ", "))")
      say("  sites    \(model.lineage.sites.joined(separator: ", "))")
      say("  lessons  \(model.lineage.lessons)")
      say("  recipe   \(model.lineage.recipe)")
      say("  made     \(model.lineage.made.formatted(.iso8601))")
      say("  numbers  \(model.quantization == nil ? "floats" : "8-bit integers")")
    }
  }

  struct Evaluate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Measures a model on labelled pictures, by site and pooled.",
      discussion: """
        AUROC with 95 % bootstrap intervals by patient, sensitivity at specificity 0.9, and the \
        pointing game: whether the most suspicious place lies in a marked region, beside the \
        chance that a random point does.
        """)
    @OptionGroup var options: StoreOptions
    @Option(help: "Folder with manifest.csv.", completion: .directory) var data: String
    @Option(help: "train, val, test or all.") var split = "test"
    @Option(help: "The model's id, or a folder with a model; the active one if left out.")
    var model: String?
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
      guard ["train", "val", "validation", "test", "all"].contains(split) else {
        throw ValidationError("--split is train, val, test or all.")
      }
    }

    func run() async throws {
      let site = try options.open()
      let model = try site.model(named: self.model)
      let folder = try LabelledFolder(folder: URL(filePath: data, directoryHint: .isDirectory))
      let part = Lesson.Part(split: split)
      let line = ProgressLine()
      let (evaluation, complaints) = try await interruptible {
        let contents = try await folder.contents(
          parts: part.map { [$0] }, preparedBy: model.preprocessing
        ) { done, all in line.show("Loading \(bar(Double(done) / Double(all))) \(done)/\(all)") }
        let evaluation = try model.evaluation(on: contents.images) { done in
          line.show("Reading \(done)/\(contents.images.count)")
        }
        return (evaluation, contents.complaints)
      }
      line.clear()
      for complaint in complaints { warn(complaint) }
      if json { return try sayJSON(evaluation.complete) }
      say("\(model.card.name) \(model.id.prefix(12)) on \(split):")
      say(evaluation.table)
      say(Card.disclaimer)
    }
  }

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Takes a model from a folder; it waits as a candidate.",
      discussion: """
        One that is known stays what it is, active or rejected for example; if its files were damaged \
        meanwhile, they are replaced.
        """)
    @OptionGroup var options: StoreOptions
    @Argument(help: "Folder with model.json and weights.", completion: .directory)
    var folder: String
    @Flag(help: "Let it sort the worklist at once.") var activate = false

    func run() async throws {
      let site = try options.open(to: .administer)
      let model = try Model(folder: URL(filePath: folder, directoryHint: .isDirectory))
      let version = try site.shelf.add(model)
      if activate { try site.store.promote(version.id, by: "secondlook model add", at: Date()) }
      let state = activate ? .active : version.state
      let words = state == .candidate ? "a candidate" : state.rawValue
      say("\(version.name) \(version.shortID) is \(words).")
    }
  }

  struct Promote: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lets a model sort the worklist; the one before is retired.",
      discussion: """
        A candidate has to have passed its trial beside the model that is active now (secondlook \
        model gate), unless --despite says why it is wanted all the same; that is in the audit log. \
        The agent then looks at what was signed normal before, and what the new model finds \
        suspicious waits for a second look.
        """)
    @OptionGroup var options: StoreOptions
    @Argument(help: "The model's id or its beginning.") var id: String
    @Option(name: .customLong("as"), help: "Who decides.") var actor: String
    @Option(help: "Why, if it has not passed.") var despite: String?

    func run() async throws {
      let site = try options.open(to: .administer)
      let model = try site.model(named: id)
      try site.store.promote(model.id, despite: despite, by: actor, at: Date())
      say("\(model.card.name) \(model.id.prefix(12)) sorts the worklist from now on.")
    }
  }

  struct RollBack: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rollback",
      abstract: "Brings back the model that sorted the worklist before; the active one is retired.")
    @OptionGroup var options: StoreOptions
    @Option(name: .customLong("as"), help: "Who decides.") var actor: String

    func run() async throws {
      let site = try options.open(to: .administer)
      let version: ModelVersion
      do throws(StoreError) { version = try site.store.rollBack(by: actor, at: Date()) } catch {
        guard case .notFound = error else { throw error }
        throw ValidationError(
          "No model sorted the worklist before this one. Nothing was changed; “secondlook model” "
            + "lists what there is.")
      }
      say("\(version.name) \(version.shortID) sorts the worklist again.")
    }
  }

  struct Reject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Keeps a model from sorting the worklist, with its figures.")
    @OptionGroup var options: StoreOptions
    @Argument(help: "The model's id or its beginning.") var id: String
    @Option(name: .customLong("as"), help: "Who decides.") var actor: String

    func run() async throws {
      let site = try options.open(to: .administer)
      let model = try site.model(named: id)
      try site.store.reject(model.id, by: actor, at: Date())
      say("\(model.card.name) \(model.id.prefix(12)) is rejected.")
    }
  }
}

extension Lesson.Part {
  /// The part of a manifest that a person names; none for all.
  init?(split: String) {
    switch split {
    case "train": self = .train
    case "val", "validation": self = .validation
    case "test": self = .test
    default: return nil
    }
  }
}

extension LocalSite {
  /// A model by its id, an unmistakable beginning of it, or a folder; the active one for nothing.
  func model(named words: String?) throws -> Model {
    guard let words else {
      guard let model = try shelf.active() else { throw AgentError.noModel }
      return model
    }
    if FileManager.default.fileExists(atPath: words) {
      return try Model(folder: URL(filePath: words, directoryHint: .isDirectory))
    }
    let matches = try store.models().filter { $0.id.hasPrefix(words.lowercased()) }
    guard let only = matches.first, matches.count == 1 else {
      throw ValidationError(
        matches.isEmpty
          ? "There is no model “\(words)”; secondlook model lists them."
          : "“\(words)” begins the id of \(matches.count) models; give more of it.")
    }
    return try shelf.model(only.id)
  }
}
