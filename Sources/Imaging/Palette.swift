import DICOM

/// The brightness that each stored value of a PALETTE COLOR image stands for.
///
/// Source: PS3.3 C.7.9. Segmented palettes are refused.
struct Palette {
  private let first: Int
  private let lumas: [Int]

  init(_ dataSet: DataSet) throws(ImagingError) {
    guard !dataSet.contains(.segmentedRedPaletteColorLookupTableData) else {
      throw .refused(reason: "segmented palettes are not shown here")
    }
    let descriptor = dataSet.integers(.redPaletteColorLookupTableDescriptor)
    guard descriptor.count == 3, (-32_768...65_535).contains(descriptor[1]) else {
      throw .unsupportedColours
    }
    let count = descriptor[0] == 0 ? 65_536 : descriptor[0]
    guard count > 0, descriptor[2] == 8 || descriptor[2] == 16 else { throw .unsupportedColours }
    func table(_ tag: Tag) throws(ImagingError) -> [Double] {
      var entries = dataSet.integers(tag)
      // Eight-bit entries may be packed two to a word.
      if descriptor[2] == 8, entries.count < count {
        entries = entries.flatMap { [$0 & 0xff, $0 >> 8] }
      }
      guard entries.count >= count, entries.allSatisfy({ (0...65_535).contains($0) }) else {
        throw .unsupportedColours
      }
      // What the descriptor says of the depth is often wrong; the entries show it.
      let shift = entries.contains { $0 > 255 } ? 8 : 0
      return entries.prefix(count).map { Double($0 >> shift) }
    }
    let red = try table(.redPaletteColorLookupTableData)
    let green = try table(.greenPaletteColorLookupTableData)
    let blue = try table(.bluePaletteColorLookupTableData)
    let isSigned = dataSet.integer(.pixelRepresentation) == 1
    first = isSigned ? Int(Int16(truncatingIfNeeded: descriptor[1])) : descriptor[1]
    lumas = (0..<count).map { Imaging.luma(red[$0], green[$0], blue[$0]) }
  }

  /// Values outside the table take its nearest end.
  func luma(_ stored: Int) -> Int {
    lumas[min(max(stored - first, 0), lumas.count - 1)]
  }
}
