extension DataSet {
  /// Stores one text value.
  ///
  /// - Throws: ``DICOMError/valueTooLong(_:limit:)`` or ``DICOMError/badCharacters(_:_:)`` where
  ///   PS3.5 table 6.2-1 forbids the value, so nothing invalid is ever written.
  public mutating func set(_ tag: Tag, _ vr: VR, _ string: String) throws(DICOMError) {
    try set(tag, vr, [string])
  }

  /// Stores several text values.
  public mutating func set(_ tag: Tag, _ vr: VR, _ strings: [String]) throws(DICOMError) {
    guard vr.isText else { throw .wrongVR(tag, vr) }
    for string in strings { try vr.check(string, for: tag) }
    guard !vr.isOneText || strings.count <= 1 else { throw .badCharacters(tag, vr) }
    guard var bytes = characterSet.encode(strings.joined(separator: "\\")) else {
      throw .notInCharacterSet(tag)
    }
    if bytes.count % 2 == 1 { bytes.append(vr == .UI ? 0 : 0x20) }
    try store(tag, vr, bytes)
    if tag == .specificCharacterSet { characterSet = SpecificCharacterSet(terms: strings) }
  }

  /// Stores whole numbers, as text (IS) or binary.
  public mutating func set(_ tag: Tag, _ vr: VR, integers: [Int]) throws(DICOMError) {
    switch vr {
    case .IS: try set(tag, vr, integers.map { String($0) })
    case .DS, .FL, .FD: try set(tag, vr, decimals: integers.map { Double($0) })
    case .US: try store(tag, vr, words(tag, integers) { UInt16(exactly: $0) })
    case .SS: try store(tag, vr, words(tag, integers) { Int16(exactly: $0) })
    case .UL: try store(tag, vr, words(tag, integers) { UInt32(exactly: $0) })
    case .SL: try store(tag, vr, words(tag, integers) { Int32(exactly: $0) })
    case .UV: try store(tag, vr, words(tag, integers) { UInt64(exactly: $0) })
    case .SV: try store(tag, vr, words(tag, integers) { Int64(exactly: $0) })
    default: throw .wrongVR(tag, vr)
    }
  }

  /// Stores numbers, as text of at most 16 characters (DS) or binary.
  public mutating func set(_ tag: Tag, _ vr: VR, decimals: [Double]) throws(DICOMError) {
    guard decimals.allSatisfy(\.isFinite) else { throw .badCharacters(tag, vr) }
    switch vr {
    case .DS: try set(tag, vr, decimals.map { $0.decimalString })
    case .FL: try store(tag, vr, words(tag, decimals) { Float($0).bitPattern })
    case .FD: try store(tag, vr, words(tag, decimals) { $0.bitPattern })
    default: throw .wrongVR(tag, vr)
    }
  }

  /// Stores a sequence.
  public mutating func set(_ tag: Tag, items: [DataSet]) {
    self[tag] = Element(tag: tag, vr: .SQ, value: .sequence(items))
  }

  /// Stores bytes as they are, padded to an even length.
  public mutating func set(_ tag: Tag, _ vr: VR, bytes: [UInt8]) throws(DICOMError) {
    guard vr != .SQ, bytes.count.isMultiple(of: vr.wordSize) else { throw .wrongVR(tag, vr) }
    try store(tag, vr, bytes.count % 2 == 0 ? bytes : bytes + [vr.usesCharacterSet ? 0x20 : 0])
  }

  /// Stores a present but empty value, as type 2 attributes demand.
  public mutating func setEmpty(_ tag: Tag, _ vr: VR) {
    self[tag] = Element(tag: tag, vr: vr, value: vr == .SQ ? .sequence([]) : .bytes([]))
  }

  // MARK: By dictionary

  /// Stores one text value under the VR of the dictionary.
  public mutating func set(_ tag: Tag, _ string: String) throws(DICOMError) {
    try set(tag, VR.implied(by: tag), string)
  }

  public mutating func set(_ tag: Tag, _ strings: [String]) throws(DICOMError) {
    try set(tag, VR.implied(by: tag), strings)
  }

