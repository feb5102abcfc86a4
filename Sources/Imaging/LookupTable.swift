import DICOM

/// What a table makes of each whole number from its first one on; its ends go on for ever.
///
/// Source: PS3.3 C.11.1.1 (Modality LUT) and C.11.2.1.1 (VOI LUT).
public struct LookupTable: Sendable, Hashable {
  /// The input that the first entry is for.
  public let first: Int
  /// At least one.
  public let entries: [UInt16]
  /// Bits of an entry: the largest number is 2^bits − 1.
  public let bits: Int

  /// Reads the table of one item; nil for one that says nothing or less than it states.
  ///
  /// `isSigned` is for the first input where the file does not say SS itself.
  init?(_ item: DataSet, isSigned: Bool) {
    let descriptor = item.integers(.lutDescriptor)
    guard descriptor.count == 3, (-32_768...65_535).contains(descriptor[1]),
      (0...65_535).contains(descriptor[0]), (1...16).contains(descriptor[2])
    else { return nil }
    // A stated count of 0 means 65,536 entries.
    let count = descriptor[0] == 0 ? 65_536 : descriptor[0]
    var words = item.integers(.lutData)
    // Eight-bit entries may be packed two to a word.
    if descriptor[2] <= 8, words.count < count { words = words.flatMap { [$0 & 0xff, $0 >> 8] } }
    let entries = words.prefix(count).compactMap { UInt16(exactly: $0) }
    guard entries.count == count else { return nil }
    first = isSigned ? Int(Int16(truncatingIfNeeded: descriptor[1])) : descriptor[1]
    self.entries = entries
    bits = descriptor[2]
  }

  public subscript(input: Int) -> UInt16 {
    entries[min(max(input, first), first + entries.count - 1) - first]
  }

  /// The entry for the nearest whole number as a share of the largest, 0...1.
  ///
  /// What is no number counts as smaller than all.
  public func share(_ value: Float) -> Float {
    let last = Float(first + entries.count - 1)
    let place = value >= Float(first) ? min(value, last).rounded() : Float(first)
    return min(Float(self[Int(place)]) / Float(1 << bits - 1), 1)
  }
}
