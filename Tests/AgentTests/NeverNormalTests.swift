import DICOM
import Foundation
import Radiology
import Store
import Testing

@testable import Agent
@testable import Triage

/// From a file to a row of the worklist, with a model that calls everything normal it may judge.
@Suite struct NeverNormalTests {
  let site: Site

  init() throws {
    site = try Site()
    let calibration = Calibration(study: .plain, region: .plain, threshold: 1)
    try site.shelf.start(
      with: ReadStageTests.model(seed: 1, calibration: calibration), by: "a test", at: Date())
  }

  /// What the study of these objects came to.
  private func triage(_ objects: [DataSet]) async throws -> Radiology.Triage {
    let folder = try site.folder()
    for (number, object) in objects.enumerated() {
      try Data(DICOMFile(object).write()).write(to: folder.appending(path: "\(number)"))
    }
    _ = try await site.ingest.take([folder])
    _ = try await site.reading.drain()
    return try #require(try site.store.triage(of: "1.2.3"))
  }

  @Test("a radiograph nothing is wrong with is normal")
  func plain() async throws {
    let triage = try await triage([Radiographs.header()])
    #expect(triage.triageClass == .normal, "\(triage.reason ?? "")")
    #expect(try site.store.instances(of: "1.2.3").allSatisfy(\.caveats.isEmpty))
  }

  @Test("each of these is never normal, and says why", arguments: Doubtful.all)
  func neverNormal(doubtful: Doubtful) async throws {
    var header = try Radiographs.header()
    try doubtful.change(&header)
    let triage = try await triage([header])
    #expect(triage.triageClass == .undetermined)
    let reason = try #require(triage.reason)
    #expect(reason.contains(doubtful.reason), "\(reason)")
    #expect(!reason.contains("DOE") && !reason.contains("4711"))
  }

  @Test("a lateral view beside a frontal one keeps the study from being normal, in any order")
  func lateral() async throws {
    var lateral = try Radiographs.header(object: "1.2.3.1.0")
    try lateral.set(.viewPosition, "LL")
    let triage = try await triage([lateral, Radiographs.header()])
    #expect(triage.triageClass == .undetermined)
    #expect(triage.reason?.contains("in 1 of 2 images. The view LL is not covered") == true)
  }

  @Test("an image that was cut off keeps the study from being normal")
  func damaged() async throws {
    var damaged = try Radiographs.header(object: "1.2.3.1.0")
    try damaged.set(.rows, integers: [2 * Radiographs.side])
    let triage = try await triage([damaged, Radiographs.header()])
    #expect(triage.triageClass == .undetermined)
    #expect(triage.reason?.contains("1 of 2 images could not be read.") == true)
  }

  @Test("images that an archive has and that are not here keep the study from being normal")
  func missing() async throws {
    try site.store.expect(4, of: "1.2.3", from: "pacs")
    let triage = try await triage([Radiographs.header()])
    #expect(triage.triageClass == .undetermined)
    #expect(triage.reason?.contains("3 more images have not arrived.") == true)
  }

  @Test("a report beside the image is no image that could not be read")
  func report() async throws {
    var report = DataSet()
    try report.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.88.33")
    try report.set(.sopInstanceUID, "1.2.3.2.1")
    try report.set(.studyInstanceUID, "1.2.3")
    try report.set(.seriesInstanceUID, "1.2.3.2")
    try report.set(.patientID, "4711")
    try report.set(.patientName, "DOE^JANE")
    try report.set(.modality, "SR")
    #expect(try await triage([Radiographs.header(), report]).triageClass == .normal)
  }
}

