import Foundation
import Imaging
import Radiology
import TestSupport
import Testing
import Triage

@testable import Agent

@Suite(.enabled(if: SharedFiles.hasChest)) struct ChestPostureTests {
  private func glances(_ part: Lesson.Part) throws -> [(site: String, glance: Glance)] {
    try LabelledFolder(folder: SharedFiles.chest).manifest.rows.filter { $0.split == part }.map {
      let file = SharedFiles.chest.appending(path: $0.file)
      let picture = try GreyImage.read(png: [UInt8](Data(contentsOf: file)))
      return ($0.site, try #require(Glance(at: picture)))
    }
  }

  @Test("the mean chest is that of the training pictures, each hospital counted once")
  func mean() throws {
    let middles = try Dictionary(grouping: glances(.train)) { $0.site }.values.map { chests in
      chests.compactMap { ChestPosture.middle(of: $0.glance) }
    }
    var mean = [Float](repeating: 0, count: ChestPosture.side * ChestPosture.side)
    for chests in middles {
      for chest in chests {
        for cell in mean.indices { mean[cell] += chest[cell] / Float(chests.count) }
      }
    }
    let largest = try #require(mean.map(abs).max())
    for (cell, value) in zip(ChestPosture.meanChest, mean) {
      // Sums of hundreds of numbers depend on their order in the last digit, a rounded one by 1.
      #expect(abs(Float(cell) - value / largest * 127) <= 0.51)
    }
  }

  @Test("chests it has not learned from: 99 of 100 upright ones pass, 99 of 100 turned ones do not")
  func figures() throws {
    let chests = try glances(.test)
    let upright = chests.count { ChestPosture(of: $0.glance) == .upright }
    #expect(Double(upright) >= 0.99 * Double(chests.count))
    let told = (1...3).map { turns in
      chests.count { chest in
        let posture = ChestPosture(of: chest.glance.turned(turns))
        return posture == (turns == 2 ? .onItsHead : .onItsSide)
      }
    }
    #expect(Double(told.reduce(0, +)) >= 0.99 * Double(3 * chests.count), "\(told)")
  }
}

extension Glance {
  /// Turned counterclockwise by so many quarters.
  fileprivate func turned(_ quarters: Int) -> Glance {
    (0..<quarters).reduce(self) { glance, _ in
      Glance(
        columns: glance.rows, rows: glance.columns,
        values: (0..<glance.values.count).map { index in
          glance[index % glance.rows, glance.columns - 1 - index / glance.rows]
        }, dark: glance.dark, bright: glance.bright)
    }
  }
}
