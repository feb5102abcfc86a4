import DICOM
import Foundation
import Radiology
import Testing

@testable import Reporting

@Suite("FHIR documents and what others say of them")
struct FHIRConformanceTests {
  private static let isPossible = Tools.hasSource && Tools.python != nil

  private func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "fhir-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }

  @Test(
    "check_fhir.py and fhirkit accept every kind of report under a name in any alphabet",
    .enabled(if: isPossible, "SECONDLOOK_CONFORMANCE or SECONDLOOK_ORACLES is not there"))
  func accepted() async throws {
    try await withFolder { folder in
      var files: [URL] = []
      for kind in Kind.allCases {
        for (index, name) in PatientName.samples.enumerated() {
          var sample = try kind.sample()
          sample.patient = Patient(
            identifier: "PID0001", issuer: "HOSP", name: name.words, birthDate: "19600101",
            sex: "F", fallback: "")
          let file = folder.appending(path: "\(kind.rawValue)-\(index).json")
          try Resources.write(sample, kind).write(to: file)
          files.append(file)
        }
      }
      let verdicts = try await ScriptCheck.verdicts(of: "check_fhir.py", on: files)
      #expect(verdicts.count == files.count)
      for (file, verdict) in zip(files, verdicts) {
        #expect(verdict.hasSuffix("OK"), "\(file.lastPathComponent): \(verdict)")
      }
      #expect(try await ScriptCheck.fhirkit(files) == [:])
    }
  }

  @Test(
    "with nothing known of patient, order and hospital only the missing order is remarked on",
    .enabled(if: isPossible, "SECONDLOOK_CONFORMANCE or SECONDLOOK_ORACLES is not there"))
  func bare() async throws {
    try await withFolder { folder in
      var sample = Sample()
      sample.patient = Patient(identifier: "", name: "", fallback: "x")
      sample.study = Study(
        uid: sample.study.uid, patient: sample.patient.id, arrived: Sample.date(0))
      var header = DataSet()
      try header.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.1.1.1")
      let file = folder.appending(path: "bare.json")
      try Resources.write(sample, letterhead: .none, header: header).write(to: file)
      let verdict = try await ScriptCheck.verdicts(of: "check_fhir.py", on: [file])
      let faults = verdict.first?.split(separator: "\n").filter { $0.hasPrefix("BAD") }
      #expect(faults?.map { $0.prefix(22) } == ["BAD: no ServiceRequest"])
      #expect(try await ScriptCheck.fhirkit([file]) == [:])
    }
  }

  // MARK: Faults

  /// The faults of the design document, made in a document of ours.
  enum Fault: String, CaseIterable {
    case noStatus, noCode, unknownElement, badInstant, textQuantity, badStatus, danglingReference
    case compositionNotFirst, otherStatus, wrongCode

    func seed(in text: String) -> String {
      func change(_ old: String, _ new: String) -> String {
        let range = text.range(of: old)
        return range.map { text.replacingCharacters(in: $0, with: new) } ?? text
      }
      return switch self {
      case .noStatus: change("\"status\":\"preliminary\",\"subject\"", "\"subject\"")
      case .noCode:
        text.replacing(/"code":\{"coding":\[[^\]]*\],"text":"Measurement Group"\},/, with: "")
      case .unknownElement: change("\"conclusion\":", "\"conclusions\":")
      case .badInstant: change("\"timestamp\":\"2026-11-23T", "\"timestamp\":\"2026-11-23 ")
      case .textQuantity: change("\"value\":93}", "\"value\":\"93\"}")
      // In one place: a word that stood everywhere would be no case of ``FHIR/Status``.
      case .badStatus: change("\"status\":\"preliminary\"", "\"status\":\"provisional\"")
      case .danglingReference: change("\"reference\":\"urn:uuid:", "\"reference\":\"urn:uuid:0")
      case .compositionNotFirst: Self.reversed(text)
      case .otherStatus: change("\"status\":\"preliminary\"", "\"status\":\"final\"")
      case .wrongCode: change("\"code\":\"263654008\"", "\"code\":\"35917007\"")
      }
    }

    private static func reversed(_ text: String) -> String {
      guard var bundle = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
        let entries = bundle["entry"] as? [Any]
      else { return text }
      bundle["entry"] = Array(entries.reversed())
      let data = try? JSONSerialization.data(withJSONObject: bundle)
      return data.map { String(decoding: $0, as: UTF8.self) } ?? text
    }
  }

  @Test(
    "each of the faults of the design document is caught by one of the checks",
    .enabled(if: isPossible, "SECONDLOOK_CONFORMANCE or SECONDLOOK_ORACLES is not there"))
  func faults() async throws {
    try await withFolder { folder in
      let whole = String(
        decoding: try Resources.write(try Kind.suspicious.sample(), .suspicious), as: UTF8.self)
      let files = try Fault.allCases.map { fault in
        let text = fault.seed(in: whole)
        #expect(text != whole, "\(fault) changes nothing")
        let file = folder.appending(path: "\(fault.rawValue).json")
        try Data(text.utf8).write(to: file)
        return file
      }
      let verdicts = try await ScriptCheck.verdicts(of: "check_fhir.py", on: files)
      let faulty = try await ScriptCheck.fhirkit(files)
      let codes = FHIRDocumentTests.codes(in: try Resources(Data(whole.utf8)).bundle)
      for (index, fault) in Fault.allCases.enumerated() {
        // No validator knows what a code means; that is what the table is for.
        let written = FHIRDocumentTests.codes(
          in: try Resources(try Data(contentsOf: files[index])).bundle)
        let isCaught =
          !verdicts[index].hasSuffix("OK") || faulty["\(fault.rawValue).json"] != nil
          || !written.isSubset(of: codes)
        #expect(isCaught, "\(fault): \(verdicts[index])")
      }
    }
  }
}
