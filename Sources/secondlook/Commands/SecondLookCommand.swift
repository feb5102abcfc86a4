import ArgumentParser
import Foundation
import Radiology
import Store

struct SecondLookCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "second-look",
    abstract: "Lists signed studies that are read once more, scores, arbitrates or closes one.",
    discussion: """
      A study waits if it was signed normal against a suspicious model, if chance picked it among \
      the ruled-out normals, or if images came after the signature. secondlook.toml, [reading], \
      says from which weight on. Nobody reads a study twice.
      """,
    subcommands: [List.self, Read.self, Decide.self, Close.self], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists what waits, and what second looks came to; names no reader unless asked.")
    @OptionGroup var options: StoreOptions
    @Flag(help: "Also what is agreed or closed.") var all = false
    @Flag(help: "Name the readers, and count scores for each first reader.") var readers = false
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let store = try options.open().store
      let looks = try store.secondLooks()
      let shown = all ? looks : looks.filter(\.state.isOpen)
      let entries = try shown.map { look in
        SecondLookEntry(look, row: try store.row(look.study), namesReaders: readers)
      }
      let (judged, discordant) = try store.concordance()
      func figures(_ looks: [Radiology.SecondLook]) -> SecondLookFigures {
        SecondLookFigures(of: looks, judged: judged, discordant: discordant, in: .current)
      }
      let byReader =
        readers
        ? Dictionary(grouping: looks, by: \.firstReader).mapValues { figures($0).weeks } : nil
      if json {
        return try sayJSON(
          SecondLookList(
            looks: entries, figures: figures(looks),
            discordanceRate: figures(looks).discordanceRate, readers: byReader))
      }
      sayQueue(entries)
      sayFigures(figures(looks), byReader)
    }

    private func sayQueue(_ entries: [SecondLookEntry]) {
      guard !entries.isEmpty else { return say("No study waits for a second look.") }
      say(
        table(
          ["study", "accession", "state", "why", "weight", "since"]
            + (readers ? ["first", "second", "third"] : []),
          entries.map { entry in
            [
              entry.study, entry.accession, entry.state.rawValue, entry.reason.words,
              percent(entry.weight), entry.queued.formatted(.iso8601),
            ]
              + (readers
                ? [entry.firstReader, entry.secondReader, entry.thirdReader].map { $0 ?? "–" }
                : [])
          }))
    }

    private func sayFigures(
      _ figures: SecondLookFigures, _ byReader: [String: [SecondLookFigures.Week]]?
    ) {
      say()
      say(
        "Reader and model differ in \(figures.discordant) of "
          + "\(counted(figures.judged, "signed study", "signed studies")) that a model judged "
          + "(\(percent(figures.discordanceRate))).")
      let groups = byReader?.sorted { $0.key < $1.key } ?? [("", figures.weeks)]
      let rows = groups.flatMap { reader, weeks in
        weeks.map { week in
          (byReader == nil ? [] : [reader]) + [week.week]
            + Radpeer.allCases.map { "\(week.scores[$0.rawValue] ?? 0)" }
        }
      }
      guard !rows.isEmpty else { return say("No second reading was scored yet.") }
      say(
        table(
          (byReader == nil ? [] : ["first reader"]) + ["RADPEER"]
            + Radpeer.allCases.map(\.rawValue), rows))
    }
  }

  struct Read: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Records a second reading: your call, and a RADPEER score of the first.",
      discussion: Radpeer.allCases.map { "\($0.rawValue)   \($0.meaning)" }.joined(separator: "\n"))
    @OptionGroup var options: StoreOptions
    @Argument(help: StudyArgument.help) var study: String
    @OptionGroup var said: CallOptions
    @Option(help: ArgumentHelp("RADPEER score.", valueName: "1|2a|2b|3a|3b|4a|4b"))
    var score: String
    @Flag(help: "The call was made without knowing the first one.") var blind = false
    @Option(help: "One sentence without patient data.") var note = ""
    @Option(name: .customLong("as"), help: ArgumentHelp("The second reader.", valueName: "name"))
    var reader: String

    func validate() throws {
      guard Radpeer(rawValue: score) != nil else {
        throw ValidationError(
          "“\(score)” is no RADPEER score; use "
            + Radpeer.allCases.map(\.rawValue).joined(separator: ", ") + ".")
      }
    }

    func run() async throws {
      guard let score = Radpeer(rawValue: score) else { return }
      let site = try options.open(to: .decide)
      let reading = Radiology.SecondLook.Reading(
        reader: reader, call: said.call, score: score, note: note,
        isBlind: blind, at: Date())
      let look = try site.store.save(
        reading, of: try site.store.study(named: study).uid, under: try site.rules())
      say("Recorded: RADPEER \(score.rawValue). \(look.nextStep)")
    }
  }

  struct Decide: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Decides as a third reader where two disagree.")
    @OptionGroup var options: StoreOptions
    @Argument(help: StudyArgument.help) var study: String
    @OptionGroup var said: CallOptions
    @Option(help: "One sentence without patient data.") var note = ""
    @Option(name: .customLong("as"), help: ArgumentHelp("The third reader.", valueName: "name"))
    var reader: String

    func run() async throws {
      let site = try options.open(to: .decide)
      let decision = Radiology.SecondLook.Decision(
        reader: reader, call: said.call, note: note, at: Date())
      let look = try site.store.save(decision, of: try site.store.study(named: study).uid)
      say("Decided: \(decision.call.rawValue). \(look.nextStep)")
    }
  }

  struct Close: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Closes a second look unread, with a reason.")
    @OptionGroup var options: StoreOptions
    @Argument(help: StudyArgument.help) var study: String
    @Option(help: "Why; it goes into the log.") var reason: String
    @Option(name: .customLong("as"), help: ArgumentHelp("Who decides.", valueName: "name"))
    var actor: String

    func run() async throws {
      let store = try options.open(to: .decide).store
      try store.closeSecondLook(
        of: try store.study(named: study).uid, because: reason, by: actor, at: Date())
      say("Closed.")
    }
  }
}

/// The queue and its figures as other programs read them.
private struct SecondLookList: Encodable {
  let looks: [SecondLookEntry]
  let figures: SecondLookFigures
  let discordanceRate: Double?
  let readers: [String: [SecondLookFigures.Week]]?
}

/// One second look; readers only where somebody asked for them.
private struct SecondLookEntry: Encodable {
  let study: String
  let accession: String
  let state: Radiology.SecondLook.State
  let reason: Radiology.SecondLook.Reason
  let weight: Double
  let queued: Date
  let score: String?
  let firstReader: String?
  let secondReader: String?
  let thirdReader: String?
  let suggestion: Call?
  let closedBecause: String?

  init(_ look: Radiology.SecondLook, row: WorklistRow?, namesReaders: Bool) {
    study = look.study
    accession = row?.study.accession ?? ""
    state = look.state
    reason = look.reason
    weight = look.weight
    queued = look.queued
    score = look.second?.score.rawValue
    firstReader = namesReaders ? look.firstReader : nil
    secondReader = namesReaders ? look.second?.reader : nil
    thirdReader = namesReaders ? look.third?.reader : nil
    suggestion = look.suggestion
    closedBecause = look.closedBecause
  }
}
