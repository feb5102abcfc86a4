public import Foundation

/// Data sets in the JSON of DICOM's web services.
///
/// Nothing in an answer is believed: what is too deep, has impossible tags or values that do not
/// fit their value representation is refused. Text is UTF-8 whatever Specific Character Set says.
/// Bulk data that lies elsewhere (`BulkDataURI`) is left out and never fetched.
/// Source: PS3.18 F.2.
public enum DICOMJSON {
  /// Sequences inside sequences that are followed; no query answers with more.
  static let depthLimit = 16

  /// Reads the data sets of an array, each for itself: one that is wrong does not hide the others.
  ///
  /// - Throws: ``DICOMError/notJSON`` if the bytes are no JSON array of objects.
  public static func dataSets(in json: Data) throws(DICOMError) -> [Result<DataSet, DICOMError>] {
    guard let answers = try? JSONDecoder().decode([Answer].self, from: json) else {
      throw .notJSON
    }
    return answers.map(\.result)
  }

  /// Reads one object.
  ///
  /// - Throws: ``DICOMError/notJSON``, or what is wrong with an attribute of it.
  public static func dataSet(in json: Data) throws(DICOMError) -> DataSet {
    guard let answer = try? JSONDecoder().decode(Answer.self, from: json) else { throw .notJSON }
    return try answer.result.get()
  }
}

/// One object of an array: a data set, or why it is none.
private struct Answer: Decodable {
  let result: Result<DataSet, DICOMError>

  init(from decoder: any Decoder) throws {
    do {
      result = .success(try Item(from: decoder).dataSet)
    } catch let error as DICOMError {
      result = .failure(error)
    } catch is DecodingError {
      result = .failure(.notJSON)
    }
  }
}

/// An object whose keys are tags.
private struct Item: Decodable {
  var dataSet = DataSet()

  init(from decoder: any Decoder) throws {
    // Every sequence adds a tag, the word Value and a place in the array.
    guard decoder.codingPath.count <= 3 * DICOMJSON.depthLimit + 1 else {
      throw DICOMError.tooDeep(limit: DICOMJSON.depthLimit)
    }
    let container = try decoder.container(keyedBy: TagKey.self)
    for key in container.allKeys {
      guard let tag = key.tag else { throw DICOMError.notJSON }
      // It tells how the text was once written; here all of it is UTF-8.
      if tag == .specificCharacterSet { continue }
      try container.decode(Attribute.self, forKey: key).store(as: tag, in: &dataSet)
    }
  }
}

/// Eight hexadecimal digits.
private struct TagKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }

  var tag: Tag? { Tag(digits: stringValue) }
}

/// A value representation with at most one of values, bytes or a place elsewhere.
private struct Attribute: Decodable {
  private let vr: VR
  private let values: [Value]
  private let binary: String?
  private let isElsewhere: Bool

  private enum Key: String, CodingKey {
    case vr
    case values = "Value"
    case binary = "InlineBinary"
    case place = "BulkDataURI"
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    guard let vr = VR(rawValue: try container.decode(String.self, forKey: .vr)) else {
      throw DICOMError.notJSON
    }
    self.vr = vr
    isElsewhere = container.contains(.place)
    binary = try container.decodeIfPresent(String.self, forKey: .binary)
    var values: [Value] = []
    if container.contains(.values), try !container.decodeNil(forKey: .values) {
      var list = try container.nestedUnkeyedContainer(forKey: .values)
      while !list.isAtEnd { values.append(try Value(from: &list, as: vr)) }
    }
    self.values = values
  }

  func store(as tag: Tag, in dataSet: inout DataSet) throws(DICOMError) {
    if let binary {
      guard let bytes = Data(base64Encoded: binary) else { throw .badCharacters(tag, vr) }
      return try dataSet.set(tag, vr, bytes: [UInt8](bytes))
    }
    if isElsewhere { return }
    switch vr {
    case .SQ:
      var items: [DataSet] = []
      for case .item(let item) in values { items.append(item) }
      dataSet.set(tag, items: items)
    case .AT:
      var bytes: [UInt8] = []
      for value in values {
        guard let pointed = Tag(digits: value.text) else { throw .badCharacters(tag, vr) }
        for half in [pointed.group, pointed.element] {
          bytes += [UInt8(truncatingIfNeeded: half), UInt8(half >> 8)]
        }
      }
      try dataSet.set(tag, vr, bytes: bytes)
    case .SS, .US, .SL, .UL, .SV, .UV:
      try dataSet.set(tag, vr, integers: numbers(tag) { Int($0) })
    case .FL, .FD: try dataSet.set(tag, vr, decimals: numbers(tag) { Double($0) })
    default: try storeText(as: tag, in: &dataSet)
    }
  }

  private func numbers<Number>(
    _ tag: Tag, _ convert: (String) -> Number?
  ) throws(DICOMError) -> [Number] {
    var numbers: [Number] = []
    for value in values {
      guard let number = convert(value.text) else { throw .badCharacters(tag, vr) }
      numbers.append(number)
    }
    return numbers
  }

  /// Values are kept even where they are longer than they may be: so does a file.
  private func storeText(as tag: Tag, in dataSet: inout DataSet) throws(DICOMError) {
    guard vr.isText else {
      guard values.isEmpty else { throw .badCharacters(tag, vr) }
      return dataSet.setEmpty(tag, vr)
    }
    let texts = values.map(\.text)
    // A backslash would cut one value in two.
    guard vr.isOneText || !texts.contains(where: { $0.contains("\\") }) else {
      throw .badCharacters(tag, vr)
    }
    try dataSet.set(tag, vr, bytes: Array(texts.joined(separator: "\\").utf8))
  }
}

/// One value: text, a number as text, a name, an item of a sequence; null is empty text.
private enum Value {
  case text(String)
  case item(DataSet)

  var text: String { if case .text(let text) = self { text } else { "" } }

  init(from list: inout any UnkeyedDecodingContainer, as vr: VR) throws {
    if try list.decodeNil() {
      self = vr == .SQ ? .item(DataSet()) : .text("")
    } else if vr == .SQ {
      self = .item(try list.decode(Item.self).dataSet)
    } else if vr == .PN, let name = try? list.decode(Name.self) {
      self = .text(name.text)
    } else if let text = try? list.decode(String.self) {
      self = .text(text)
    } else if let whole = try? list.decode(Int64.self) {
      self = .text("\(whole)")
    } else if let whole = try? list.decode(UInt64.self) {
      self = .text("\(whole)")
    } else {
      self = .text("\(try list.decode(Double.self))")
    }
  }
}

/// A person's name in up to three spellings.
private struct Name: Decodable {
  private let alphabetic: String?
  private let ideographic: String?
  private let phonetic: String?

  private enum CodingKeys: String, CodingKey {
    case alphabetic = "Alphabetic"
    case ideographic = "Ideographic"
    case phonetic = "Phonetic"
  }

  var text: String {
    var groups = [alphabetic ?? "", ideographic ?? "", phonetic ?? ""]
    while groups.last?.isEmpty == true { groups.removeLast() }
    return groups.joined(separator: "=")
  }
}

extension Tag {
  /// Eight hexadecimal digits, as JSON writes a tag.
  fileprivate init?(digits: String) {
    guard digits.utf8.count == 8, digits.allSatisfy(\.isHexDigit),
      let number = UInt32(digits, radix: 16)
    else { return nil }
    self.init(UInt16(number >> 16), UInt16(number & 0xffff))
  }
}
