/// What an image says of its patient, to be looked for in what is to leave.
///
/// Vendors repeat names and numbers in attributes that no table lists, and compressors keep
/// comments; whoever removes by a list alone lets those through.
struct IdentityTraces {
  /// Parts of names, in small letters.
  private var words: Set<String> = []
  /// Numbers, addresses and UIDs, in small letters.
  private var phrases: Set<String> = []
  /// The same in UTF-8, to be found inside of texts.
  private var phrasePatterns = PatternSet(shortest: shortestPhrase)
  /// The same, and names, as they were in the file.
  private var patterns = PatternSet(shortest: shortestPattern)
  /// Who made the devices, which the profile keeps; in small letters.
  private var makers: Set<String> = []
  /// Hospitals and their addresses.
  private var places: Set<String> = []

  /// Everything in a data set that tells who it is about.
  init(of dataSet: DataSet) {
    collect(dataSet)
    // A maker's test images name the maker as the hospital.
    for place in places where !makers.contains(where: { $0.contains(place.lowercased()) }) {
      addPhrase(Array(place.utf8)[...], .utf8)
    }
  }

  /// Whether a text that would be kept repeats any of it.
  func appear(in text: String) -> Bool {
    let text = text.lowercased()
    return phrasePatterns.appears(in: Array(text.utf8))
      || text.split { !$0.isLetter && !$0.isNumber }.contains { words.contains(String($0)) }
  }

  /// Whether a value that would be kept as a number is one of them.
  func contain(number: String) -> Bool { phrases.contains(number) }

  /// Whether bytes hold any of it that is too long to be there by chance, in either case.
  func appear(in bytes: [UInt8]) -> Bool { patterns.appears(in: bytes) }

  // MARK: Collecting

  /// Shorter ones would be found in any picture.
  private static let shortestPattern = 5
  private static let shortestPhrase = 4
  private static let shortestWord = 3

  private mutating func collect(_ dataSet: DataSet) {
    if let maker = dataSet.string(.manufacturer) { makers.insert(maker.lowercased()) }
    for element in dataSet.elements {
      switch element.value {
      case .pixels: continue
      case .sequence(let items): for item in items { collect(item) }
      case .bytes(let bytes):
        let vr = element.vr == .UN ? VR.implied(by: element.tag) : element.vr
        if vr == .PN {
          addName(bytes, dataSet.characterSet)
        } else if [.institutionName, .institutionAddress].contains(element.tag) {
          places.formUnion(dataSet.strings(element.tag))
        } else if Self.identifying.contains(element.tag) || Self.isInstanceUID(element.tag, vr) {
          for value in bytes.split(separator: 0x5c) { addPhrase(value, dataSet.characterSet) }
        }
      }
    }
  }

  private mutating func addName(_ bytes: [UInt8], _ alphabet: SpecificCharacterSet) {
    for part in alphabet.decode(bytes).lowercased().split(whereSeparator: { !$0.isLetter }) {
      // Two ideographs are a name, two letters are not.
      let isLong =
        part.count >= Self.shortestWord
        || part.count == 2
          && !part.utf8.elementsEqual(
            part.utf8.filter { $0 < 0x80 })
      if isLong, part != Self.ownWord { words.insert(String(part)) }
    }
    for part in bytes.split(whereSeparator: { "^=\\ \0".utf8.contains($0) }) { addPattern(part) }
    // Short parts are a name together, in either order.
    for group in bytes.split(whereSeparator: { "=\\\0".utf8.contains($0) }) {
      let parts = group.split(whereSeparator: { "^ ".utf8.contains($0) })
      addPattern(parts.joined(separator: [0x20]))
      if parts.count > 1 { addPattern([parts[1], parts[0]].joined(separator: [0x20])) }
    }
  }

  private mutating func addPhrase(_ value: ArraySlice<UInt8>, _ alphabet: SpecificCharacterSet) {
    let text = alphabet.decode(Array(value)).trimmed.lowercased()
    guard text.count >= Self.shortestPhrase, text != Self.ownWord else { return }
    phrases.insert(text)
    phrasePatterns.insert(text.utf8)
    let isPadding: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0 }
    guard let end = value.lastIndex(where: { !isPadding($0) }) else { return }
    addPattern(value[...end].drop(while: isPadding))
  }

  private mutating func addPattern(_ bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    let isOwn = String(decoding: bytes, as: UTF8.self).lowercased() == Self.ownWord
    // A row of zeros is no number of a patient, and every file has one.
    let isOneCharacter = bytes.allSatisfy { $0 == bytes.first }
    guard !isOwn, !isOneCharacter else { return }
    patterns.insert(bytes)
  }

  /// What an image says that went through here before.
  private static let ownWord = "removed"

  /// Those UIDs that Table E.1-1 has replaced.
  private static func isInstanceUID(_ tag: Tag, _ vr: VR) -> Bool {
    vr == .UI && ConfidentialityProfile.lists(tag)
  }

  /// Attributes besides names and UIDs that point at a person or a place.
  private static let identifying: Set<Tag> = [
    .patientID, Tag(0x0010, 0x1000), .patientBirthDate, .patientAddress, Tag(0x0010, 0x2154),
    Tag(0x0010, 0x1090), .accessionNumber, .admissionID, Tag(0x0040, 0x1001), Tag(0x0040, 0x2016),
    Tag(0x0040, 0x2017),
  ]
}
