import Gateway
import Radiology
import Reporting

extension Document {
  /// The document as one destination gets it: an HL7 message names the system it is for.
  func addressed(to destination: Configuration.Destination, as format: ExportFormat) -> Document {
    guard format == .hl7 else { return self }
    var recipient = HL7Recipient()
    if case .mllp(let node) = destination.address {
      recipient = HL7Recipient(application: node.application, facility: node.facility)
    }
    return Document(fileName: fileName, bytes: recipient.addressed(bytes))
  }
}
