/// Applies the confidentiality profile to every attribute of one image, sequences included.
struct AttributeCleaner {
  let pseudonyms: Pseudonyms
  let dates: MovedDate
  let traces: IdentityTraces
  /// Whether `US or SS` without its name has a sign.
  let isSigned: Bool
  /// Whether values that do not say what they are may be in big endian order.
  let isBigEndian: Bool

  /// A copy without identity; of an item, which is part of a sequence, pixels are refused.
  ///
  /// - Throws: the reason why an attribute that would be kept cannot be judged.
  func cleaned(_ dataSet: DataSet, isItem: Bool = false) throws(DeidentificationError) -> DataSet {
    var result = DataSet(characterSet: dataSet.characterSet)
    for element in dataSet.elements {
      let isPixels = (0x7f00...0x7fff).contains(element.tag.group) && !element.tag.isPrivate
      guard !isPixels || !isItem && element.tag.group == Tag.pixelData.group else {
        throw .nestedPixels(element.tag)
      }
      result[element.tag] = try cleaned(element, in: dataSet)
    }
    return result
  }

  private func cleaned(
    _ element: DataSet.Element, in dataSet: DataSet
  ) throws(DeidentificationError) -> DataSet.Element? {
    let tag = element.tag
    let choices = VR.allowed(for: tag)
    let nominal = choices.contains(element.vr) ? element.vr : choices.first ?? .UN
    let action = ConfidentialityProfile.action(for: tag, nominal)
    if action == .remove { return nil }
    guard !choices.isEmpty else { throw .unknownAttribute(tag) }
    switch action {
    case .remove: return nil
    case .empty: return DataSet.Element.empty(tag, nominal)
    case .dummy:
      return DataSet.Element(tag: tag, vr: nominal, value: .bytes(nominal.dummy))
    case .newUID where nominal == .UI, .moveDate:
      return try replaced(try resolved(element, choices, dataSet.characterSet))
    case .newUID, .keep:
      return try kept(try resolved(element, choices, dataSet.characterSet), in: dataSet)
    }
  }

  // MARK: What an element is

  /// The element under a value representation that it may have.
  private func resolved(
    _ element: DataSet.Element, _ choices: [VR], _ characterSet: SpecificCharacterSet
  ) throws(DeidentificationError) -> DataSet.Element {
    let tag = element.tag
    if choices.contains(element.vr) { return element }
    // Programs that do not know an attribute write UN, in little endian (PS3.5 6.2.2).
    guard element.vr == .UN, !isBigEndian, case .bytes(let bytes) = element.value else {
      throw .contradictoryValue(tag, element.vr)
    }
    guard choices != [.SQ] else { return try sequence(tag, bytes, characterSet) }
    let vr = isSigned && choices.contains(.SS) ? .SS : choices[0]
    return DataSet.Element(tag: tag, vr: vr, value: .bytes(bytes))
  }

  /// Items that were kept as UN are in implicit VR (PS3.5 6.2.2).
  private func sequence(
    _ tag: Tag, _ bytes: [UInt8], _ characterSet: SpecificCharacterSet
  ) throws(DeidentificationError) -> DataSet.Element {
    do throws(DICOMError) {
      var parser = DataSetParser(bytes, at: 0, isExplicit: false, isBigEndian: false)
      return DataSet.Element(tag: tag, vr: .SQ, value: .sequence(try parser.items(characterSet)))
    } catch {
      throw .contradictoryValue(tag, .UN)
    }
  }

  // MARK: What becomes of it

  private func kept(
    _ element: DataSet.Element, in dataSet: DataSet
  ) throws(DeidentificationError) -> DataSet.Element {
    switch element.value {
    case .pixels: return element
    case .bytes(let bytes):
      try check(element, bytes, in: dataSet)
      return element
    case .sequence(let items):
      var cleanItems: [DataSet] = []
      for item in items { cleanItems.append(try cleaned(item, isItem: true)) }
      return DataSet.Element(tag: element.tag, vr: .SQ, value: .sequence(cleanItems))
    }
  }

  /// Refuses text that nobody can read and numbers that are none.
  private func check(
    _ element: DataSet.Element, _ bytes: [UInt8], in dataSet: DataSet
  ) throws(DeidentificationError) {
    let vr = element.vr
    guard vr.isText else {
      guard bytes.count.isMultiple(of: vr.wordSize) else {
        throw .contradictoryValue(element.tag, vr)
      }
      return
    }
    let alphabet = vr.usesCharacterSet ? dataSet.characterSet : .ascii
    let isASCII = bytes.allSatisfy { $0 < 0x80 }
    // Behind an escape sequence even ASCII bytes may be ideographs.
    let isEscaped = bytes.contains(0x1b)
    guard isASCII && !isEscaped || alphabet.isKnown, !isEscaped || alphabet.hasEscapes,
      !alphabet.decode(bytes).contains("\u{fffd}")
    else {
      throw .unreadableText(element.tag)
    }
    switch vr {
    case .DS, .IS:
      let isNumber = bytes.allSatisfy { "0123456789+-.eE\\ \0".utf8.contains($0) }
      guard isNumber else { throw .contradictoryValue(element.tag, vr) }
      let numbers = dataSet.strings(element.tag)
      guard !numbers.contains(where: traces.contain(number:)) else {
        throw .identityLeft(element.tag)
      }
    default:
      guard !traces.appear(in: alphabet.decode(bytes)) else { throw .identityLeft(element.tag) }
    }
  }

  private func replaced(
    _ element: DataSet.Element
  ) throws(DeidentificationError) -> DataSet.Element {
    guard case .bytes(let bytes) = element.value else {
      throw .contradictoryValue(element.tag, element.vr)
    }
    let values = SpecificCharacterSet.ascii.decode(bytes)
      .split(separator: "\\", omittingEmptySubsequences: false).map { String($0).trimmed }
    let replacements = values.map {
      $0.isEmpty ? "" : replacement(for: $0, element.vr, element.tag)
    }
    var text = Array(replacements.joined(separator: "\\").utf8)
    if text.count % 2 == 1 { text.append(element.vr == .UI ? 0 : 0x20) }
    return DataSet.Element(tag: element.tag, vr: element.vr, value: .bytes(text))
  }

  private func replacement(for value: String, _ vr: VR, _ tag: Tag) -> String {
    switch vr {
    case .DA: dates.date(value)
    case .DT: dates.dateTime(value)
    case .TM: dates.time(value)
    default: isOfTheStandard(value, tag) ? value : pseudonyms.uid(for: value)
    }
  }

  /// UIDs that name things of the standard, not of a patient, stay where Table E.1-1 is silent.
  ///
  /// Only the standard gives out UIDs below its root; a known one is short.
  private func isOfTheStandard(_ uid: String, _ tag: Tag) -> Bool {
    uid.hasPrefix("1.2.840.10008.") && uid.utf8.count <= 36 && !ConfidentialityProfile.lists(tag)
  }
}

extension DataSet.Element {
  fileprivate static func empty(_ tag: Tag, _ vr: VR) -> DataSet.Element {
    DataSet.Element(tag: tag, vr: vr, value: vr == .SQ ? .sequence([]) : .bytes([]))
  }
}

extension VR {
  /// A value that is allowed, not empty, and says nothing.
  fileprivate var dummy: [UInt8] {
    switch self {
    case .AS: Array("000Y".utf8)
    case .UR: Array("urn:removed ".utf8)
    case .DS, .IS: Array("0 ".utf8)
    case _ where isText: Array("REMOVED ".utf8)
    default: [UInt8](repeating: 0, count: max(2, wordSize))
    }
  }
}
