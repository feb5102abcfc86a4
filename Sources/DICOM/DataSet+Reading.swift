extension DataSet {
  /// All values of a text element, decoded and trimmed; none if absent, empty or not text.
  public func strings(_ tag: Tag) -> [String] {
    guard let element = self[tag], case .bytes(let bytes) = element.value, !bytes.isEmpty else {
      return []
    }
    // What an implicit-VR file does not name may still be asked for as text.
    guard element.vr.isText || element.vr == .UN else { return [] }
    let isPlain = element.vr.isText && !element.vr.usesCharacterSet
    let text = (isPlain ? SpecificCharacterSet.ascii : characterSet).decode(bytes)
    if element.vr.isOneText {
      let value = text.trimmedAtEnd
      return value.isEmpty ? [] : [value]
    }
    // By bytes: a mark that combines with a backslash leaves it one that separates.
    let values = text.utf8.split(separator: UInt8(ascii: "\\"), omittingEmptySubsequences: false)
      .map { String(Substring($0)).trimmed }
    return values == [""] ? [] : values
  }

  /// The first value of a text element; nil if absent or empty.
  public func string(_ tag: Tag) -> String? {
    strings(tag).first.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The value as a UID; nil also where it is none, so it is fit for use as a key.
  public func uid(_ tag: Tag) -> String? {
    string(tag).flatMap { UID.isValid($0) ? $0 : nil }
  }

  public func personName(_ tag: Tag) -> PersonName? { string(tag).map { PersonName($0) } }

  /// The items of a sequence; none if absent.
  public func items(_ tag: Tag) -> [DataSet] {
    guard case .sequence(let items) = self[tag]?.value else { return [] }
    return items
  }

  /// The bytes of a value in little endian order; nil if absent, a sequence or pixels.
  public func bytes(_ tag: Tag) -> [UInt8]? {
    guard case .bytes(let bytes) = self[tag]?.value else { return nil }
    return bytes
  }

  /// The first whole number of an integer, tag or IS element; nil where there is none.
  public func integer(_ tag: Tag) -> Int? { integers(tag).first }

  /// All whole numbers; none if any of them is not one.
  public func integers(_ tag: Tag) -> [Int] {
    guard let element = self[tag], case .bytes(let bytes) = element.value else { return [] }
    switch element.vr {
    case .US, .OW: return words(bytes, 2).map { Int($0) }
    case .SS: return words(bytes, 2).map { Int(Int16(truncatingIfNeeded: $0)) }
    case .UL, .OL: return words(bytes, 4).map { Int($0) }
    case .SL: return words(bytes, 4).map { Int(Int32(truncatingIfNeeded: $0)) }
    case .SV: return words(bytes, 8).map { Int(Int64(bitPattern: $0)) }
    case .UV: return whole(words(bytes, 8)) { Int(exactly: $0) }
    case .IS: return whole(strings(tag)) { Int($0) }
    case .DS: return whole(decimals(tag)) { Int(exactly: $0) }
    default: return []
    }
  }

  /// The first number of a DS, IS, float or integer element; nil where there is none.
  public func decimal(_ tag: Tag) -> Double? { decimals(tag).first }

  /// All numbers; none if any of them is not finite.
  public func decimals(_ tag: Tag) -> [Double] {
    guard let element = self[tag], case .bytes(let bytes) = element.value else { return [] }
    let numbers: [Double]
    switch element.vr {
    case .FL, .OF:
      numbers = words(bytes, 4).map { Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0))) }
    case .FD, .OD: numbers = words(bytes, 8).map { Double(bitPattern: $0) }
    case .DS, .IS:
      // Swift also reads hexadecimal, which DICOM does not know.
      numbers = whole(strings(tag)) { $0.contains { "xX".contains($0) } ? nil : Double($0) }
    default: numbers = integers(tag).map { Double($0) }
    }
    return numbers.allSatisfy(\.isFinite) ? numbers : []
  }

  /// Little endian words of `size` bytes; a rest that is no whole word is left out.
  private func words(_ bytes: [UInt8], _ size: Int) -> [UInt64] {
    stride(from: 0, to: bytes.count / size * size, by: size).map { start in
      bytes[start..<start + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
  }

  /// Every value converted, or none: half a list would shift the meaning of the rest.
  private func whole<From, To>(_ values: [From], _ convert: (From) -> To?) -> [To] {
    let converted = values.compactMap(convert)
    return converted.count == values.count ? converted : []
  }
}