  public mutating func set(_ tag: Tag, integers: [Int]) throws(DICOMError) {
    try set(tag, VR.implied(by: tag), integers: integers)
  }

  public mutating func set(_ tag: Tag, decimals: [Double]) throws(DICOMError) {
    try set(tag, VR.implied(by: tag), decimals: decimals)
  }

  /// Stores a present but empty value under the VR of the dictionary.
  public mutating func setEmpty(_ tag: Tag) { setEmpty(tag, VR.implied(by: tag)) }

  /// Copies elements from another data set, text turned into this one's character set.
  ///
  /// Values are taken as they are, even where they break a limit: a report must name its patient
  /// exactly as the image does. Tags the source lacks are left out.
  public mutating func copy(_ tags: [Tag], from source: DataSet) throws(DICOMError) {
    for tag in tags {
      guard let element = source[tag] else { continue }
      self[tag] = try element.transcoded(from: source.characterSet, to: characterSet)
    }
  }

  /// Brings the names of people among these tags into what PN allows; a legal one stays as it is.
  public mutating func mendNames(_ tags: [Tag]) throws(DICOMError) {
    for tag in tags {
      guard let element = self[tag], element.vr == .PN, case .bytes(let bytes) = element.value
      else { continue }
      let text = characterSet.decode(bytes)
      let names = text.split(separator: "\\", omittingEmptySubsequences: false).map(String.init)
      let mended = names.map(PersonName.writable)
      if mended != names { try set(tag, .PN, mended) }
    }
  }

  // MARK: Machinery

  private mutating func store(_ tag: Tag, _ vr: VR, _ bytes: [UInt8]) throws(DICOMError) {
    let limit = vr.hasLongLength ? 0xffff_fffe : 0xfffe
    guard bytes.count <= limit else { throw .valueTooLong(tag, limit: limit) }
    self[tag] = Element(tag: tag, vr: vr, value: .bytes(bytes))
  }

  private func words<Number, Word: FixedWidthInteger>(
    _ tag: Tag, _ numbers: [Number], _ convert: (Number) -> Word?
  ) throws(DICOMError) -> [UInt8] {
    var bytes: [UInt8] = []
    for number in numbers {
      guard let word = convert(number) else {
        throw .valueTooLong(tag, limit: Word.bitWidth / 8)
      }
      for shift in stride(from: 0, to: Word.bitWidth, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> shift))
      }
    }
    return bytes
  }
}

extension DataSet.Element {
  fileprivate func transcoded(
    from source: SpecificCharacterSet, to target: SpecificCharacterSet
  ) throws(DICOMError) -> DataSet.Element {
    switch value {
    case .bytes(let bytes) where vr.usesCharacterSet && source != target:
      guard var text = target.encode(source.decode(bytes)) else { throw .notInCharacterSet(tag) }
      if text.count % 2 == 1 { text.append(0x20) }
      return DataSet.Element(tag: tag, vr: vr, value: .bytes(text))
    case .sequence(let items):
      var copies: [DataSet] = []
      for item in items {
        var copy = DataSet(characterSet: target)
        try copy.copy(item.elements.map(\.tag), from: item)
        // The copy is in the new character set; the old name for it would be a lie.
        copy[.specificCharacterSet] = nil
        copies.append(copy)
      }
      return DataSet.Element(tag: tag, vr: vr, value: .sequence(copies))
    default: return self
    }
  }
}

extension Double {
  /// The shortest text of at most 16 characters that DS allows, as exact as that permits.
  fileprivate var decimalString: String {
    if let whole = Int(exactly: self), abs(whole) < 1_000_000_000_000 { return String(whole) }
    var text = "\(self)"
    var places = 15
    while text.utf8.count > 16, places > 0 {
      text = formatted(places)
      places -= 1
    }
    return text
  }

  private func formatted(_ digits: Int) -> String {
    guard magnitude >= 1e-4, magnitude < 1e12 else { return scientific(digits) }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    return "\((self * scale).rounded() / scale)"
  }

  private func scientific(_ digits: Int) -> String {
    var (mantissa, exponent) = (self, 0)
    while mantissa.magnitude >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa.magnitude < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    return "\((mantissa * scale).rounded() / scale)e\(exponent)"
  }
}
