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
      Regions nobody mentions stay open, and signing asks about them. A region that is there \
      already is not added again. While somebody has the study open in the workstation, nothing is \
      recorded.

      Example: secondlook review 4711-22 --suspicious --accept R1 --reject R2 --as "Dr Osei"
      """)

  @OptionGroup var options: StoreOptions
  @Argument(help: StudyArgument.help) var study: String
  @OptionGroup var said: CallOptions
  @Option(name: .customLong("accept"), help: ArgumentHelp("Agree with a region.", valueName: "R1"))
  var accepted: [String] = []
  @Option(name: .customLong("reject"), help: ArgumentHelp("Reject a region.", valueName: "R2"))
  var rejected: [String] = []
  @Option(help: "Why regions are rejected.") var reason = ""
  @Option(
    name: .customLong("add"),
    help: ArgumentHelp("Add a region, in pixels of the image.", valueName: "x0,y0,x1,y1"))
  var added: [String] = []
  @Option(
    name: .customLong("image"),
    help: ArgumentHelp(
      "The image that regions are added to, counted from 1. Default: the first that can be read.",
      valueName: "n"))
  var number: Int?
  @Option(name: .customLong("as"), help: ArgumentHelp("The reader's name.", valueName: "name"))
  var reader: String

  func validate() throws {
    guard !reader.allSatisfy(\.isWhitespace) else {
      throw ValidationError("A review needs a reader's name after --as.")
    }
    for text in added where Self.corners(text) == nil {
      throw ValidationError("“\(text)” is no region; give --add x0,y0,x1,y1 in pixels.")
    }
    if let name = accepted.first(where: rejected.contains) {
      throw ValidationError("\(name) is both accepted and rejected; say one of them.")
    }
    guard number == nil || !added.isEmpty else {
      throw ValidationError("--image says where --add belongs; there is no --add.")
    }
  }

  func run() async throws {
    let site = try options.open(to: .decide)
    let study = try site.store.study(named: study)
    let images = try site.store.instances(of: study.uid)
    let regions = try added.isEmpty ? [] : regions(among: images)
    let review = try site.desk.review(
      study, call: said.call, accept: accepted, reject: rejected,
      reason: reason, add: regions, by: reader, at: Date())
    let open = review.open.map(\.name)
    say(
      "\(reader) calls the study \(review.call?.rawValue ?? "?"); "
        + "confirmed: \(list(review.confirmed.map(\.name))); open: \(list(open)).")
    for finding in review.findings where regions.contains(finding.region) {
      let place = images.firstIndex { $0.uid == finding.region.instance }.map { $0 + 1 } ?? 0
      say("\(finding.name) is on image \(place) of \(images.count).")
    }
    say("Not signed yet: secondlook sign \(study.uid) --as \"\(reader)\"")
  }

  private func list(_ names: [String]) -> String {
    names.isEmpty ? "none" : names.joined(separator: ", ")
  }

  /// The regions to add, each whole inside its image.
  private func regions(among images: [Instance]) throws -> [Region] {
    let image: Instance
    if let number {
      guard images.indices.contains(number - 1) else {
        throw ValidationError("There is no image \(number); the study has \(images.count).")
      }
      image = images[number - 1]
    } else {
      guard let first = images.first(where: \.isReadable) else {
        throw AgentError.noPicture("no image of this study could be read.")
      }
      image = first
    }
    if let refusal = image.refusal { throw AgentError.noPicture(refusal) }
    return try added.compactMap(Self.corners).map { corners in
      let region = try Region(
        instance: image.uid, x0: corners[0], y0: corners[1], x1: corners[2], y1: corners[3])
      guard region.clipped(columns: image.columns, rows: image.rows) == region else {
        throw ValidationError(
          "The region is not inside the image, which is \(image.columns) wide and \(image.rows) "
            + "high. Nothing was changed.")
      }
      return region
    }
  }

  private static func corners(_ text: String) -> [Double]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0) }
    return parts.count == 4 && numbers.count == 4 && numbers[0] < numbers[2]
      && numbers[1] < numbers[3] ? numbers : nil
  }
}
