import Agent
import ArgumentParser
import Foundation
import Radiology
import Store

extension FederationCommand {
  struct Approve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lets this site take part in a task, after showing what will leave.",
      discussion: """
        A task is what a coordinator asks: which arrays, how they are learned, under which privacy. \
        It is approved once for all its rounds; whatever changes of it waits for approval again.
        """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var person: ActorOption
    @Argument(help: "The task's id or its beginning; the one that waits if left out.")
    var task: String?
    @Flag(help: "Do not ask again.") var yes = false

    func run() async throws {
      let site = try options.open(to: .administer)
      let task = try site.store.task(named: task)
      say(task.text)
      if !yes {
        guard isatty(STDIN_FILENO) == 1 else {
          throw ValidationError("Nothing was approved: say --yes where nobody can be asked.")
        }
        print("Let this leave the site? [y/N] ", terminator: "")
        fflush(nil)
        guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
          say("Nothing was approved.")
          throw ExitCode.failure
        }
      }
      try site.store.decide(task.id, .approved, by: person.name, at: Date())
      say("Task \(task.shortID) is approved; “secondlook federation refuse” takes that back.")
    }
  }

  struct Refuse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Keeps this site out of a task; it counts from the next round.")

    @OptionGroup var options: StoreOptions
    @OptionGroup var person: ActorOption
    @Argument(help: "The task's id or its beginning; the one that waits if left out.")
    var task: String?

    func run() async throws {
      let site = try options.open(to: .administer)
      let task = try site.store.task(named: task)
      try site.store.decide(task.id, .refused, by: person.name, at: Date())
      say("Task \(task.shortID) of \(task.coordinator) is refused. Nothing of it leaves.")
    }
  }

  struct Tasks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows what coordinators ask of this site, and what was decided.")

    @OptionGroup var options: StoreOptions
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let tasks = try options.open().store.tasks()
      if json { return try sayJSON(tasks) }
      guard !tasks.isEmpty else { return say("No coordinator has asked anything yet.") }
      say(tasks.map(\.text).joined(separator: "\n\n"))
    }
  }
}

extension Store {
  /// A task by its id or an unmistakable beginning of it; the only one that waits for nothing.
  fileprivate func task(named name: String?) throws -> LearningTask {
    let tasks = try tasks()
    let found = tasks.filter { task in name.map(task.id.hasPrefix) ?? (task.state == .pending) }
    guard let task = found.first else {
      throw ValidationError(
        name.map { "There is no task “\($0)”; “secondlook federation tasks” shows all." }
          ?? "No task waits for approval.")
    }
    guard found.count == 1 else {
      let ids = found.map(\.shortID).joined(separator: ", ")
      throw ValidationError("It could be more than one task: \(ids). Say which.")
    }
    return task
  }
}

extension LearningTask {
  /// What a person decides about.
  var text: String {
    let decision =
      decidedBy.map { by in
        "\(state.rawValue) by \(by)" + (decided.map { " on \($0.formatted(.iso8601))" } ?? "")
      } ?? "WAITS for approval since \(asked.formatted(.iso8601))"
    var lines = [
      "Task \(shortID): \(decision)",
      "  asked by     \(coordinator)",
      "  partners     \(partners.isEmpty ? "not said" : partners.joined(separator: ", "))",
      "  what leaves  \(counted(parts.count, "array", "arrays")) of Float32, \(bytes) bytes a round, "
        + "and how many examples;",
      "               of a model to judge, a mean loss and over how many lessons",
      "  privacy      \(privacyText)",
    ]
    lines += parts.prefix(Self.mostShown).map { part in
      "    \(part.name) \(part.shape.map(String.init).joined(separator: " × "))"
    }
    if parts.count > Self.mostShown {
      lines.append("    … and \(parts.count - Self.mostShown) more")
    }
    lines += settings.sorted { $0.key < $1.key }.map {
      "  set          \(Self.quoted($0.key)) = \(Self.quoted($0.value))"
    }
    return lines.joined(separator: "\n")
  }

  private static let mostShown = 12

  /// What a coordinator wrote, in one line that can pass for nothing else.
  private static func quoted(_ text: String) -> String {
    let shown = String(text.prefix(200)).debugDescription.dropFirst().dropLast()
    return shown + (text.count > 200 ? "…" : "")
  }

  private var privacyText: String {
    guard let clip else { return "plain: changes of any length, no noise" }
    let noise = noise.map {
      ", Gaussian noise of \($0) times that; it hides the site, not a patient"
    }
    return "changes up to a length of \(clip)\(noise ?? ", no noise")"
  }
}
