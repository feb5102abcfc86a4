/// How a data set and its pixels are encoded, by UID.
///
/// Source: PS3.5 10 and PS3.6 A.
public struct TransferSyntax: Hashable, Sendable {
  public let uid: String

  public init(uid: String) { self.uid = uid }

  public static let implicitLittleEndian = TransferSyntax(uid: "1.2.840.10008.1.2")
  public static let explicitLittleEndian = TransferSyntax(uid: "1.2.840.10008.1.2.1")
  public static let deflatedExplicitLittleEndian = TransferSyntax(uid: "1.2.840.10008.1.2.1.99")
  public static let explicitBigEndian = TransferSyntax(uid: "1.2.840.10008.1.2.2")
  public static let jpegBaseline = TransferSyntax(uid: "1.2.840.10008.1.2.4.50")
  public static let jpegExtended = TransferSyntax(uid: "1.2.840.10008.1.2.4.51")
  public static let jpegLossless = TransferSyntax(uid: "1.2.840.10008.1.2.4.57")
  public static let jpegLosslessSV1 = TransferSyntax(uid: "1.2.840.10008.1.2.4.70")
  public static let jpegLSLossless = TransferSyntax(uid: "1.2.840.10008.1.2.4.80")
  public static let jpegLSNearLossless = TransferSyntax(uid: "1.2.840.10008.1.2.4.81")
  public static let jpeg2000Lossless = TransferSyntax(uid: "1.2.840.10008.1.2.4.90")
  public static let jpeg2000 = TransferSyntax(uid: "1.2.840.10008.1.2.4.91")
  public static let rleLossless = TransferSyntax(uid: "1.2.840.10008.1.2.5")

  /// Whether the pixels are in fragments (PS3.5 A.4) and not plain words.
  public var isEncapsulated: Bool {
    switch self {
    case .implicitLittleEndian, .explicitLittleEndian, .deflatedExplicitLittleEndian,
      .explicitBigEndian:
      false
    default: true
    }
  }

  /// Whether decoding cannot give the values the device stored.
  public var isLossy: Bool {
    switch self {
    case .jpegBaseline, .jpegExtended, .jpegLSNearLossless, .jpeg2000: true
    default: uid == "1.2.840.10008.1.2.4.53" || uid == "1.2.840.10008.1.2.4.55"
    }
  }

  /// Whether we know how this transfer syntax writes data sets.
  ///
  /// Every encapsulated one of the standard is explicit little endian (PS3.5 A.4); a UID from
  /// outside the standard's own tree may be anything.
  var isStandard: Bool {
    uid == "1.2.840.10008.1.2" || uid.hasPrefix("1.2.840.10008.1.2.")
  }

  var hasExplicitVR: Bool { self != .implicitLittleEndian }
  var isBigEndian: Bool { self == .explicitBigEndian }
}
