/// A system that takes HL7 v2 messages over MLLP.
public struct MLLPNode: Sendable, Equatable {
  public let host: String
  public let port: Int
  public let tls: Configuration.Trust?
}
