import DICOM
import Foundation

@testable import Gateway

/// A folder that goes with the test.
final class TestFolder {
  let url = FileManager.default.temporaryDirectory
    .appending(path: "secondlook-gateway-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Names of the files below, without the folders.
  func files(in place: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: url.appending(path: place).path)
    return (names ?? []).sorted()
  }
}

/// A small object of a study.
func object(_ instance: String, study: String = "1.2.3", padding: Int = 0) throws -> [UInt8] {
  var dataSet = DataSet()
  try dataSet.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.7")
  try dataSet.set(.sopInstanceUID, instance)
  try dataSet.set(.studyInstanceUID, study)
  try dataSet.set(.seriesInstanceUID, "1.2.3.4")
  try dataSet.set(.imageComments, String(repeating: "x", count: padding))
  return [UInt8](try DICOMFile(dataSet).write())
}

/// A search's answer for an object.
func listed(_ instance: String) -> String {
  """
  {"00080018": {"vr": "UI", "Value": ["\(instance)"]},
   "0020000E": {"vr": "UI", "Value": ["1.2.3.4"]}}
  """
}

/// A search's answer for a study.
func listedStudy(_ uid: String = "1.2.3", patient: String = "P1", instances: Int = 0) -> String {
  """
  {"0020000D": {"vr": "UI", "Value": ["\(uid)"]}, "00100020": {"vr": "LO", "Value": ["\(patient)"]},
   "00201208": {"vr": "IS", "Value": [\(instances)]}}
  """
}

extension Configuration.Archive {
  /// An archive at an address, with the settings given as in a file.
  static func at(_ url: String, _ settings: String = "", folder: URL? = nil) throws -> Self {
    let text = "[[pacs]]\nname = \"test\"\nurl = \"\(url)\"\n" + settings
    let file = (folder ?? FileManager.default.temporaryDirectory).appending(path: "test.toml")
    return try Configuration.read(text, file: file).archives[0]
  }
}

extension Patience {
  /// Waits for whatever other tests do with the machine, but is quick to ask again.
  static let eager = Patience(
    connecting: .seconds(600), silence: .seconds(600), search: .seconds(600),
    retrieval: .seconds(600),
    attempts: 3, firstPause: .milliseconds(5), longestPause: .milliseconds(10))

  /// For servers that fall silent and then answer: long enough for a busy machine.
  static let hasty = Patience(
    connecting: .seconds(30), silence: .seconds(3), search: .seconds(60), retrieval: .seconds(60),
    attempts: 3, firstPause: .milliseconds(5), longestPause: .milliseconds(10))

  /// For servers that never say anything.
  static let none = Patience(
    connecting: .seconds(30), silence: .milliseconds(100), search: .seconds(60),
    retrieval: .seconds(60), attempts: 1, firstPause: .zero, longestPause: .zero)
}

/// Speaks to a server for as long as the body runs.
func speaking<Result>(
  to url: String, _ settings: String = "", patience: Patience = .eager,
  _ body: (DICOMweb) async throws -> Result
) async throws -> Result {
  let web = try DICOMweb(.at(url, settings), patience: patience)
  do {
    let result = try await body(web)
    await web.close()
    return result
  } catch {
    await web.close()
    throw error
  }
}

extension Configuration.Archive {
  /// The same, with a smaller limit than a file can set.
  func taking(_ largest: Int) -> Self {
    Self(
      name: name, url: url, authorities: authorities, credentials: credentials,
      modalities: modalities, days: days, interval: interval, largest: largest)
  }
}
