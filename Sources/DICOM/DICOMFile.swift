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

  public static func read(_ data: Data, inflate: Inflate? = nil) throws(DICOMError) -> DICOMFile {
    try read([UInt8](data), inflate: inflate)
  }

  /// Reads a file of `size` bytes piece by piece; what is skipped by its length is not asked for.
  ///
  /// `piece` gives these bytes of the file; where it cannot, the file counts as cut off.
  public static func read(
    size: Int, inflate: Inflate? = nil, piece: @escaping (Range<Int>) -> [UInt8]?
  ) throws(DICOMError) -> DICOMFile {
    try parse(ByteWindow(count: size, load: piece), inflate: inflate).file
  }

  /// A file with the bytes in which its pixels are.
  typealias Located = (file: DICOMFile, bytes: [UInt8])

  static func locate(
    _ bytes: [UInt8], inflate: Inflate?
  ) throws(DICOMError) -> Located {
    let (file, inflated) = try parse(ByteWindow(bytes), inflate: inflate)
    return (file, inflated ?? bytes)
  }

  private static func parse(
    _ window: ByteWindow, inflate: Inflate?
  ) throws(DICOMError) -> (file: DICOMFile, inflated: [UInt8]?) {
    var window = window
    let first = try window.first(140)
    guard let start = beginning(of: first) else { throw .notDICOM }
    var header = DataSetParser(window, at: start, isExplicit: true, isBigEndian: false)
    let meta = try header.metaInformation()
    var next = try header.upcoming(8)
    let stated = meta.string(.transferSyntaxUID).map { TransferSyntax(uid: $0) }
    guard let syntax = stated ?? guess(next) else { throw .notDICOM }
    guard syntax.isStandard else { throw .unsupportedTransferSyntax }
    var inflated: [UInt8]?
    if syntax == .deflatedExplicitLittleEndian {
      guard let inflate else { throw .deflated }
      let deflated = try header.rest()
      guard let all = try? inflate(deflated) else { throw .badDeflate }
      inflated = all
      next = Array(all.prefix(8))
    }
    guard !next.isEmpty else { throw .truncated(at: header.position) }
    var parser =
      inflated.map { DataSetParser(ByteWindow($0), at: 0, isExplicit: true, isBigEndian: false) }
      ?? header.continued(isExplicit: syntax.hasExplicitVR, isBigEndian: syntax.isBigEndian)
    let dataSet = try parser.dataSet(upTo: parser.count)
    return (DICOMFile(meta: meta, dataSet: dataSet, transferSyntax: syntax), inflated)
  }

  /// Whether a file that begins like this is DICOM; 140 bytes are enough to know.
  public static func isDICOM(prefix: [UInt8]) -> Bool { beginning(of: prefix) != nil }

  /// Where meta information or data set begin; nil if this is something else.
  private static func beginning(of bytes: [UInt8]) -> Int? {
    if bytes.count >= 132, bytes[128..<132].elementsEqual("DICM".utf8) { return 132 }
    guard bytes.count >= 8 else { return nil }
    let hasMeta = bytes.starts(with: [2, 0]) && VR(bytes[4], bytes[5]) != nil
    return hasMeta || guess(bytes) != nil ? 0 : nil
  }

  /// The transfer syntax that a data set without header must have, from its first bytes.
  ///
  /// Data sets begin with group 8 (group 2 is taken off, group 4 is only in directories).
  private static func guess(_ bytes: [UInt8]) -> TransferSyntax? {
    guard bytes.count >= 8 else { return nil }
    let vr = VR(bytes[4], bytes[5])
    if bytes.starts(with: [8, 0]) {
      if vr != nil { return .explicitLittleEndian }
      // An implicit length of the first, short element has no high bytes.
      return bytes[6] == 0 && bytes[7] == 0 ? .implicitLittleEndian : nil
    }
    return bytes.starts(with: [0, 8]) && vr != nil ? .explicitBigEndian : nil
  }
}
