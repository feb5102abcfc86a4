import DICOM

extension PixelModule {
  /// Whether compressed pixels begin as many pictures as the header states; plain ones have none.
  ///
  /// A decoder that is asked for one frame skips what stands behind it.
  /// Source: PS3.5 A.4.
  func matches(fragmentsOf file: DICOMFile, in bytes: [UInt8]) -> Bool {
    guard let fragments = file.pixels?.fragments else { return true }
    let isRLE = file.transferSyntax == .rleLossless
    let beginnings = fragments.count { fragment in
      isRLE ? Self.beginsRLE(bytes[fragment]) : Self.beginsCodestream(bytes[fragment])
    }
    return beginnings == frames
  }

  /// JPEG and JPEG-LS (T.81 B.1.1.3, T.87 C.1), or JPEG 2000 (T.800 A.4.1).
  private static func beginsCodestream(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.starts(with: [0xff, 0xd8]) || bytes.starts(with: [0xff, 0x4f])
  }

  /// A count of one to fifteen segments, the first of which is behind the 64 bytes of the header.
  ///
  /// Source: PS3.5 G.5.
  private static func beginsRLE(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let segments = bytes.first else { return false }
    return (1...15).contains(segments) && bytes.dropFirst().starts(with: [0, 0, 0, 64, 0, 0, 0])
  }
}
