import DICOM
import Foundation
import Testing

@testable import Reporting

/// The faults that a document must not leave with; each is made in one of ours.
enum SeededFault: String, CaseIterable, Sendable {
  case completionFlagRemoved, evidenceRemoved, outlineOpen, oddCoordinates, wrongRelationship
  case patientAltered, wrongCode, unitRemoved

  /// The tools of the gate that have to see it; others may.
  var caughtBy: Set<Gate> {
    switch self {
    case .completionFlagRemoved, .evidenceRemoved: [.dciodvfy, .checkSR]
    case .outlineOpen, .patientAltered, .wrongCode: [.checkSR]
    case .oddCoordinates: [.dsrdump, .checkSR]
    case .wrongRelationship: [.dciodvfy, .dsrdump]
    case .unitRemoved: [.dciodvfy, .dsrdump, .checkSR]
    }
  }

  /// What looks at a document before it counts as good.
  enum Gate: Sendable { case dciodvfy, dsrdump, checkSR }

  func seed(in document: inout DataSet) throws {
    switch self {
    case .completionFlagRemoved: document[.completionFlag] = nil
    case .evidenceRemoved: document[.currentRequestedProcedureEvidenceSequence] = nil
    case .patientAltered: try document.set(.patientID, "PID0002")
    case .outlineOpen, .oddCoordinates:
      try document.changeItem(where: { $0.string(.valueType) == "SCOORD" }) { outline in
        let points = outline.decimals(.graphicData)
        try outline.set(
          .graphicData, decimals: Array(points.dropLast(self == .outlineOpen ? 2 : 1)))
      }
    case .wrongRelationship:
      try document.changeItem(where: { $0.string(.valueType) == "SCOORD" }) { outline in
        var image = try #require(outline.items(.contentSequence).first)
        try image.set(.relationshipType, "CONTAINS")
        outline.set(.contentSequence, items: [image])
      }
    case .wrongCode:
      try document.changeItem(where: { !$0.items(.conceptCodeSequence).isEmpty && $0.isFinding }) {
        finding in
        var code = try #require(finding.items(.conceptCodeSequence).first)
        // Adenocarcinoma, under the meaning of normal.
        try code.set(.codeValue, "35917007")
        finding.set(.conceptCodeSequence, items: [code])
      }
    case .unitRemoved:
      try document.changeItem(where: { $0.string(.valueType) == "NUM" }) { number in
        var value = try #require(number.items(.measuredValueSequence).first)
        value[.measurementUnitsCodeSequence] = nil
        number.set(.measuredValueSequence, items: [value])
      }
    }
  }
}

@Suite("Seeded faults")
struct SeededFaultTests {
  @Test(
    "the gate refuses our own document once a fault is seeded in it",
    .enabled(
      if: Tools.hasSource && Tools.hasValidators && Tools.python != nil,
      "SECONDLOOK_CONFORMANCE, SECONDLOOK_ORACLES, dicom3tools or DCMTK is not there"))
  func gate() throws {
    try Tools.withFolder { folder in
      var header = try DICOMFile.read(try Data(contentsOf: Tools.sourceImage)).dataSet
      header[.pixelData] = nil
      let sound = try DICOMFile.read(
        Form.sr.write(try Kind.normalWithRegion.sample(), .normalWithRegion, header: header)
      ).dataSet
      var pairs: [(document: URL, source: URL)] = []
      for fault in SeededFault.allCases {
        var document = sound
        try fault.seed(in: &document)
        #expect(document != sound, "\(fault)")
        let place = folder.appending(path: "\(fault).dcm")
        try Data(try DICOMFile(document).write()).write(to: place)
        pairs.append((place, Tools.sourceImage))
      }
      let verdicts = try StructuredReportCheck.verdicts(on: pairs)
      try #require(verdicts.count == pairs.count)
      for (index, fault) in SeededFault.allCases.enumerated() {
        let path = pairs[index].document.path
        var caught: Set<SeededFault.Gate> = []
        let verify = try Tools.run("/usr/bin/dciodvfy", [path])
        if verify.status != 0 || verify.output.contains("Error") { caught.insert(.dciodvfy) }
        let dump = try Tools.run("/usr/bin/dsrdump", ["-q", path])
        let parsed = try Tools.run("/usr/bin/dsrdump", [path]).output
        if dump.status != 0 || parsed.contains("E: ") || parsed.contains("W: ") {
          caught.insert(.dsrdump)
        }
        if !verdicts[index].hasSuffix("OK") { caught.insert(.checkSR) }
        #expect(caught.isSuperset(of: fault.caughtBy), "\(fault): \(caught) \(verdicts[index])")
      }
    }
  }
}

extension DataSet {
  fileprivate var isFinding: Bool {
    items(.conceptNameCodeSequence).first?.string(.codeValue) == "121071"
  }

  /// Changes the first node of the content tree that fits.
  fileprivate mutating func changeItem(
    where fits: (DataSet) -> Bool, _ change: (inout DataSet) throws -> Void
  ) throws {
    let isChanged = try changeFirst(where: fits, change)
    #expect(isChanged, "the document has such a node")
  }

  private mutating func changeFirst(
    where fits: (DataSet) -> Bool, _ change: (inout DataSet) throws -> Void
  ) throws -> Bool {
    var children = items(.contentSequence)
    for index in children.indices {
      if fits(children[index]) {
        try change(&children[index])
      } else if try !children[index].changeFirst(where: fits, change) {
        continue
      }
      set(.contentSequence, items: children)
      return true
    }
    return false
  }
}
