import Foundation
import TestSupport
import Testing

/// Every DICOM file there is, odd and malformed ones among them, through the program.
@Suite(.enabled(if: SharedFiles.hasDICOM, "SECONDLOOK_DATA is not there"))
struct ImportTests {
  @Test("every file is shown or refused with a reason, and nothing steers the terminal")
  func everything() async throws {
    let program = try Program()
    defer { program.clean() }
    let first = try await program.run("import", "--verbose", SharedFiles.dicom.path)
    #expect(first.status == 0, "\(first)")
    #expect(first.isPlain)
    let counts = try Counts(first.output)
    #expect(try await program.run("worklist").output.contains("#\(counts.studies) "))
    #expect(try await !program.run("worklist").output.contains("#\(counts.studies + 1) "))
    let files = try SharedFiles.decodable()
    #expect(counts.files == files.count)
    // Some images are there in several encodings.
    #expect(counts.known > 0)
    #expect(counts.new + counts.known + counts.refused + counts.documents == files.count)
    let refused = try refusals(in: first.output)
    #expect(refused.count == counts.refused)
    for (name, isDecodable) in files where isDecodable {
      guard let reason = refused[name] else { continue }
      #expect(excuses.contains { reason.contains($0) }, "\(name): \(reason)")
    }
    try await staysTheSame(program, counts)
  }

  /// A second import changes nothing, and every list of studies is plain text.
  private func staysTheSame(_ program: Program, _ counts: Counts) async throws {
    let before = try await program.run("worklist", "--json")
    let second = try Counts(await program.run("import", SharedFiles.dicom.path).output)
    #expect(second.new == 0)
    #expect(second.known == counts.new + counts.known)
    #expect(second.refused == counts.refused)
    #expect(second.documents == counts.documents)
    #expect(try await program.run("worklist", "--json").output == before.output)
    #expect(try await program.run("worklist").isPlain)
    #expect(try await program.run("audit", "--verify").status == 0)
  }

  @Test("a patient's name that holds escape sequences is shown without them")
  func escapes() async throws {
    let program = try Program()
    defer { program.clean() }
    let file = SharedFiles.dicom.path + "/malformed/escape-in-name.dcm"
    let bytes = try Data(contentsOf: URL(filePath: file))
    try #require(bytes.contains(0x1b))
    for command in [["import", "--verbose", file], ["worklist"], ["show", "#1"], ["audit"]] {
      let outcome = try await program.run(Program.executable, command)
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.isPlain, "\(outcome)")
    }
  }

  /// Why a file that the reference decodes may be refused all the same.
  private let excuses = [
    "An object with the same identifiers and other content is stored already",
    "1-bit pixels are not decoded here",
    "32-bit pixels are not decoded here", "High-Throughput JPEG 2000 is not decoded here",
    "is no JPEG 2000 codestream", "uses colours in a way that is not supported",
    "JPEG-LS of less than 8 bits is not decoded here", "segmented palettes are not shown here",
    // Implicit VR in a file that says explicit; frames of different sizes.
    "has a value representation that does not exist", "the compressed frame is damaged",
  ]

  /// The reasons by the name of the file.
  private func refusals(in output: String) throws -> [String: String] {
    let lines = output.split(separator: "\n")
    let start = try #require(lines.firstIndex { $0.hasPrefix("refused  ") })
    let end = try #require(lines.firstIndex { $0.contains("studies triaged") })
    let pairs = try lines[(start + 1)..<end].map { line in
      let parts = try #require(line.wholeMatch(of: #/(\S+) {2,}(\S.*)/#), "\(line)")
      return (String(parts.1), String(parts.2))
    }
    return Dictionary(pairs) { first, _ in first }
  }
}

/// What the program counted, for example
/// `348 files: 154 new, 0 known, 163 refused, 31 documents without a picture; 169 studies`.
private struct Counts {
  let files: Int
  let new: Int
  let known: Int
  let refused: Int
  let documents: Int
  let studies: Int

  init(_ output: String) throws {
    let found = try #require(
      output.firstMatch(
        of:
          #/(\d+) files: (\d+) new, (\d+) known, (\d+) refused, (\d+) documents .*; (\d+) studies/#
      ), "\(output)")
    func number(_ text: Substring) throws -> Int { try #require(Int(text)) }
    files = try number(found.1)
    new = try number(found.2)
    known = try number(found.3)
    refused = try number(found.4)
    documents = try number(found.5)
    studies = try number(found.6)
  }
}

extension SharedFiles {
  /// Whether the reference decodes a file, by its name.
  fileprivate static func decodable() throws -> [String: Bool] {
    let pairs = try index().map { row in
      (
        URL(filePath: row["file"] ?? "").lastPathComponent,
        row["pixels"]?.hasPrefix("ok") == true
      )
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }
}
