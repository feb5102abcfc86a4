import ArgumentParser
import Foundation
import Radiology

struct Log: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints what was done, by whom, and what failed.",
    discussion: """
      The audit log and what the agent said, the newest last; no patient is named in it. The \
      workstation shows the same with g l.
      """)

  @OptionGroup var options: StoreOptions
  @Flag(help: "Go on printing what comes, until ^C.") var follow = false
  @Option(
    help: ArgumentHelp("The least level: debug, info, warning or error.", valueName: "level"),
    transform: Self.level)
  var level = LogEntry.Level.debug
  @Option(
    name: .customLong("kind"),
    help: ArgumentHelp("Events of this kind only, for example signed.", valueName: "kind"))
  var kinds: [String] = []
  @Option(help: ArgumentHelp("Entries that contain these words.", valueName: "words"))
  var text = ""
  @Option(help: ArgumentHelp("How many of the newest entries to print.", valueName: "n"))
  var last = 50
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard last >= 0 else { throw ValidationError("--last is 0 or more.") }
  }

  func run() async throws {
    let site = try options.open()
    let filter = LogFilter(level: level, kinds: Set(kinds), words: text)
    let page = try site.log(LogQuery(.newest, filter, limit: last))
    let entries = Array(page.entries.reversed())
    guard follow else {
      return json ? try sayJSON(entries) : entries.forEach { say(line($0)) }
    }
    for entry in entries { try tell(entry) }
    try await follow(site, filter, from: page.last)
  }

  /// Prints what comes, until somebody stops it.
  private func follow(_ site: LocalSite, _ filter: LogFilter, from start: LogPlace) async throws {
    do {
      try await interruptible {
        var place = start
        while !Task.isCancelled {
          let news = try site.log(LogQuery(.newer(than: place), filter))
          for entry in news.entries.reversed() {
            place[entry.source] = max(place[entry.source], entry.number)
            try tell(entry)
          }
          if news.entries.isEmpty { try await Task.sleep(for: .milliseconds(500)) }
        }
      }
    } catch is CancellationError {}
  }

  /// Prints an entry at once: whoever reads a pipe wants it now.
  private func tell(_ entry: LogEntry) throws {
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      encoder.dateEncodingStrategy = .iso8601
      print(String(decoding: try encoder.encode(entry), as: UTF8.self))
    } else {
      say(line(entry))
    }
    fflush(nil)
  }

  private func line(_ entry: LogEntry) -> String {
    let level = entry.level.rawValue.uppercased().padding(toLength: 7, withPad: " ", startingAt: 0)
    return "\(entry.at.formatted(.iso8601)) \(level) \(entry.actor): \(entry.kind), \(entry.text)"
  }

  private static func level(_ text: String) throws -> LogEntry.Level {
    guard let level = LogEntry.Level(rawValue: text) else {
      throw ValidationError("--level is debug, info, warning or error.")
    }
    return level
  }
}
