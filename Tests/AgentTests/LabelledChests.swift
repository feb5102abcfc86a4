import Engine
import Foundation
import Imaging
import Phantom
import Radiology
import Testing
import Triage

@testable import Agent

/// A small labelled folder of drawn chests from two hospitals, in a place of its own.
struct LabelledChests {
  static let sites = ["lakeside", "north"]
  static let preprocessing = Preprocessing(side: 64)

  let home: URL
  let data: LabelledFolder

  /// So many pictures a site for training, validation and test, half of them abnormal.
  init(train: Int = 24, validation: Int = 6, test: Int = 4, sites: Int = 2) throws {
    home = FileManager.default.temporaryDirectory.appending(
      path: "secondlook-chests-\(UUID().uuidString)")
    let pictures = home.appending(path: "pictures")
    var rows = ["file,label,patient,site,split,source,boxes,label_source,view,age"]
    for (place, hospital) in Hospital.examples.prefix(sites).enumerated() {
      try FileManager.default.createDirectory(
        at: pictures.appending(path: hospital.site), withIntermediateDirectories: true)
      let parts =
        [String](repeating: "train", count: train)
        + [String](repeating: "val", count: validation) + [String](repeating: "test", count: test)
      for (number, part) in parts.enumerated() {
        let phantom = ChestPhantom(
          seed: UInt64(place * 1000 + number), hospital: hospital, isAbnormal: number % 2 == 0,
          side: 96)
        let file = "\(hospital.site)/film-of-\(hospital.site)-\(number).png"
        let greys = phantom.pixels.map { UInt8($0 >> 4) }
        try Data(PNGFile.encode(greys, columns: 96, rows: 96))
          .write(to: pictures.appending(path: file))
        rows.append(
          [
            file, number % 2 == 0 ? "suspicious" : "normal",
            "patient-\(hospital.site)-\(number)", hospital.site, part, "synthetic",
            phantom.lesions.map { "\($0.x0) \($0.y0) \($0.x1) \($0.y1)" }.joined(separator: ";"),
            "generator", "PA", "50",
          ].joined(separator: ","))
      }
    }
    try Data((rows.joined(separator: "\n") + "\n").utf8)
      .write(to: pictures.appending(path: "manifest.csv"))
    data = try LabelledFolder(folder: pictures)
  }

  func clean() { try? FileManager.default.removeItem(at: home) }

  /// Where a run of this name keeps its sites' stores.
  func stores(_ name: String = "stores") -> URL {
    home.appending(path: name, directoryHint: .isDirectory)
  }

  /// Two sites, two rounds and a network for the pocket.
  func simulation(
    stores name: String = "stores", _ change: (inout Simulation.Plan) -> Void = { _ in }
  ) throws -> Simulation {
    var plan = try Simulation.Plan(rounds: 2)
    plan.batch = 12
    plan.steps = 2
    plan.compares = false
    change(&plan)
    return Simulation(
      data: data, home: stores(name), plan: plan,
      network: try Network.chest(side: 64, widths: [16, 16], blocks: [0, 0]),
      preprocessing: Self.preprocessing, card: Card.chest(data))
  }
}
