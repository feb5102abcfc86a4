/// A system that takes HL7 v2 messages over MLLP.
public struct MLLPNode: Sendable, Equatable {
  public let host: String
  public let port: Int
  public let tls: Configuration.Trust?
  /// What it calls itself, MSH-5 and MSH-6; empty where the configuration does not say.
  public let application: String
  public let facility: String

  public init(
    host: String, port: Int, tls: Configuration.Trust?, application: String = "",
    facility: String = ""
  ) {
    self.host = host
    self.port = port
    self.tls = tls
    self.application = application
    self.facility = facility
  }
}
