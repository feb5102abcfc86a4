import Foundation
import TestSupport
import Testing

@testable import DICOM

/// Real files go through the de-identifier, and a program of others looks at what came out.
@Suite(
  "Of real images",
  .enabled(if: SharedFiles.hasDICOM && Oracle.isThere, "needs shared images and pydicom"))
struct RealImagesTests {
  @Test("each is refused, or pydicom reads it, finds no identity in it and the same pixels")
  func identity() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "real-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let deidentifier = Deidentifier.under("secret")
    var pairs: [String] = []
    let rows = try SharedFiles.index()
    for row in rows {
      let bytes = try SharedFiles.bytes(row)
      guard let output = try? deidentifier.output(of: bytes) else { continue }
      let place = folder.appending(path: "\(pairs.count / 2).dcm")
      try Data(output.bytes).write(to: place)
      pairs += [SharedFiles.dicom.appending(path: row["file"] ?? "").path, place.path]
    }
    // The others are secondary captures, reports and the like; see the table in the manual.
    #expect(pairs.count / 2 > 75)
    let list = folder.appending(path: "pairs")
    try Data(pairs.joined(separator: "\n").utf8).write(to: list)
    let verdict = try await Oracle.run(Self.comparison, [list.path], in: folder)
    #expect(verdict == "done\n")
  }

  /// Prints a line for each file that is not as it should be.
  ///
  /// Identity is looked for in the raw bytes, in the file's own alphabet and in UTF-8: whatever
  /// names a person, a place or an instance, in private attributes too.
  private static let comparison = """
    import re, sys, warnings
    warnings.simplefilter('ignore')
    import pydicom
    from pydicom.multival import MultiValue
    NAMED = {0x00100020, 0x00101000, 0x00100030, 0x00101040, 0x00102154, 0x00080050, 0x00080080,
             0x00080081, 0x00380010}
    def traces(data, found):
        for element in data:
            if element.VR == 'SQ':
                for item in element.value: traces(item, found)
                continue
            value = element.value
            values = value if isinstance(value, (list, MultiValue)) else [value]
            for text in map(str, values):
                if element.VR == 'PN': found.update(re.split('[\\\\^= ]', text) + [text])
                elif element.tag in NAMED: found.add(text)
                elif element.VR == 'UI' and not text.startswith('1.2.840.10008'): found.add(text)
    for before, after in zip(*[iter(open(sys.argv[1]).read().split('\\n'))] * 2):
        old, new = pydicom.dcmread(before, force=True), pydicom.dcmread(after)
        found = set()
        traces(old, found)
        maker = str(old.get('Manufacturer', '')) + str(old.get('ManufacturerModelName', ''))
        raw = open(after, 'rb').read()
        for text in found:
            if len(text) < 5 or text in maker or not text.strip('0'): continue
            if any(text.encode(a, 'replace') in raw for a in ('utf-8', 'latin-1', 'shift-jis')):
                print(before, 'still says something it must not')
        for element in new.iterall(): element.value
        if any(element.tag.is_private for element in new.iterall()): print(before, 'private')
        if new.PatientIdentityRemoved != 'YES': print(before, 'does not say so')
        same = old.PixelData == new.PixelData
        if not same and not (old.pixel_array == new.pixel_array).all(): print(before, 'pixels')
    print('done')
    """

  @Test("no radiograph loses what its kind of image must have")
  func conformance() async throws {
    let validator = URL(filePath: "/usr/bin/dciodvfy")
    try #require(FileManager.default.isExecutableFile(atPath: validator.path))
    let folder = FileManager.default.temporaryDirectory.appending(path: "valid-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var checked = 0
    for row in try SharedFiles.index() where ["DX", "CR", "MG"].contains(row["modality"]) {
      guard let output = try? Deidentifier.under("secret").output(of: SharedFiles.bytes(row))
      else { continue }
      let place = folder.appending(path: "\(checked).dcm")
      try Data(output.bytes).write(to: place)
      let source = SharedFiles.dicom.appending(path: row["file"] ?? "")
      let before = try await errors(of: source, validator, in: folder)
      let after = try await errors(of: place, validator, in: folder)
      #expect(after.subtracting(before) == [], "\(row["file"] ?? "")")
      checked += 1
    }
    #expect(checked > 5)
  }

  private func errors(
    of file: URL, _ validator: URL, in folder: URL
  ) async throws -> Set<Substring> {
    let place = folder.appending(path: UUID().uuidString)
    _ = try await Tool(executable: validator, arguments: [file.path])
      .run(writingTo: place, within: .seconds(60))
    return Set(
      String(decoding: try Data(contentsOf: place), as: UTF8.self)
        .split(separator: "\n").filter { $0.hasPrefix("Error") })
  }
}

/// Python of a virtual environment with pydicom.
private enum Oracle {
  private static let python = ProcessInfo.processInfo.environment["SECONDLOOK_ORACLES"].map {
    URL(filePath: $0 + "/bin/python")
  }
  static let isThere = python.map { FileManager.default.isExecutableFile(atPath: $0.path) } ?? false

  static func run(_ script: String, _ arguments: [String], in folder: URL) async throws -> String {
    let place = folder.appending(path: UUID().uuidString)
    let tool = Tool(
      executable: try #require(python), arguments: ["-c", script] + arguments)
    _ = try await tool.run(writingTo: place, within: .seconds(120))
    return String(decoding: try Data(contentsOf: place), as: UTF8.self)
  }
}
