import Foundation
import Gateway
import Radiology
import TestSupport
import Testing

/// A real worklist server is asked for orders.
@Suite(.enabled(if: Orthanc.isHere && hasDCMTK)) struct WorklistOrderTests {
  private static func worklist(
    at port: UInt16, _ settings: String = ""
  ) throws -> ModalityWorklist {
    let folder = try Receiver.newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = """
      [worklist]
      host = "127.0.0.1"
      port = \(port)
      ae_title = "ORTHANC"
      \(settings)
      """
    try Data(text.utf8).write(to: folder.appending(path: Configuration.fileName))
    let settings = try #require(try Configuration.read(home: folder).worklist)
    return ModalityWorklist(settings, program: try DIMSEProgram())
  }

  @Test("an item of the worklist is an order, with its priority")
  func order() async throws {
    try await Orthanc.running { orthanc in
      let worklist = try Self.worklist(at: orthanc.dicom, "modality = \"DX\"")
      try await worklist.echo()
      let result = try await worklist.orders()
      #expect(!result.isCut && result.unreadable == 0)
      #expect(
        result.orders == [
          Order(
            accession: "ACC0001", patientIdentifier: "PID0001",
            patientName: "SECONDLOOK^TEST^ONE", birthDate: "19600101", sex: "F",
            procedure: "Chest PA", procedureID: "RP0001", priority: .stat, modality: "DX",
            scheduledDate: "20261123", scheduledTime: "090000", station: "SECONDLOOK",
            study: "2.25.1001", source: "ORTHANC")
        ])
      #expect(try await worklist.orders(dates: "20261123-20261124").orders.count == 1)
      #expect(try await worklist.orders(dates: "20261124-20261125").orders.isEmpty)
      #expect(try await worklist.orders(accession: "ACC0002").orders.isEmpty)
      let other = try Self.worklist(at: orthanc.dicom, "modality = \"CT\"")
      #expect(try await other.orders().orders.isEmpty)
    }
  }

  @Test("a server that is not there is an error, and no empty worklist")
  func absent() async throws {
    let worklist = try Self.worklist(at: freePort())
    await #expect(throws: GatewayError.self) { try await worklist.orders() }
    await #expect(throws: GatewayError.self) { try await worklist.echo() }
  }
}
