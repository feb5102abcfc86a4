import Foundation
import Testing

@testable import Reporting

@Suite("Code table")
struct CodeTableTests {
  static func text() throws -> String {
    try Assets.text(of: "codes.tsv", in: try Assets.folder())
  }

  private static func isUnreviewed(_ error: any Error) -> Bool {
    if case .codeTableUnreviewed? = error as? ReportingError { true } else { false }
  }

  @Test("the table of the assets is the reviewed one and has every concept")
  func reviewed() throws {
    let table = try CodeTable(folder: try Assets.folder())
    #expect(table[.normal].value == "17621005")
    #expect(table[.abnormal].value == "263654008")
    #expect(table[.noneSucceeded].meaning == "No algorithms succeeded; without findings")
  }

  @Test("a code that differs from the reviewed one is refused")
  func wrongCode() throws {
    // 35917007 is adenocarcinoma; every validator of documents would let it pass.
    let text = try Self.text().replacingOccurrences(of: "\t17621005\t", with: "\t35917007\t")
    #expect { try CodeTable(parsing: text) } throws: { Self.isUnreviewed($0) }
  }

  @Test("a meaning that differs from the reviewed one is refused")
  func wrongMeaning() throws {
    let text = try Self.text().replacingOccurrences(of: "\tAbnormal\t", with: "\tNormal\t")
    #expect { try CodeTable(parsing: text) } throws: { Self.isUnreviewed($0) }
  }

  @Test("a missing line, an unknown key, a second line and a broken line are refused")
  func brokenLines() throws {
    let text = try Self.text()
    let normal = try #require(text.split(separator: "\n").first { $0.hasPrefix("normal\t") })
    let without = text.replacingOccurrences(of: normal + "\n", with: "")
    #expect(throws: ReportingError.codeMissing(key: "normal")) { try CodeTable(parsing: without) }
    let lines = text.split(separator: "\n").count
    for extra in [
      "unheardOf\tSCT\t1\tUnheard of\tnowhere\t", String(normal), "normal\tSCT\t17621005",
      "normal\tXYZ\t17621005\tNormal\tPS3.16\t",
    ] {
      #expect {
        try CodeTable(parsing: text + extra + "\n")
      } throws: { error in
        guard case .codeTable(let line, _)? = error as? ReportingError else { return false }
        return line > lines - 1
      }
    }
    #expect {
      try CodeTable(parsing: "key\tvalue\n")
    } throws: { error in
      if case .codeTable(1, _)? = error as? ReportingError { true } else { false }
    }
  }

  @Test("what HL7 and LOINC codes rest on is told in words, as no dictionary at hand has them all")
  func sources() throws {
    let rows = try Self.text().split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst()
      .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    let elsewhere = rows.filter { !["DCM", "SCT", "RADLEX", "UCUM", "RFC5646"].contains($0[1]) }
    #expect(elsewhere.count > 20)
    for row in elsewhere {
      #expect(row.count == 6, "\(row)")
      // A catalogue or a table of one, and what the code is used for or whom it still waits for.
      #expect(["LOINC", "PS3.16 ", "HL7 ", "FHIR R4 "].contains { row[4].hasPrefix($0) }, "\(row)")
      #expect(row[5].count > 3, "\(row)")
    }
    // One that nobody could look up says so until somebody has.
    let waiting = try #require(rows.first { $0[0] == "chestReport" })
    #expect(waiting[5].contains("a person has to look it up"))
  }

  @Test(
    "pydicom's dictionaries give every code the same meaning",
    .enabled(if: Tools.python != nil, "SECONDLOOK_ORACLES names no venv with pydicom"))
  func agreesWithPydicom() throws {
    let python = try #require(Tools.python)
    let script = """
      import sys
      from pydicom.sr import _concepts_dict as cd
      known = {}
      for scheme, words in cd.concepts.items():
          for codes in words.values():
              for code, value in codes.items():
                  known.setdefault((scheme, code), set()).add(value[0].lower())
      # Those that pydicom does not have: a language, an annotation, two of LOINC, HL7's own lists.
      elsewhere = {('RFC5646', 'en'), ('UCUM', '{pixels}'), ('LN', '18726-0'), ('LN', '30745-4')}
      lists = {'v2-0074', 'v2-0203', 'observation-category', 'list-empty-reason',
               'v3-DataOperation', 'provenance-participant-type'}
      compared = 0
      for line in open(sys.argv[1], encoding='utf-8'):
          if line.startswith('#') or line.startswith('key\\t'): continue
          key, scheme, code, meaning = line.split('\\t')[:4]
          if (scheme, code) in elsewhere or scheme in lists: continue
          meanings = known.get((scheme, code))
          if meanings is None: print('unknown', key, scheme, code); continue
          if not any(meaning.lower() == m.split(' (')[0] for m in meanings):
              print('differs', key, meanings, meaning)
          compared += 1
      print('compared', compared)
      """
    let table = try Assets.folder().appending(path: "codes.tsv").path
    let outcome = try Tools.run(python, ["-c", script, table])
    #expect(outcome.output == "compared \(Concept.allCases.count - 15)\n")
  }

  @Test("the text of a fingerprint is that of FNV-1a")
  func fingerprint() {
    #expect(Fingerprint.of("") == 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    #expect(Fingerprint.of("a") == 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964)
  }
}
