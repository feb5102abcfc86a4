import Agent
import ArgumentParser
import Foundation
import Radiology
import Store

struct ReviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review",
    abstract: "Records what a reader decides about a study and its regions.",
    discussion: """
      Regions nobody mentions stay open, and signing asks about them.

      Example: secondlook review 4711-22 --suspicious --accept R1 --reject R2 --as "Dr Osei"
      """)

  @OptionGroup var options: StoreOptions
  @Argument(help: StudyArgument.help) var study: String
  @Flag(help: "Call the study normal.") var normal = false
  @Flag(help: "Call the study suspicious.") var suspicious = false
  @Option(name: .customLong("accept"), help: ArgumentHelp("Agree with a region.", valueName: "R1"))
  var accepted: [String] = []
  @Option(name: .customLong("reject"), help: ArgumentHelp("Reject a region.", valueName: "R2"))
  var rejected: [String] = []
  @Option(help: "Why regions are rejected.") var reason = ""
  @Option(
    name: .customLong("add"),
    help: ArgumentHelp("Add a region, in pixels of the image.", valueName: "x0,y0,x1,y1"))
  var added: [String] = []
  @Option(name: .customLong("as"), help: ArgumentHelp("The reader's name.", valueName: "name"))
  var reader: String

  func validate() throws {
    guard normal != suspicious else {
      throw ValidationError("Say either --normal or --suspicious.")
    }
    guard !reader.allSatisfy(\.isWhitespace) else {
      throw ValidationError("A review needs a reader's name after --as.")
    }
    for text in added where Self.corners(text) == nil {
      throw ValidationError("“\(text)” is no region; give --add x0,y0,x1,y1 in pixels.")
    }
  }

  func run() async throws {
    let site = try options.open()
    let study = try site.store.study(named: study)
    let desk = ReadingDesk(store: site.store)
    let image = try site.store.instances(of: study.uid).first(where: \.isReadable)
    let regions = try added.compactMap(Self.corners).map { corners in
      guard let image else { throw AgentError.noPicture("no image of this study could be read.") }
      let region = try Region(
        instance: image.uid, x0: corners[0], y0: corners[1], x1: corners[2], y1: corners[3])
      guard let inside = region.clipped(columns: image.columns, rows: image.rows) else {
        throw ValidationError(
          "The region lies outside the image of \(image.columns)x\(image.rows).")
      }
      return inside
    }
    let review = try desk.review(
      study, call: normal ? .normal : .suspicious, accept: accepted, reject: rejected,
      reason: reason, add: regions, by: reader, at: Date())
    let open = review.open.map(\.name)
    say(
      "\(reader) calls the study \(review.call?.rawValue ?? "?"); "
        + "confirmed: \(list(review.confirmed.map(\.name))); open: \(list(open)).")
    say("Not signed yet: secondlook sign \(study.uid) --as \"\(reader)\"")
  }

  private func list(_ names: [String]) -> String {
    names.isEmpty ? "none" : names.joined(separator: ", ")
  }

  private static func corners(_ text: String) -> [Double]? {
    let numbers = text.split(separator: ",").compactMap { Double($0) }
    return numbers.count == 4 && numbers[0] < numbers[2] && numbers[1] < numbers[3]
      ? numbers : nil
  }
}
