public import Foundation

/// A DICOM file in parts: its meta information, its data set, and where its pixels are.
///
/// Source: PS3.10 7.
public struct DICOMFile: Sendable, Equatable {
  /// Group 2; empty in files without a header.
  public let meta: DataSet
  public var dataSet: DataSet
  public let transferSyntax: TransferSyntax

  /// A file to be written, in explicit VR little endian.
  public init(_ dataSet: DataSet) { self.init(dataSet, in: .explicitLittleEndian) }

  /// A file to be written with the pixels of another, which are in that one's transfer syntax.
  init(_ dataSet: DataSet, in transferSyntax: TransferSyntax) {
    self.init(meta: DataSet(), dataSet: dataSet, transferSyntax: transferSyntax)
  }

  private init(meta: DataSet, dataSet: DataSet, transferSyntax: TransferSyntax) {
    self.meta = meta
    self.dataSet = dataSet
    self.transferSyntax = transferSyntax
  }

  /// Where the pixels are in the bytes that were read; nil if the file has none.
  ///
  /// Float pixels are not looked for: nothing here can show them.
  public var pixels: PixelReference? {
    guard case .pixels(let pixels) = dataSet[.pixelData]?.value else { return nil }
    return pixels
  }

  /// Gives back the inflated form of a raw deflate stream, or throws.
  public typealias Inflate = (ArraySlice<UInt8>) throws -> [UInt8]

  /// Reads a file from its bytes; pixels are located and not copied.
  ///
  /// Files without preamble or meta information are read if they begin like a data set.
  /// `inflate` undoes deflate (RFC 1951, no header); without it, deflated files are refused.
  /// Positions of pixels then count in the inflated bytes.
  public static func read(
    _ bytes: [UInt8], inflate: Inflate? = nil
  ) throws(DICOMError) -> DICOMFile {
    try locate(bytes, inflate: inflate).file
  }

  /// A file with the bytes in which its pixels are.
  typealias Located = (file: DICOMFile, bytes: [UInt8])

  static func locate(
    _ bytes: [UInt8], inflate: Inflate?
  ) throws(DICOMError) -> Located {
    guard var start = beginning(of: bytes) else { throw .notDICOM }
    var header = DataSetParser(bytes, at: start, isExplicit: true, isBigEndian: false)
    let meta = try header.metaInformation()
    start = header.position
    let stated = meta.string(.transferSyntaxUID).map { TransferSyntax(uid: $0) }
    guard let syntax = stated ?? guess(bytes, at: start) else { throw .notDICOM }
    guard syntax.isStandard else { throw .unsupportedTransferSyntax }
    var bytes = bytes
    if syntax == .deflatedExplicitLittleEndian {
      guard let inflate else { throw .deflated }
      guard let inflated = try? inflate(bytes[start...]) else { throw .badDeflate }
      (bytes, start) = (inflated, 0)
    }
    guard start < bytes.count else { throw .truncated(at: start) }
    var parser = DataSetParser(
      bytes, at: start, isExplicit: syntax.hasExplicitVR, isBigEndian: syntax.isBigEndian)
    let dataSet = try parser.dataSet(upTo: bytes.count)
    return (DICOMFile(meta: meta, dataSet: dataSet, transferSyntax: syntax), bytes)
  }

  public static func read(_ data: Data, inflate: Inflate? = nil) throws(DICOMError) -> DICOMFile {
    try read([UInt8](data), inflate: inflate)
  }

  /// Whether a file that begins like this is DICOM; 140 bytes are enough to know.
  public static func isDICOM(prefix: [UInt8]) -> Bool { beginning(of: prefix) != nil }

  /// Where meta information or data set begin; nil if this is something else.
  private static func beginning(of bytes: [UInt8]) -> Int? {
    if bytes.count >= 132, bytes[128..<132].elementsEqual("DICM".utf8) { return 132 }
    guard bytes.count >= 8 else { return nil }
    let hasMeta = bytes.starts(with: [2, 0]) && VR(bytes[4], bytes[5]) != nil
    return hasMeta || guess(bytes, at: 0) != nil ? 0 : nil
  }

  /// The transfer syntax that a data set without header must have, from its first element.
  ///
  /// Data sets begin with group 8 (group 2 is taken off, group 4 is only in directories).
  private static func guess(_ bytes: [UInt8], at start: Int) -> TransferSyntax? {
    guard bytes.count - start >= 8 else { return nil }
    let first = bytes[start..<start + 8]
    let vr = VR(bytes[start + 4], bytes[start + 5])
    if first.starts(with: [8, 0]) {
      if vr != nil { return .explicitLittleEndian }
      // An implicit length of the first, short element has no high bytes.
      return first.suffix(2).allSatisfy { $0 == 0 } ? .implicitLittleEndian : nil
    }
    return first.starts(with: [0, 8]) && vr != nil ? .explicitBigEndian : nil
  }
}