/// One thing that may be wrong with a radiograph, and what is said of it.
struct Doubtful: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let reason: String
  let change: @Sendable (inout DataSet) throws -> Void

  init(
    _ description: String, _ reason: String,
    _ change: @escaping @Sendable (inout DataSet) throws -> Void
  ) {
    testDescription = description
    self.reason = reason
    self.change = change
  }

  static let all = origin + geometry + coverage + sight

  private static let origin = [
    Doubtful("once lossy", "loss of detail (12 to 1)") {
      try $0.set(.lossyImageCompression, "01")
      try $0.set(.lossyImageCompressionRatio, decimals: [3, 4])
    },
    Doubtful("secondary capture", "picture of a picture") {
      try $0.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.7")
    },
    Doubtful("many secondary captures", "picture of a picture") {
      try $0.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.7.2")
    },
    Doubtful("scanned film", "digitized film") { try $0.set(.conversionType, "DF") },
    Doubtful("a conversion nobody knows", "not known here") { try $0.set(.conversionType, "XX") },
    Doubtful("made later", "after the examination") {
      try $0.set(.imageType, ["DERIVED", "SECONDARY"])
    },
    Doubtful("detector values", "not yet processed") {
      try $0.set(.presentationIntentType, "FOR PROCESSING")
    },
    Doubtful("letters by its word", "burned into its pixels") {
      try $0.set(.burnedInAnnotation, "YES")
    },
    Doubtful("in colours", "no radiograph has") {
      try $0.set(.photometricInterpretation, "RGB")
      try $0.set(.samplesPerPixel, integers: [3])
      try $0.set(.planarConfiguration, integers: [0])
      try $0.set(.bitsAllocated, integers: [8])
      try $0.set(.bitsStored, integers: [8])
      try $0.set(.highBit, integers: [7])
      let greys = Radiographs.chest.map { UInt8($0 >> 4) }
      try $0.set(.pixelData, .OW, bytes: greys.flatMap { [$0, $0, $0] })
    },
  ]

  private static let geometry = [
    Doubtful("mirrored", "mirrored") { try $0.set(.patientOrientation, ["R", "F"]) },
    Doubtful("on its head", "on its head") { try $0.set(.patientOrientation, ["R", "H"]) },
    Doubtful("mirrored, on its head", "mirrored and on its head") {
      try $0.set(.patientOrientation, ["L", "H"])
    },
    Doubtful("on its side", "on its side") { try $0.set(.patientOrientation, ["F", "R"]) },
    Doubtful("an orientation of no frontal view", "no frontal chest can") {
      try $0.set(.patientOrientation, ["A", "F"])
    },
    Doubtful("turned by the device", "does not say how it lies") {
      $0[.patientOrientation] = nil
      try $0.set(.fieldOfViewRotation, decimals: [90])
    },
    Doubtful("flipped by the device", "does not say how it lies") {
      $0[.patientOrientation] = nil
      try $0.set(.fieldOfViewHorizontalFlip, "YES")
    },
    Doubtful("pixels twice as high", "not square") {
      try $0.set(.pixelAspectRatio, integers: [2, 1])
    },
    Doubtful("spacings that differ", "not square") {
      try $0.set(.imagerPixelSpacing, decimals: [3.6, 3.2])
    },
  ]

  private static let coverage = [
    Doubtful("a lateral view", "LL is not covered") { try $0.set(.viewPosition, "LL") },
    Doubtful("no view", "does not say its view") { $0[.viewPosition] = nil },
    Doubtful("a hand", "HAND is not covered") { try $0.set(.bodyPartExamined, "HAND") },
    Doubtful("a CT", "CT is not covered") { try $0.set(.modality, "CT") },
    Doubtful("six months old", "age") { try $0.set(.patientAge, "006M") },
    Doubtful("300 days old", "age") { try $0.set(.patientAge, "300D") },
    Doubtful("40 weeks old", "age") { try $0.set(.patientAge, "040W") },
    Doubtful("three frames", "3 frames") {
      try $0.set(.numberOfFrames, integers: [3])
      let greys = Radiographs.chest + Radiographs.chest + Radiographs.chest
      try $0.set(.pixelData, .OW, bytes: greys.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
    },
  ]

  private static let sight = [
    Doubtful("few pixels", "40 by 40 pixels") {
      try $0.show(
        (0..<1_600).map { Radiographs.chest[$0 / 40 * 2 * 96 + $0 % 40 * 2] }, columns: 40, rows: 40
      )
    },
    Doubtful("one grey", "next to nothing") {
      try $0.show([UInt16](repeating: 900, count: 96 * 96), columns: 96, rows: 96)
    },
    Doubtful("a speck on one grey", "next to nothing") {
      var greys = [UInt16](repeating: 900, count: 96 * 96)
      greys[5_000] = 4_095
      try $0.show(greys, columns: 96, rows: 96)
    },
    Doubtful("letters in its pixels", "looks like burned-in letters") {
      try $0.show(Radiographs.chest.lettered(side: 96), columns: 96, rows: 96)
    },
    Doubtful("turned by a quarter", "seems to lie on its side") {
      try $0.show(Radiographs.chest.quarterTurned(side: 96), columns: 96, rows: 96)
    },
    Doubtful("turned by a half, silent about it", "seems to be on its head") {
      $0[.patientOrientation] = nil
      try $0.show(Array(Radiographs.chest.reversed()), columns: 96, rows: 96)
    },
  ]
}
