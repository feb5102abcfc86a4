import Foundation
import TestSupport

/// A real archive that may be killed and started again: what it stored stays.
struct Archive {
  let folder: URL
  let http = freePort()
  /// Port of its DICOM service, where it has one.
  let dicom = freePort()
  private static let plugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"

  init(dicom isDICOM: Bool = false) throws {
    folder = try Receiver.newFolder()
    let settings: [String: Any] = [
      "StorageDirectory": folder.path, "IndexDirectory": folder.path, "HttpPort": Int(http),
      "DicomServerEnabled": isDICOM, "DicomPort": Int(dicom),
      "DicomAet": "ORTHANC", "DicomAlwaysAllowFind": true, "RemoteAccessAllowed": false,
      "AuthenticationEnabled": false,
      "Plugins": [Self.plugin], "DicomWeb": ["Enable": true, "Root": "/dicom-web/"],
    ]
    try JSONSerialization.data(withJSONObject: settings)
      .write(to: folder.appending(path: "orthanc.json"))
  }

  /// Starts it, and waits until it answers.
  func start() async throws -> Launched {
    let process = try Tool(
      executable: URL(filePath: "/usr/sbin/Orthanc"),
      arguments: [folder.appending(path: "orthanc.json").path]
    ).launch(writingTo: folder.appending(path: "log-\(UUID().uuidString)"))
    _ = try await process.says(#/Orthanc has started/#, within: .seconds(60))
    return process
  }

  func store(_ file: Data) async throws {
    _ = try await Orthanc(http: http, dicom: 0, peer: 0).rest("/instances", post: file)
  }

  func clean() { try? FileManager.default.removeItem(at: folder) }
}
