import Agent
import ArgumentParser
import Foundation
import Phantom
import Radiology
import Store
import Terminal
import Triage
import Workstation

struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Three made-up hospitals learn together; then their worklist opens.",
    discussion: """
      The radiographs are synthetic: drawn by the program, of nobody. Three small hospitals learn \
      together, new studies arrive at the first as DICOM files, the new model triages them, and the \
      workstation opens on them. A screen shows it as it happens; q or ^C stops it and keeps \
      nothing. Where there is no terminal the demo prints what happens, and the worklist at the end.
      """)

  @Flag(help: "Print the worklist and how it agrees with the known truth, open nothing.")
  var headless = false
  @Option(
    help: ArgumentHelp(
      "Labelled pictures to use in place of generated ones.", valueName: "folder"),
    completion: .directory)
  var images: String?
  @Option(help: "The same seed draws the same hospitals.") var seed: UInt64 = 1
  @Option(help: "Rounds of the federation.") var rounds = 24
  @Option(help: "New studies.") var studies = 24
  @Option(
    help: ArgumentHelp(
      "Folder for the demo: a new or empty one, or one of an earlier demo, which it replaces.",
      discussion: "Default: the XDG cache home with /secondlook/demo.", valueName: "folder"))
  var home: String?

  func validate() throws {
    guard rounds >= 1, (1...200).contains(studies) else {
      throw ValidationError("--rounds has to be at least 1 and --studies from 1 to 200.")
    }
  }

  @MainActor
  func run() async throws {
    let folder = try DemoFolder(
      home.map { URL(filePath: $0, directoryHint: .isDirectory) } ?? DemoFolder.standard())
    let demo = DemoRun(
      folder: folder, images: images.map { URL(filePath: $0, directoryHint: .isDirectory) },
      seed: seed, rounds: rounds, studies: studies)
    do {
      if headless || isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0 {
        try await tell(demo)
      } else {
        try await show(demo)
      }
    } catch is CancellationError {
      warn("The demo was stopped; nothing of it was kept.")
      throw ExitCode.failure
    }
  }

  /// On a screen, and then in the workstation.
  @MainActor
  private func show(_ demo: DemoRun) async throws {
    let terminal = try Terminal()
    defer { terminal.close() }
    let start = ContinuousClock.now
    let outcome = try await DemoSession.run(
      demo,
      plan: DemoScreen.Plan(
        hospitals: images == nil ? Hospital.examples.map(\.name) : [], rounds: rounds,
        studies: studies, isSynthetic: images == nil), on: terminal)
    let time = clock(ContinuousClock.now - start)
    try Session.run(
      try LocalSite(home: outcome.home, startsWithShipped: false), reader: NSFullUserName(),
      on: terminal,
      greeting: "Sorted by what they learned in \(time); ⏎ opens a study")
    if let auroc = outcome.report.rounds.last?.pooled?.federated {
      say(
        "\(outcome.report.rounds.count) rounds in \(time), validation AUROC "
          + "\(String(format: "%.3f", auroc))\(outcome.isSynthetic ? " on SYNTHETIC images" : "").")
    }
    say("Open it again: secondlook --home \(outcome.home.path)")
  }

  /// Line by line, and then the worklist.
  @MainActor
  private func tell(_ demo: DemoRun) async throws {
    if images == nil { say("All images of this demo are SYNTHETIC: drawn by the program.") }
    let line = ProgressLine()
    let start = ContinuousClock.now
    let outcome = try await interruptible { try await demo.run { Self.show($0, on: line) } }
    line.clear()
    say("Done in \(clock(ContinuousClock.now - start)).")
    try print(outcome, try LocalSite(home: outcome.home, startsWithShipped: false))
    say("Open it: secondlook --home \(outcome.home.path)")
  }

  private static func show(_ event: DemoRun.Event, on line: ProgressLine) {
    func bar(_ title: String, _ done: Int, _ all: Int) {
      line.show("\(title) \(secondlook.bar(Double(done) / Double(max(all, 1)))) \(done)/\(all)")
    }
    switch event {
    case .drawing(_, let done, let all): bar("Drawing radiographs", done, all)
    case .triaging(let done, let all): bar("Triaging new studies", done, all)
    case .federating(.opening(let site, let done, let all)): bar("\(site) takes in", done, all)
    case .federating(.opened(let site, let lessons, _)):
      line.clear()
      say("\(site): \(lessons) lessons that stay in the hospital.")
    case .federating(.training(let site, let round, let all)): bar("Round of \(site)", round, all)
    case .federating(.round(let round, let all)):
      guard round.round % 3 == 0 || round.round == all, let auroc = round.pooled?.federated else {
        return
      }
      line.clear()
      let bytes = round.sites.values.reduce(0) { $0 + $1.bytes } / 1024
      say(
        "Round \(round.round)/\(all): validation AUROC \(String(format: "%.3f", auroc)), "
          + "\(bytes) KiB of sealed parameters left the hospitals.")
    case .federating(.trained), .federating(.calibrated): break
    case .federating(.testing): line.show("Testing …")
    }
  }

  /// The worklist beside what is known and was never told to the model.
  private func print(_ outcome: DemoRun.Outcome, _ site: LocalSite) throws {
    let rows = try site.store.worklist().filter { outcome.truth[$0.id] != nil }
    say(
      table(
        ["class", "p", "regions", "accession", "truth", "region on it"],
        rows.map { row in
          let truth = outcome.truth[row.id]
          return [
            row.triageClass?.rawValue ?? "–", percent(row.probability), "\(row.regions.count)",
            row.study.accession, truth?.isAbnormal == true ? "abnormal" : "normal",
            truth.map { Self.points(row, $0) ? "yes" : $0.boxes.isEmpty ? "" : "no" } ?? "",
          ]
        }))
    func count(_ abnormal: Bool, _ test: (WorklistRow) -> Bool) -> (Int, Int) {
      let of = rows.filter { outcome.truth[$0.id]?.isAbnormal == abnormal }
      return (of.count(where: test), of.count)
    }
    let found = count(true) { $0.triageClass == .suspicious }
    let spared = count(false) { $0.triageClass == .normal }
    let pointed = count(true) { row in
      outcome.truth[row.id].map { Self.points(row, $0) } ?? false
    }
    say(
      "\(found.0) of \(found.1) abnormal studies called suspicious, \(spared.0) of \(spared.1) "
        + "normal ones called normal, a region on the lesion in \(pointed.0) of \(pointed.1).")
    say(
      outcome.isSynthetic
        ? "SYNTHETIC images: these figures say nothing about people. \(Card.disclaimer)"
        : Card.disclaimer)
  }

  /// Whether the middle of a marked region lies in a known lesion.
  private static func points(_ row: WorklistRow, _ truth: SyntheticStudy.Truth) -> Bool {
    row.regions.contains { finding in
      let x = (finding.region.x0 + finding.region.x1) / 2
      let y = (finding.region.y0 + finding.region.y1) / 2
      return truth.boxes.contains { $0.x0 <= x && x < $0.x1 && $0.y0 <= y && y < $0.y1 }
    }
  }
}
