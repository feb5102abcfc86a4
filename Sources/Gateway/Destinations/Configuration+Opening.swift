import Foundation

extension Configuration.Destination {
  /// The destination as something that can be sent to.
  ///
  /// - Throws: ``GatewayError/toolMissing`` where the program that speaks DICOM is needed and missing.
  public func opened(
    with program: Result<DIMSEProgram, GatewayError>, patience: Patience = .once
  ) throws(GatewayError) -> any Destination {
    switch address {
    case .folder(let folder, let isMade): DeliveryFolder(folder, isMade: isMade)
    case .dicom(let node): StorageNode(node, name: name, program: try program.get())
    case .stow(let archive): WebArchive(archive, patience: patience)
    case .fhir(let server): FHIRServer(server, patience: patience)
    case .mllp(let node): HL7Interface(node, name: name, patience: patience)
    }
  }

  /// Whether nobody on the way can read what is sent; a folder is no way.
  var isEncrypted: Bool {
    switch address {
    case .folder: true
    case .dicom(let node): node.tls != nil
    case .stow(let server), .fhir(let server): server.url.scheme == "https"
    case .mllp(let node): node.tls != nil
    }
  }
}
