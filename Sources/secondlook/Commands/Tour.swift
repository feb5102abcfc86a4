import Agent
import ArgumentParser
import Foundation
import Gateway
import Terminal
import Workstation

struct TourCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tour",
    abstract: "Teaches the keys on made-up studies, in about three minutes.",
    discussion: """
      One study is found, judged, reported and signed on the real screens, key by key. Each step \
      waits for its key and says what it was for; F2 does it for you, F3 leaves. The keys are \
      those of the store's secondlook.toml. The studies are synthetic: drawn by the program, of \
      nobody. They are in a folder of their own, which is removed at the end.
      """)

  @OptionGroup var options: StoreOptions

  @MainActor
  func run() async throws {
    // What is wrong with the terminal or the configuration is told before anything is drawn.
    guard isatty(STDIN_FILENO) != 0, isatty(STDOUT_FILENO) != 0 else {
      throw TerminalError.notATerminal
    }
    var workplace = try Workplace.read(home: options.folder)
    // In a store of one's own, everybody may everything.
    workplace.roles = nil
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "secondlook-tour-\(UUID().uuidString)", directoryHint: .isDirectory)
    defer { try? FileManager.default.removeItem(at: folder) }
    say("Drawing SYNTHETIC studies …")
    let site = try LocalSite(home: folder.appending(path: "store"), startsWithShipped: false)
    try await TourStudies(at: Date()).take(
      into: site.store, site.pictures, inbox: folder.appending(path: "new"), at: Date())
    try Session.run(site, reader: NSFullUserName(), workplace: workplace) { Tour(options: $0) }
  }
}
